"""An implanted device or a catheter: of which kind it is, what it delivers, until when it is in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from registry.domain.drugs import drugs
from registry.domain.errors import Doubt

if TYPE_CHECKING:
    from registry.domain.drafts import DeviceCheckDraft, InfusateDraft
    from registry.domain.timeline import ProcedureEvent

EXPLANT = "explant"
_UPKEEP = frozenset({"refill", "revision", EXPLANT})
"""Intents that presume a device."""


class DeviceKind(StrEnum):
    """What a technique leaves in place; `techniques.toml` says which."""

    PUMP = "pump"
    CATHETER = "catheter"
    STIMULATOR = "stimulator"

    @property
    def infuses(self) -> bool:
        """Say whether it delivers drugs, rather than current."""
        return self is not DeviceKind.STIMULATOR

    @property
    def group(self) -> str:
        """Name the group of axis values that are said of this kind alone."""
        return "infusion" if self.infuses else "stimulation"


class AmplitudeUnit(StrEnum):
    """In what a stimulator's amplitude is set."""

    MA = "mA"
    V = "V"


class ConcentrationUnit(StrEnum):
    """In what an infusate's concentration is written."""

    MG_PER_ML = "mg/ml"
    MCG_PER_ML = "mcg/ml"


class DailyUnit(StrEnum):
    """In what an infusate's daily dose is written."""

    MG_PER_24H = "mg/24h"
    MCG_PER_24H = "mcg/24h"


_MG: Mapping[str | None, float] = {
    ConcentrationUnit.MG_PER_ML: 1,
    ConcentrationUnit.MCG_PER_ML: 0.001,
    DailyUnit.MG_PER_24H: 1,
    DailyUnit.MCG_PER_24H: 0.001,
}
AGREEMENT = 0.1
"""The share by which a stated daily dose may differ from concentration times rate."""


def daily_mg(item: InfusateDraft) -> float | None:
    """Give the stated dose of a drug in mg/24 h; None when it is not stated with its unit."""
    if item.daily_dose is None or item.daily_unit not in _MG:
        return None
    return item.daily_dose * _MG[item.daily_unit]


def delivered_mg(item: InfusateDraft, rate_ml_per_day: float | None) -> float | None:
    """Give what a rate in ml/24 h delivers of a drug, in mg/24 h; None when one is not stated."""
    if rate_ml_per_day is None or item.concentration is None:
        return None
    if item.concentration_unit not in _MG:
        return None
    return item.concentration * _MG[item.concentration_unit] * rate_ml_per_day


def doubts_about_infusate(draft: DeviceCheckDraft) -> Iterator[Doubt]:
    """Ask where concentration times rate is not the stated daily dose.

    Boluses can explain it; a slip of the unit or of the decimal point is likelier.
    """
    for number, item in enumerate(draft.infusate):
        stated, delivered = daily_mg(item), delivered_mg(item, draft.rate_ml_per_day)
        if stated is None or delivered is None:
            continue
        if abs(stated - delivered) > AGREEMENT * stated + 1e-9:
            yield Doubt(
                f"infusate:{item.drug}:{delivered:.4g}:{stated:.4g}"[:80],
                f"infusate.{number}.daily_dose",
                f"{drugs()[item.drug].label}: concentration times rate comes to {delivered:.4g} "
                f"mg/24 h, and the daily dose is given as {stated:.4g} mg/24 h.",
            )


def doubts_about_settings(draft: DeviceCheckDraft, device: DeviceKind) -> Iterator[Doubt]:
    """Ask about a setting beyond what such a device is usually given: a point may have slipped."""
    for field, (most, unit) in _USUAL_MOST[device].items():
        value = getattr(draft, field)
        if value is not None and value > most:
            name = field.removesuffix("_ml_per_day").removesuffix("_ml").replace("_", " ")
            yield Doubt(
                f"device:{field}:{value:g}", field, f"{value:g} {unit} is unusually much ({name})."
            )


_STIMULATION = {"amplitude": (30.0, "mA or V"), "frequency_hz": (10_000.0, "Hz")}
_USUAL_MOST: Mapping[DeviceKind, Mapping[str, tuple[float, str]]] = {
    DeviceKind.PUMP: {
        "rate_ml_per_day": (5.0, "ml/24 h"),
        "reservoir_ml": (60.0, "ml"),
        "refilled_ml": (60.0, "ml"),
    },
    DeviceKind.CATHETER: {
        "rate_ml_per_day": (400.0, "ml/24 h"),
        "reservoir_ml": (1000.0, "ml"),
        "refilled_ml": (1000.0, "ml"),
    },
    DeviceKind.STIMULATOR: {**_STIMULATION, "pulse_width_us": (1000.0, "µs")},
}
"""Above these amounts somebody is asked; general knowledge, generous on purpose, unchecked."""


def device_id(of: ProcedureEvent, procedures: Iterable[ProcedureEvent]) -> UUID:
    """Give the procedure that began a device's course: back along the links of its category.

    A refill, revision or explant that is linked to nothing is of the device that the same technique
    placed or served last before it.
    """
    everyone = tuple(procedures)
    seen = {of.id}
    while (before := _before(of, everyone)) is not None and before.id not in seen:
        seen.add(before.id)
        of = before
    return of.id


def explanted_on(of: ProcedureEvent, procedures: Iterable[ProcedureEvent]) -> date | None:
    """Give the day on which the device that a procedure placed or served was taken out."""
    everyone = tuple(procedures)
    own = device_id(of, everyone)
    explants = (p for p in everyone if p.intent == EXPLANT and p.on >= of.on)
    return min((p.on for p in explants if device_id(p, everyone) == own), default=None)


def _before(of: ProcedureEvent, procedures: Iterable[ProcedureEvent]) -> ProcedureEvent | None:
    if of.follows is not None:
        linked = (p for p in procedures if p.id == of.follows and p.category == of.category)
        return next(linked, None)
    if of.intent not in _UPKEEP:
        return None
    earlier = (
        p for p in procedures if p.technique == of.technique and (p.on, p.id) < (of.on, of.id)
    )
    return max(earlier, key=lambda p: (p.on, p.id), default=None)
