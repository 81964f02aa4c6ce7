"""Points over time in words: the same in hovers, tables and sentences."""

from __future__ import annotations

from collections.abc import Callable

from reports import wording
from reports.disclosure.over_time_points import ReleasedTimes, Signal, TimeLine
from reports.stats.signals import Rule

Say = Callable[[float], str]
"""How a value of the series is said: a count, a proportion, a score."""


def say_optional(value: float | None, say: Say) -> str:
    """Say a line of the chart; "none" where there is none."""
    return wording.NONE if value is None else say(value)


def limits(line: TimeLine, say: Say) -> str:
    """Say the control limits of a point."""
    if line.high is None:
        return wording.NONE
    return (
        f"{say(line.low)} to {say(line.high)}"
        if line.low is not None
        else f"up to {say(line.high)}"
    )


def say_signal(released: ReleasedTimes, signal: Signal) -> str:
    """Say a signal as "Oct 2025 above (outside the control limits)"."""
    lines = released.lines
    first, last = lines[signal.first].months, lines[signal.last].months
    when = first if signal.first == signal.last else f"{first} to {last}"
    sides = ("rising", "falling") if signal.rule is Rule.TREND else ("above", "below")
    side = sides[0] if signal.up else sides[1]
    return f"{when} {side} ({signal.rule.words})"
