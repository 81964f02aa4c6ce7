"""The policy on small numbers, and the mark that stands where a number is held back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, TypeAlias

from reports.stats.intervals import Quartiles


class _Mark(Enum):
    HELD = "held back"

    def __repr__(self) -> str:
        return "HELD"


HELD: Final = _Mark.HELD
"""Stands where a number exists and is not told: neither none, nor zero, nor missing."""

Held: TypeAlias = Literal[_Mark.HELD]
Count: TypeAlias = int | Held
"""A released count."""


ROUND_TO = 5
"""Shown counts are multiples of this where small numbers are held back."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How small a released count may be.

    With a `threshold` of 11 counts of 1 to 10 are held back; 0 is shown. Sites choose 5, 8 or 11.
    None is for those who may read the records anyway: everything is shown.
    """

    threshold: int | None = 11

    def __post_init__(self) -> None:
        """Refuse thresholds that the covering of held cells can't work with."""
        if self.threshold is not None and self.threshold < 5:
            raise ValueError("a threshold for small numbers must be 5 or more, or none at all")

    @property
    def lowest(self) -> int:
        """Give the least count of people that may be shown.

        The threshold, or what rounding doesn't take below it: with a threshold of 11, 11 and 12 are
        held back too. Shown, 10 would stand for these two alone, and two are soon told apart.
        """
        least = self.threshold or 0
        return next(n for n in range(least, least + ROUND_TO) if self.nearest(n) >= least)

    @property
    def least_group(self) -> int:
        """Give the least number of eligible procedures with which a group stands by itself.

        Every other count of the group lies in it, so no less than the five numbers that round to
        the same may stand behind it: with a threshold of 5 that is 8, for 5 could be 5 to 7 only.
        """
        return self.lowest + (ROUND_TO // 2 - self.lowest + 1) % ROUND_TO

    def small(self, count: int) -> bool:
        """Say whether a count must be held back for its own sake."""
        return 0 < count < self.lowest

    def nearest(self, count: int) -> int:
        """Round a shown count to the nearest 5, where small numbers are held back at all.

        Two exact counts of two filters that differ by few people would tell those few; of rounded
        ones the difference has always at least two possible values.
        """
        return count if self.threshold is None else ROUND_TO * round(count / ROUND_TO)

    def count(self, count: int) -> Count:
        """Release a count that is part of no shown sum: held back where small, else rounded."""
        return HELD if self.small(count) else self.nearest(count)

    def apart(self, count: int, shown: Iterable[int]) -> bool:
        """Say whether a count may stand beside shown ones: no difference between them is small.

        Of nested counts each difference is a count of people itself; 0 stands for nobody.
        """
        return not any(self.small(abs(count - other)) for other in shown)

    @property
    def doubt(self) -> int:
        """Give how many values at the least a held count should still be able to take, less one."""
        return (self.threshold or 0) // 2

    @property
    def note(self) -> str | None:
        """Say in words what is held back; None when nothing is."""
        if self.threshold is None:
            return None
        too = [str(n) for n in range(self.threshold, self.lowest)]
        lost = f" ({' and '.join(too)} too, for rounding takes them there)" if too else ""
        return (
            f"Held back: counts of 1 to {self.threshold - 1}{lost}, and those from which such a "
            f"count could be worked out. Counts are rounded to the nearest {ROUND_TO}, a few to "
            "the next so that parts add up; proportions and intervals are those of the rounded "
            "counts. Medians and quartiles are rounded."
        )

    def rounded(self, values: Quartiles | None, step: int) -> Quartiles | None:
        """Round quartiles to whole steps where small numbers are held back."""
        if self.threshold is None or values is None:
            return values
        low, median, high = (
            None if v is None else float(step * round(v / step))
            for v in (values.low, values.median, values.high)
        )
        return Quartiles(low, median if median is not None else values.median, high)
