"""Released results: what figures and tables may show. Made by `release` alone.

They are types of their own, so that the type checker stops an unreleased result before it reaches a
figure. Wherever a number may be `HELD` the type says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from registry.domain.outcomes import State
from registry.domain.windows import Window
from reports.disclosure.held import HELD, Count, Held
from reports.groups import Group
from reports.stats.intervals import Proportion, Quartiles
from reports.stats.responders import Definition

LineT = TypeVar("LineT", bound="Line")


@dataclass(frozen=True, slots=True)
class Line:
    """One group at one window."""

    group: Group
    window: Window


@dataclass(frozen=True, slots=True)
class Released(Generic[LineT]):
    """A released result. `note` says what is held back, `pooled` which groups stand as one."""

    lines: tuple[LineT, ...]
    note: str | None
    pooled: tuple[Group, ...]

    def at(self, window: Window) -> tuple[LineT, ...]:
        """Give the lines of one window, in the page's order of groups."""
        return tuple(line for line in self.lines if line.window == window)


@dataclass(frozen=True, slots=True)
class StateLine(Line):
    """The six states; `eligible` is all but the ineligible, `assessed` the first two together."""

    treated: Count
    eligible: Count
    assessed: Count
    counts: Mapping[State, Count]


@dataclass(frozen=True, slots=True)
class CompletenessLine(Line):
    """Follow-up, as `CompletenessRow` defines it; the last two are proportions, 0 to 1."""

    treated: Count
    ineligible: Count
    due: Count
    alive_and_due: Count
    assessed: Count
    of_alive_and_due: float | Held | None
    of_treated: float | Held | None


@dataclass(frozen=True, slots=True)
class PainLine(Line):
    """Paired pain, as `PainRow` defines it, NRS 0-10."""

    n: Count
    before: Quartiles | Held | None
    after: Quartiles | Held | None
    change: Quartiles | Held | None


@dataclass(frozen=True, slots=True)
class ResponderLine(Line):
    """Responders by one definition, as `ResponderRow` defines it."""

    definition: Definition
    n: Count
    unassessed: Count
    response: Proportion | Held
    worst: float | Held | None
    best: float | Held | None


@dataclass(frozen=True, slots=True)
class MeddLine(Line):
    """MEDD change, as `MeddRow` defines it, mg/24 h oral morphine."""

    complete: Count
    incomplete: Count
    neuraxial: Count
    methadone: Count
    without_methadone: Count
    percent_n: Count
    before: Quartiles | Held | None
    after: Quartiles | Held | None
    change_mg: Quartiles | Held | None
    change_percent: Quartiles | Held | None
    change_without_methadone: Quartiles | Held | None


def ratio(part: Count, whole: Count) -> float | Held | None:
    """Divide released counts; held if either is, None when the whole is 0."""
    if part is HELD or whole is HELD:
        return HELD
    return part / whole if whole else None
