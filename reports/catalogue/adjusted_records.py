"""Adjusted comparisons as flat records: one an estimate, or one that says why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from registry.domain.windows import Window
from reports import wording_adjusted as words
from reports.disclosure import HELD, Count, Held
from reports.disclosure.adjusted import (
    AdjustedLine,
    Basis,
    CourseLine,
    ReleasedAdjusted,
    ReleasedCourse,
    ReleasedEstimate,
)
from reports.disclosure.adjusted_baseline import BaselineLine, Mean, ReleasedBaselines
from reports.groups import Group
from reports.records import records
from reports.report import Record
from reports.stats.refusal import Reason


@dataclass(frozen=True, slots=True)
class _EstimateRecord:
    """One estimate in NRS points: `measure` is mean, difference or difference_without_akps.

    `lowest` and `highest` bound a difference over those alive and not assessed.
    """

    within: str
    group: Group
    window: Window
    reference: str
    measure: str
    estimate: float | Held | None
    se: float | Held | None
    low: float | Held | None
    high: float | Held | None
    n: Count
    patients: Count
    unassessed: Count | None = None
    lowest: float | Held | None = None
    highest: float | Held | None = None


@dataclass(frozen=True, slots=True)
class _RefusalRecord:
    within: str
    refused: Reason
    because: str


@dataclass(frozen=True, slots=True)
class _BaselineRecord:
    """One variable, or one category of it, in one group; `smd` stands with the variable."""

    within: str
    whose: str
    variable: str
    category: str | None
    group: Group
    reference: str
    n: Count
    missing: Count
    count: Count | None = None
    mean: float | Held | None = None
    sd: float | Held | None = None
    smd: float | Held | None = None


def adjusted_records(found: Sequence[ReleasedAdjusted]) -> tuple[Record, ...]:
    """Tell every mean and difference, and why there are none where there are none."""
    return tuple(
        record
        for one in found
        for record in _told(
            one.basis, (x for line in one.lines for x in _adjusted(line, one.basis))
        )
    )


def course_records(found: Sequence[ReleasedCourse]) -> tuple[Record, ...]:
    """Tell every mean and difference of the course."""
    return tuple(record for one in found for record in _told(one.basis, _whole_course(one)))


def baseline_records(found: Sequence[ReleasedBaselines]) -> tuple[Record, ...]:
    """Tell every variable and category of the baseline tables."""
    return tuple(records(x for one in found for line in one.lines for x in _baseline(line, one)))


def _all_adjusted(one: ReleasedAdjusted) -> Iterator[_EstimateRecord]:
    for line in one.lines:
        yield from _adjusted(line, one.basis)


def _whole_course(one: ReleasedCourse) -> Iterator[_EstimateRecord]:
    for line in one.lines:
        yield from _course(line, one.basis)


def _told(basis: Basis, estimates: Iterable[_EstimateRecord]) -> list[Record]:
    if basis.refusal is None:
        return records(estimates)
    refused, because = basis.refusal.reason, words.refused(basis.refusal)
    return records([_RefusalRecord(basis.indication.slug, refused, because)])


def _adjusted(line: AdjustedLine, basis: Basis) -> Iterator[_EstimateRecord]:
    yield _estimate(line, basis, "mean", line.mean)
    if line.difference is None:
        return
    found = _numbers(line.difference)
    yield _EstimateRecord(
        *_where(line, basis, "difference"),
        *found,
        line.n,
        line.patients,
        line.unassessed,
        line.lowest,
        line.highest,
    )
    if line.without_akps is not None:
        yield _estimate(line, basis, "difference_without_akps", line.without_akps)


def _course(line: CourseLine, basis: Basis) -> Iterator[_EstimateRecord]:
    yield _estimate(line, basis, "mean", line.mean)
    if line.group != basis.reference:
        yield _estimate(line, basis, "difference", line.difference)


def _estimate(
    line: AdjustedLine | CourseLine,
    basis: Basis,
    measure: str,
    found: ReleasedEstimate | Held | None,
) -> _EstimateRecord:
    where = _where(line, basis, measure)
    return _EstimateRecord(*where, *_numbers(found), line.n, line.patients)


def _where(
    line: AdjustedLine | CourseLine, basis: Basis, measure: str
) -> tuple[str, Group, Window, str, str]:
    reference = basis.reference.slug if basis.reference else ""
    return basis.indication.slug, line.group, line.window, reference, measure


_Four = tuple[float | Held | None, float | Held | None, float | Held | None, float | Held | None]


def _numbers(found: ReleasedEstimate | Held | None) -> _Four:
    if found is HELD or found is None:
        return found, found, found, found
    return found.value, found.se, found.low, found.high


def _baseline(line: BaselineLine, one: ReleasedBaselines) -> Iterator[_BaselineRecord]:
    mean, sd = (
        (line.mean.mean, line.mean.sd) if isinstance(line.mean, Mean) else (line.mean, line.mean)
    )
    whole = _BaselineRecord(
        one.indication.slug,
        one.whose,
        line.variable,
        None,
        line.group,
        one.reference.slug,
        line.n,
        line.missing,
        mean=mean,
        sd=sd,
        smd=line.smd,
    )
    yield whole
    for category, count in line.counts.items():
        yield replace(whole, category=category, count=count, mean=None, sd=None, smd=None)
