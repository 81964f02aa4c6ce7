"""Cells that hold an opioid regimen: taken wholly or not at all."""

from __future__ import annotations

from collections.abc import Callable

from registry.domain.drugs import find_drug
from registry.domain.opioids import Regimen
from registry.domain.regimens import read_regimen
from registry.exchange.importer.errors import UnclearCell, WrongCell
from registry.exchange.importer.mapping import Decisions


def read_opioids(decisions: Decisions) -> Callable[[str], Regimen]:
    """Give the reader of a regimen.

    A known drug without any dose is an unfinished entry, and by the mapping's decision its row
    can't be trusted; other parts that aren't understood leave the whole regimen not recorded.
    """

    def read(text: str) -> Regimen:
        found = read_regimen(text)
        if not found.not_understood:
            return found.items
        if decisions.opioid_without_dose == "refuse the row" and any(
            map(_names_drug_without_dose, found.not_understood)
        ):
            raise WrongCell("This names an opioid without its dose. Add the dose.")
        parts = "; ".join(found.not_understood)
        raise UnclearCell(f"Not understood: {parts}. The regimen is left out, none of it taken.")

    return read


def _names_drug_without_dose(part: str) -> bool:
    if any(character.isdigit() for character in part):
        return False
    return any(find_drug(word) for word in part.split())
