"""The days between which something can have happened to a patient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from registry.domain.errors import Problem


@dataclass(frozen=True, slots=True)
class Bounds:
    """The days between which something can have happened to a patient.

    `treated_on` is the day of the first procedure: before it nothing can have changed since one.
    """

    born_on: date
    died_on: date | None
    today: date
    treated_on: date | None = None

    def check(self, field: str, day: date, what: str) -> Iterator[Problem]:
        """Find what is impossible about a day on which the patient must have been alive."""
        if day > self.today:
            yield Problem(field, f"{what} lies in the future. Enter the day it happened.")
        if day < self.born_on:
            yield Problem(field, f"{what} lies before the patient's birth. Check both dates.")
        if self.died_on is not None and day > self.died_on:
            yield Problem(
                field, f"{what} lies after the patient's death. Check this date and the death's."
            )
