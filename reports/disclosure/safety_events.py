"""What is told of single harms: by complication and grade, in order of time, and one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from reports.disclosure.held import HELD, Count, Held, Policy
from reports.disclosure.safety import release_alike, release_sum
from reports.groups import Group
from reports.names import complication_name
from reports.stats.charts import ChartPoint
from reports.stats.safety_grades import EventList, GradeRow, Grades, Scale
from reports.stats.safety_rare import RareEvents
from reports.stats.signals import Rule

LESS_COMMON = "Less common complications together"
EVERY = "All complications together"


@dataclass(frozen=True, slots=True)
class GradeLine:
    """One complication in one group on one scale: its harms by grade, and all of them."""

    group: Group
    scheme: str
    complication: str
    counts: tuple[Count, ...]
    events: Count


@dataclass(frozen=True, slots=True)
class ScaleHarms:
    """The harms on one scale: all, by complication over all groups, and by group for records."""

    scale: Scale
    events: Count
    lines: tuple[GradeLine, ...]
    by_group: tuple[GradeLine, ...]


@dataclass(frozen=True, slots=True)
class ReleasedGrades:
    """Released harms by grade, scale by scale; `note` says what is held back."""

    scales: tuple[ScaleHarms, ...]
    note: str | None


def release_grades(found: Grades, policy: Policy, *, blind: bool = False) -> ReleasedGrades:
    """Release harms by grade.

    Where small numbers are held, complications that are rare on a scale stand as one, and no groups
    are told apart. The grades of a complication are parts of its sum, complications of the scale's.
    """
    scales = dict.fromkeys(row.scale for row in found.whole)
    return ReleasedGrades(
        tuple(_scale(scale, found, policy, blind) for scale in scales), policy.note
    )


def _scale(scale: Scale, found: Grades, policy: Policy, blind: bool) -> ScaleHarms:
    rows = _pooled([row for row in found.whole if row.scale == scale], policy)
    sums = [row.events for row in rows]
    told = [HELD for _ in rows] if blind else release_alike(policy, sums)
    lines = [_line(row, n, policy) for row, n in zip(rows, told, strict=True)]
    exact = policy.threshold is None
    return ScaleHarms(
        scale,
        HELD if blind else release_sum(policy, sums, [line.events for line in lines]),
        tuple(lines),
        tuple(_line(row, row.events, policy) for row in found.rows if exact and row.scale == scale),
    )


def _pooled(rows: Sequence[GradeRow], policy: Policy) -> list[GradeRow]:
    """Put small rows together, and with the next smallest until their sum isn't small."""
    few = [row for row in rows if policy.small(row.events)]
    kept = [row for row in rows if row not in few]
    while few and kept and policy.small(sum(row.events for row in few)):
        few.append(kept.pop())
    if not few:
        return kept
    counts = tuple(map(sum, zip(*(row.counts for row in few), strict=True)))
    name = LESS_COMMON if kept else EVERY
    return [*kept, GradeRow(few[0].group, few[0].scale, name, counts)]


def _line(row: GradeRow, events: Count, policy: Policy) -> GradeLine:
    counts = release_alike(policy, row.counts)
    shown = HELD if events is HELD else release_sum(policy, row.counts, counts)
    return GradeLine(
        row.group,
        row.scale.label,
        _name(row.complication),
        tuple(HELD if n and events is HELD else n for n in counts),
        shown,
    )


def _name(complication: str) -> str:
    together = complication in {LESS_COMMON, EVERY}
    return complication if together else complication_name(complication)


@dataclass(frozen=True, slots=True)
class RareLine:
    """A severe harm: its procedure's day, what lies between it and the one before, its lines.

    `value` counts procedures or days, as its chart does; limits are None where there are none.
    """

    on: date
    value: float
    centre: float | None
    low: float | None
    high: float | None
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class ReleasedRare:
    """Severe harms in order of time, for record readers: as `RareEvents` has them."""

    procedures: int
    on: tuple[date, ...]
    since: int
    between: tuple[RareLine, ...]
    days: tuple[RareLine, ...]


def release_rare(found: RareEvents, policy: Policy) -> ReleasedRare | Held:
    """Release the series of severe harms to record readers alone: it has a mark for each."""
    if policy.threshold is not None:
        return HELD
    return ReleasedRare(
        found.procedures,
        found.on,
        found.since,
        tuple(_rare_lines(found.on[1:], found.g.points)),
        tuple(_rare_lines(found.on[1:], found.t.points)),
    )


def _rare_lines(on: Iterable[date], points: Iterable[ChartPoint]) -> Iterable[RareLine]:
    for day, p in zip(on, points, strict=True):
        yield RareLine(day, p.value, p.centre, p.low, p.high, p.rules)


@dataclass(frozen=True, slots=True)
class ReleasedEvents:
    """Single events as they were recorded, the latest first, for record readers."""

    told: EventList


def release_events(found: EventList, policy: Policy) -> ReleasedEvents | Held:
    """Release the list of events to record readers alone."""
    return ReleasedEvents(found) if policy.threshold is None else HELD
