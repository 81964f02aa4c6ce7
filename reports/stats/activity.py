"""What is done, to whom, and how soon? Counts of procedures, split one way and across another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from registry.domain.axes import axis
from reports.frames import OutcomeFrame
from reports.groups import ALL, Group, Grouping
from reports.stats.activity_parts import REFERRAL, Dimension
from reports.stats.intervals import Floors, Quartiles, quartile_columns, read_quartiles

_TAIL_NEEDS = 3
"""So many at the least must lie beyond a 90th percentile for it to be more than one patient."""


@dataclass(frozen=True, slots=True)
class CrossRow:
    """The procedures of one head, by part: one count each, which sum to `n`."""

    head: Group
    counts: tuple[int, ...]

    @property
    def n(self) -> int:
        """Count all procedures of the head."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Cross:
    """Procedures by head and part. Each is in one row and one part; `total` adds the rows up."""

    parts: tuple[Group, ...]
    rows: tuple[CrossRow, ...]

    @property
    def total(self) -> CrossRow:
        """Count each part over all heads."""
        columns = [sum(row.counts[i] for row in self.rows) for i in range(len(self.parts))]
        return CrossRow(ALL, tuple(columns))


def across_groups(frame: OutcomeFrame, grouping: Grouping, split: Dimension) -> Cross:
    """Split the procedures of each group of the page; parts in which nobody is fall away."""
    return _cross(frame, grouping.groups, pl.col(grouping.by), split)


def across(frame: OutcomeFrame, heads: Dimension, split: Dimension, *, keep: bool = False) -> Cross:
    """Split the procedures of each part of `heads` in which somebody is; `keep` empty parts."""
    return _cross(frame, heads.parts, heads.column, split, keep=keep)


def _cross(
    frame: OutcomeFrame,
    heads: Sequence[Group],
    head: pl.Expr,
    split: Dimension,
    *,
    keep: bool = False,
) -> Cross:
    """Count every head and part that occurs; with `keep` parts in which nobody is, too."""
    found = frame.group_by(head.alias("head"), split.column.alias("part")).len()
    counts = {(row[0], row[1]): row[2] for row in found.iter_rows()}
    parts = tuple(p for p in split.parts if keep or any((h.slug, p.slug) in counts for h in heads))
    rows = [CrossRow(h, tuple(counts.get((h.slug, p.slug), 0) for p in parts)) for h in heads]
    return Cross(parts, tuple(row for row in rows if row.n))


@dataclass(frozen=True, slots=True)
class WorkRow:
    """The procedures of a group: their patients, and how many used each class of agent.

    One procedure may use several classes, and one patient may have several procedures; a patient
    treated in two groups counts in both.
    """

    group: Group
    procedures: int
    patients: int
    agents: Mapping[Group, int]
    without_agent: int


def work(frame: OutcomeFrame, grouping: Grouping) -> tuple[WorkRow, ...]:
    """Count procedures, patients and agents of each group; with several, `ALL` comes last."""
    rows = [
        _work(group, OutcomeFrame(frame.filter(pl.col(grouping.by) == group.slug)))
        for group in grouping.groups
    ]
    return (*rows, _work(ALL, frame)) if len(rows) > 1 else tuple(rows)


def _work(group: Group, frame: OutcomeFrame) -> WorkRow:
    agents = frame["agent_classes"].list.unique().explode().drop_nulls()
    used = dict(agents.value_counts().iter_rows())
    known = {v.slug: v.label for v in axis("agent_class").values}
    order = [*known, *sorted(used.keys() - known.keys())]
    return WorkRow(
        group,
        procedures=frame.height,
        patients=frame["patient_id"].n_unique(),
        agents={Group(slug, known.get(slug, slug)): used[slug] for slug in order if slug in used},
        without_agent=int((frame["agent_classes"].list.len().fill_null(0) == 0).sum()),
    )


@dataclass(frozen=True, slots=True)
class WaitRow:
    """Days from referral to procedure of one head, of those whose referral date is recorded.

    `most` is the 90th percentile (type 7); None with fewer than three procedures beyond it.
    """

    head: Group
    recorded: int
    missing: int
    days: Quartiles | None
    most: float | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long people waited, and the same procedures by whether the date is recorded.

    With several heads `rows` end with `ALL`.
    """

    rows: tuple[WaitRow, ...]
    known: Cross


def waiting_of_groups(frame: OutcomeFrame, grouping: Grouping, floors: Floors) -> Waiting:
    """Summarise the wait in each group of the page."""
    known = _cross(frame, grouping.groups, pl.col(grouping.by), REFERRAL, keep=True)
    return _waiting(frame, pl.col(grouping.by), known, floors)


def waiting_of(frame: OutcomeFrame, heads: Dimension, floors: Floors) -> Waiting:
    """Summarise the wait in each part of `heads` in which somebody is."""
    known = _cross(frame, heads.parts, heads.column, REFERRAL, keep=True)
    return _waiting(frame, heads.column, known, floors)


def _waiting(frame: OutcomeFrame, head: pl.Expr, known: Cross, floors: Floors) -> Waiting:
    named = frame.select(head.alias("head"), "referral_days")
    heads = [row.head for row in known.rows]
    rows = [_wait(h, named.filter(pl.col("head") == h.slug), floors) for h in heads]
    return Waiting((*rows, _wait(ALL, named, floors)) if len(rows) > 1 else tuple(rows), known)


def _wait(head: Group, frame: pl.DataFrame, floors: Floors) -> WaitRow:
    days = pl.col("referral_days")
    most = days.quantile(0.9, interpolation="linear").alias("most")
    row = frame.select(most, **quartile_columns("days", days)).row(0, named=True)
    n = frame["referral_days"].count()
    shown = n >= max(floors.interval, 10 * _TAIL_NEEDS)
    days_told = read_quartiles(row, "days", n, floors)
    return WaitRow(head, n, frame.height - n, days_told, row["most"] if shown else None)
