"""Which points of a control chart are more than chance, and by which rule.

Rules and their names as in Provost & Murray, The Health Care Data Guide (2011), after Shewhart and
the Western Electric handbook (1956).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

import numpy as np

from reports.stats.columns import Numbers

_SHIFT = 8
_TREND = 6
_ROUNDING = 1e-9


class Rule(StrEnum):
    """A rule that fired at a point."""

    BEYOND_LIMITS = "beyond_limits"
    SHIFT = "shift"
    TREND = "trend"
    TWO_OF_THREE = "two_of_three"

    @property
    def words(self) -> str:
        """Say what was seen, for a table or a hover text."""
        return _WORDS[self]


_WORDS = {
    Rule.BEYOND_LIMITS: "outside the control limits",
    Rule.SHIFT: f"{_SHIFT} or more in a row on one side of the centre line",
    Rule.TREND: f"{_TREND} or more in a row all rising or all falling",
    Rule.TWO_OF_THREE: "two of three in a row in the outer third, on one side",
}


def fired(
    value: Numbers, centre: Numbers, low: Numbers, high: Numbers, rules: Iterable[Rule]
) -> tuple[tuple[Rule, ...], ...]:
    """Name the rules that fire at every point; `low` -inf or `high` inf where there is no limit.

    A point on the centre line neither adds to a shift nor breaks it; a tie with the point before
    does the same to a trend. Every point of the run is marked, from its first.
    """
    marks = {
        Rule.BEYOND_LIMITS: lambda: _beyond(value, low, high),
        Rule.SHIFT: lambda: _shift(value, centre),
        Rule.TREND: lambda: _trend(value),
        Rule.TWO_OF_THREE: lambda: _two_of_three(value, centre, low, high),
    }
    found = {rule: marks[rule]() for rule in rules}
    return tuple(tuple(r for r, at in found.items() if i in at) for i in range(len(value)))


def _beyond(value: Numbers, low: Numbers, high: Numbers) -> set[int]:
    slack = _slack(value)
    return set(np.flatnonzero((value > high + slack) | (value < low - slack)).tolist())


def _shift(value: Numbers, centre: Numbers) -> set[int]:
    sides = _signs(value - centre, _slack(value))
    return {i for run in _runs(sides) if len(run) >= _SHIFT for i in run}


def _trend(value: Numbers) -> set[int]:
    """A run of one step fewer than points; its first point is the one before its first step."""
    steps = _signs(np.diff(value), _slack(value))
    runs = [run for run in _runs(steps) if len(run) >= _TREND - 1]
    return {i for run in runs for i in (run[0], *(step + 1 for step in run))}


def _two_of_three(value: Numbers, centre: Numbers, low: Numbers, high: Numbers) -> set[int]:
    slack, found = _slack(value), set()
    for outer in (
        value > centre + 2 / 3 * (high - centre) + slack,
        value < centre - 2 / 3 * (centre - low) - slack,
    ):
        for i in range(len(value) - 2):
            near = (np.flatnonzero(outer[i : i + 3]) + i).tolist()
            found |= set(near) if len(near) >= 2 else set()
    return found


def _runs(signs: list[int]) -> Iterator[list[int]]:
    """Give the indices of each run of one sign; zeros are passed over."""
    run: list[int] = []
    for i, sign in enumerate(signs):
        if not sign:
            continue
        if run and signs[run[-1]] != sign:
            yield run
            run = []
        run.append(i)
    yield run


def _signs(apart: Numbers, slack: float) -> list[int]:
    return [0 if abs(by) <= slack else (1 if by > 0 else -1) for by in apart.tolist()]


def _slack(value: Numbers) -> float:
    """Give how far apart two values are by rounding alone."""
    return _ROUNDING * float(np.abs(value).max(initial=0.0))
