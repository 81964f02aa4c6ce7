"""Why a model is not fitted: a typed answer in place of a number that nobody should read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why the data can't carry a model."""

    FEW_PATIENTS = "few_patients"
    ONE_GROUP = "one_group"
    NO_REFERENCE = "no_reference"
    SMALL_GROUP = "small_group"
    MANY_TERMS = "many_terms"
    COLLINEAR = "collinear"
    NO_REPEATS = "no_repeats"
    NO_SPREAD = "no_spread"


_WORDS = {
    Reason.FEW_PATIENTS: "Too few patients for a model: it needs at least {floor}.",
    Reason.ONE_GROUP: "There is only one group, and nothing to compare it with.",
    Reason.NO_REFERENCE: "Nobody here is in the reference group, {about}: choose another.",
    Reason.SMALL_GROUP: "Groups of fewer than {floor} patients can't be compared: {about}.",
    Reason.MANY_TERMS: "The model has as many terms as there are patients: adjust for less.",
    Reason.COLLINEAR: "Already told by the groups or the other terms: {about}. Leave it out.",
    Reason.NO_REPEATS: "No patient was assessed twice, so repeated windows can't be modelled.",
    Reason.NO_SPREAD: "The scores don't vary beyond the model's terms: no error can be estimated.",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no model, about which groups or terms, and the floor that was not reached."""

    reason: Reason
    about: tuple[str, ...] = ()
    floor: int | None = None

    @property
    def words(self) -> str:
        """Say why in a sentence for the page."""
        return _WORDS[self.reason].format(about=", ".join(self.about), floor=self.floor)


@dataclass(frozen=True, slots=True)
class ModelFloors:
    """How much data a model needs: patients in all, and patients in every group.

    Patients count, not procedures: a second procedure of the same patient is no independent
    witness. A group of one is always refused, whatever the floor: its robust error would be 0.
    """

    patients: int = 20
    group: int = 2


def check_floors(
    patients: int, groups: Mapping[str, int], reference: str, floors: ModelFloors
) -> Refusal | None:
    """Hold a number of patients, and of patients by group, against the floors."""
    smallest = max(floors.group, 2)
    small = tuple(name for name, n in groups.items() if n < smallest)
    if patients < max(floors.patients, 1):
        return Refusal(Reason.FEW_PATIENTS, floor=floors.patients)
    if len(groups) < 2:
        return Refusal(Reason.ONE_GROUP)
    if reference not in groups:
        return Refusal(Reason.NO_REFERENCE, about=(reference,))
    if small:
        return Refusal(Reason.SMALL_GROUP, about=small, floor=smallest)
    return None
