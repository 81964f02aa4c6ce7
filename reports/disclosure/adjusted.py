"""Adjusted comparisons released: estimates of groups that are large enough, on a coarse grid.

A model's groups all have at least the cut-off's patients (`Rules.fewest`), so no estimate speaks of
few. Under a cut-off counts are rounded, estimates and their limits stand to 0.1 NRS points, and
bounds over the unassessed are held back wherever these are few: a bound tells how many they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from registry.domain.windows import Window
from reports.disclosure.held import HELD, Count, Held, Policy
from reports.groups import FEW, Group
from reports.stats.adjusted import Adjusted, AdjustedRow
from reports.stats.adjusted_course import AdjustedCourse, CourseRow
from reports.stats.adjusted_sample import Indication, Rules, Sample
from reports.stats.intervals import Estimate, Floors
from reports.stats.refusal import Refusal

NRS_STEP = 0.1


@dataclass(frozen=True, slots=True)
class ReleasedEstimate:
    """A value with its standard error and 95 % interval, NRS points, as it may be shown."""

    value: float
    se: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Basis:
    """What a comparison rests on, in counts that may be shown.

    `terms` were adjusted for besides baseline, `dropped` could not be; `with_akps` says whether
    those without AKPS (`without_akps`) were left out. `refusal` says why there is no comparison.
    """

    indication: Indication
    reference: Group | None
    groups: tuple[Group, ...]
    left_out: tuple[Group, ...]
    terms: tuple[str, ...]
    dropped: tuple[str, ...]
    with_akps: bool
    without_akps: Count
    n: Count
    patients: Count
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class AdjustedLine:
    """One group's adjusted mean and difference at a window, as `AdjustedRow` defines them."""

    group: Group
    window: Window
    n: Count
    patients: Count
    mean: ReleasedEstimate
    difference: ReleasedEstimate | None
    without_akps: ReleasedEstimate | None
    unassessed: Count
    lowest: float | Held | None
    highest: float | Held | None


@dataclass(frozen=True, slots=True)
class CourseLine:
    """One group at one window, as `CourseRow` defines it; held where few were assessed."""

    group: Group
    window: Window
    n: Count
    patients: Count
    mean: ReleasedEstimate | Held | None
    difference: ReleasedEstimate | Held | None


@dataclass(frozen=True, slots=True)
class ReleasedAdjusted:
    """The comparison within one kind of pain; no lines where it was refused."""

    basis: Basis
    lines: tuple[AdjustedLine, ...]


@dataclass(frozen=True, slots=True)
class ReleasedCourse:
    """The course within one kind of pain; the two deviations are in NRS points."""

    basis: Basis
    lines: tuple[CourseLine, ...]
    sd_between: float | None
    sd_within: float | None

    def of(self, group: Group) -> tuple[CourseLine, ...]:
        """Give the lines of one group, in order of time."""
        return tuple(line for line in self.lines if line.group == group)


def rules_for(policy: Policy, floors: Floors, reference: str | None) -> Rules:
    """Set the least patients of a group: the floor of an interval, or the cut-off if that is more.

    Small groups put together as one can't be asked for as a reference.
    """
    fewest = max(floors.interval, policy.lowest)
    asked = None if reference == FEW.slug else reference
    return Rules(reference=asked, fewest=fewest, least_akps=floors.follow_up)


def release_adjusted(found: Iterable[Adjusted], policy: Policy) -> tuple[ReleasedAdjusted, ...]:
    """Release adjusted comparisons that were made by `rules_for` this policy."""
    return tuple(
        ReleasedAdjusted(
            _basis(one, one.sample, one.n, policy),
            tuple(_line(row, one, policy) for row in one.rows),
        )
        for one in found
    )


def release_course(found: Iterable[AdjustedCourse], policy: Policy) -> tuple[ReleasedCourse, ...]:
    """Release adjusted courses that were made by `rules_for` this policy."""
    return tuple(
        ReleasedCourse(
            _basis(one, one.sample, one.n, policy),
            tuple(_course_line(row, policy) for row in one.rows),
            _rounded(one.sd_between, policy),
            _rounded(one.sd_within, policy),
        )
        for one in found
    )


def _basis(found: Adjusted | AdjustedCourse, sample: Sample, n: int, policy: Policy) -> Basis:
    return Basis(
        found.indication,
        sample.reference,
        sample.groups,
        sample.left_out,
        found.terms,
        found.dropped,
        sample.with_akps,
        policy.count(sample.without_akps),
        policy.count(n),
        policy.count(found.patients),
        found.refusal,
    )


def _line(row: AdjustedRow, found: Adjusted, policy: Policy) -> AdjustedLine:
    home = next((r.unassessed for r in found.rows if r.difference is None), 0)
    told = not (policy.small(row.unassessed) or policy.small(home))
    return AdjustedLine(
        row.group,
        found.window,
        policy.count(row.n),
        policy.count(row.patients),
        _estimate(row.mean, policy),
        _maybe(row.difference, policy),
        _without_akps(row, found.sample, policy),
        policy.count(row.unassessed),
        _bound(row.lowest, policy, told=told),
        _bound(row.highest, policy, told=told),
    )


def _without_akps(row: AdjustedRow, sample: Sample, policy: Policy) -> ReleasedEstimate | None:
    """Leave out what few rows more would change: it would tell of those few."""
    if row.without_akps is None or policy.small(sample.without_akps):
        return None
    return _estimate(row.without_akps, policy)


def _bound(value: float | None, policy: Policy, *, told: bool) -> float | Held | None:
    return _rounded(value, policy) if told else HELD


def _course_line(row: CourseRow, policy: Policy) -> CourseLine:
    few = policy.small(row.patients)
    return CourseLine(
        row.group,
        row.window,
        HELD if few else policy.count(row.n),
        policy.count(row.patients),
        HELD if few else _maybe(row.mean, policy),
        HELD if few else _maybe(row.difference, policy),
    )


def _maybe(found: Estimate | None, policy: Policy) -> ReleasedEstimate | None:
    return None if found is None else _estimate(found, policy)


def _estimate(found: Estimate, policy: Policy) -> ReleasedEstimate:
    if policy.threshold is None:
        return ReleasedEstimate(found.value, found.se, found.low, found.high)
    return ReleasedEstimate(*(_tenths(v) for v in (found.value, found.se, found.low, found.high)))


def _rounded(value: float | None, policy: Policy) -> float | None:
    return value if value is None or policy.threshold is None else _tenths(value)


def _tenths(value: float) -> float:
    """Round to `NRS_STEP`; no negative zero."""
    return round(value / NRS_STEP) / round(1 / NRS_STEP) + 0.0
