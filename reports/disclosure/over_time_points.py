"""Released points over time, and the signals among them. Made by `over_time` alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from reports.disclosure.held import Count
from reports.stats.signals import Rule


@dataclass(frozen=True, slots=True)
class TimeLine:
    """One point: a month, or several as `months` names them, `first` and `last` as "2025-02".

    `value` is a count, a proportion (0 to 1) or a mean, of `n`; `k` those of `n` who are counted,
    None for a mean. Lines and limits are None where there are too few points for them or where a
    point is not `judged`, which means that it isn't a whole period.
    """

    months: str
    first: str
    last: str
    n: Count
    k: Count | None
    value: float
    centre: float | None
    low: float | None
    high: float | None
    rules: tuple[Rule, ...]
    judged: bool


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule that fired over points `first` to `last`, by position; `up`: above, or rising."""

    rule: Rule
    first: int
    last: int
    up: bool


@dataclass(frozen=True, slots=True)
class ReleasedTimes:
    """A released control chart. `later` counts procedures that aren't due yet.

    `period` names what a point is, where all are alike; `too_few` says that there is something, and
    too little of it to show.
    """

    lines: tuple[TimeLine, ...]
    note: str | None
    period: str = "month"
    later: Count = 0
    too_few: bool = False

    @property
    def judged(self) -> tuple[TimeLine, ...]:
        """Give the points that are held against each other."""
        return tuple(line for line in self.lines if line.judged)

    @property
    def has_limits(self) -> bool:
        """Say whether there were points enough for a centre line and limits."""
        return any(line.centre is not None for line in self.lines)

    @property
    def signals(self) -> tuple[Signal, ...]:
        """Give every rule that fired, once for each run of points, in order of time."""
        found = [signal for rule in Rule for signal in self._runs(rule)]
        return tuple(sorted(found, key=lambda signal: (signal.last, signal.first)))

    @property
    def plainest(self) -> tuple[Signal, ...]:
        """Give the signals, those outside the limits first, and the latest before the earlier."""
        return tuple(
            sorted(self.signals, key=lambda s: (s.rule is not Rule.BEYOND_LIMITS, -s.last))
        )

    def _runs(self, rule: Rule) -> list[Signal]:
        """Find runs of points at which a rule fired on one side; a tie doesn't part them."""
        order = [i for i in range(len(self.lines)) if not self._is_tie(i, rule)]
        sides = [self._side(order, at, rule) for at in range(len(order))]
        runs = [(up, [i for i, _ in run]) for up, run in _grouped(order, sides)]
        return [Signal(rule, run[0], run[-1], up) for up, run in runs if up is not None]

    def _is_tie(self, i: int, rule: Rule) -> bool:
        """Say whether a point neither adds to a run of this rule nor breaks it."""
        line = self.lines[i]
        if rule in line.rules or not line.judged:
            return False
        before = {Rule.SHIFT: line.centre, Rule.TREND: self.lines[i - 1].value if i else None}
        return before.get(rule) == line.value

    def _side(self, order: list[int], at: int, rule: Rule) -> bool | None:
        line = self.lines[order[at]]
        if rule not in line.rules or line.centre is None:
            return None
        if rule is not Rule.TREND:
            return line.value > line.centre
        near = [self.lines[order[n]] for n in (at - 1, at + 1) if 0 <= n < len(order)]
        if rule in near[0].rules and at:
            return line.value > near[0].value
        return near[-1].value > line.value


def _grouped(
    order: list[int], sides: list[bool | None]
) -> Iterator[tuple[bool | None, Iterator[tuple[int, bool | None]]]]:
    return groupby(zip(order, sides, strict=True), key=lambda pair: pair[1])
