"""One measure of a timeline as a series: a value a day, found fast by its day.

Days are ordinals (`date.toordinal`), so that a procedure's day can be subtracted from them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from registry.domain.windows import BASELINE, Window

T = TypeVar("T")
Answer = tuple[int, bool, T]
"""A day, whether it was asked after that day's procedure, and what was answered."""


class Series(Generic[T]):
    """What was answered, day by day. Of several answers on one day the worse counts.

    So the order in which they were entered can't matter. `before` and `after` tell apart what was
    asked before and after a procedure of the same day; `daily` holds both together.
    """

    __slots__ = ("after", "before", "daily", "days")

    def __init__(self, answers: Iterable[Answer[T]], worse: Callable[[T, T], T]) -> None:
        self.before: dict[int, T] = {}
        self.after: dict[int, T] = {}
        self.daily: dict[int, T] = {}
        for day, after_procedure, value in answers:
            part = self.after if after_procedure else self.before
            for values in (part, self.daily):
                values[day] = worse(values[day], value) if day in values else value
        self.days = sorted(self.daily)

    def baseline(self, performed: int) -> tuple[int, T] | None:
        """Find the last word before a procedure: its day, counted from that one, and the value.

        On the procedure's own day only what was asked before it counts.
        """
        if performed in self.before:
            return 0, self.before[performed]
        at = bisect_left(self.days, performed)
        if at == 0 or self.days[at - 1] < performed + BASELINE.opens:
            return None
        day = self.days[at - 1]
        return day - performed, self.daily[day]

    def nearest(self, window: Window, performed: int) -> tuple[int, T] | None:
        """Find the answer in a follow-up window nearest to its target, the earlier on a tie.

        Gives its day, counted from the procedure, and the value.
        """
        target = performed + window.target
        at = bisect_left(self.days, target)
        around = self.days[max(at - 1, 0) : at + 1]
        inside = [day for day in around if window.opens <= day - performed <= window.closes]
        if not inside:
            return None
        earlier, later = inside[0], inside[-1]
        day = later if later - target < target - earlier else earlier
        return day - performed, self.daily[day]

    def following(self, performed: int) -> Iterator[tuple[int, T]]:
        """Give what was asked after a procedure, earliest first, counted in days from it."""
        if performed in self.after:
            yield 0, self.after[performed]
        for day in self.days[bisect_left(self.days, performed + 1) :]:
            yield day - performed, self.daily[day]
