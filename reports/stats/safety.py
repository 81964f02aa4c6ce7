"""What harm follows? Procedures with a harm, and what is counted apart from harm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from reports.events import EventFrame
from reports.frames import OutcomeFrame
from reports.groups import ALL, Group, Grouping
from reports.stats.intervals import Floors, Proportion
from reports.stats.proportions import exact

SEVERE = 3
"""The grade from which harm is severe, in every scheme: CTCAE and SIR 3, Clavien-Dindo III."""
HARM = "harm"
EXPECTED = "expected"
PROGRESSION = "progression"
UNRELATED_DEATH = "unrelated-death"


def exact_share(k: int, n: int, floors: Floors) -> Proportion:
    """Make a proportion with its exact (Clopper-Pearson) interval, as the floors allow."""
    return Proportion(k, n, exact(k, n) if n >= max(floors.interval, 1) else None)


@dataclass(frozen=True, slots=True)
class HarmRow:
    """The procedures of one group: all, those with any harm, those with one of grade 3 or more.

    `ungraded` had a harm without a grade and none of grade 3 or more: any of them might have been
    severe. A procedure counts once, however many harms followed it.
    """

    group: Group
    procedures: int
    harmed: int
    severe: int
    ungraded: int


@dataclass(frozen=True, slots=True)
class HarmRates:
    """Harm by group, in the page's order; several groups end with `ALL`, their sum."""

    rows: tuple[HarmRow, ...]


def harm_rates(frame: OutcomeFrame, grouping: Grouping, events: EventFrame) -> HarmRates:
    """Count the procedures of each group with harm; an event of another procedure is ignored."""
    known = frame.select("procedure_id", grouping.by).join(
        by_procedure(events), on="procedure_id", how="left"
    )
    severe = pl.col("severe").fill_null(value=False)
    found = known.group_by(grouping.by).agg(
        procedures=pl.len(),
        harmed=pl.col("severe").is_not_null().sum(),
        severe=severe.sum(),
        ungraded=(pl.col("ungraded").fill_null(value=False) & ~severe).sum(),
    )
    by_slug = {row.pop(grouping.by): row for row in found.to_dicts()}
    rows = [HarmRow(group, **by_slug[group.slug]) for group in grouping.groups]
    return HarmRates((*rows, *_total(rows)))


def by_procedure(events: EventFrame) -> pl.DataFrame:
    """Give one row a harmed procedure: `procedure_id`, whether `severe`, any harm `ungraded`."""
    return (
        events.filter(pl.col("kind") == HARM)
        .group_by("procedure_id")
        .agg(
            severe=(pl.col("grade") >= SEVERE).any(ignore_nulls=True),
            ungraded=pl.col("grade").is_null().any(),
        )
    )


def _total(rows: Sequence[HarmRow]) -> Iterable[HarmRow]:
    if len(rows) > 1:
        names = ("procedures", "harmed", "severe", "ungraded")
        yield HarmRow(ALL, **{name: sum(getattr(row, name) for row in rows) for name in names})


@dataclass(frozen=True, slots=True)
class ApartRow:
    """Procedures of a group after which something was recorded that is no harm, by its slug."""

    group: Group
    kind: str
    what: str
    recorded: int
    procedures: int


@dataclass(frozen=True, slots=True)
class Apart:
    """What is counted apart: expected effects by group, then the course of the disease.

    An effect has a row in each group where it occurred, the commonest first. Progression and
    unrelated death have one each over all procedures, even where nobody had any.
    """

    effects: tuple[ApartRow, ...]
    course: tuple[ApartRow, ...]


def apart(frame: OutcomeFrame, grouping: Grouping, events: EventFrame) -> Apart:
    """Count procedures, each once for each effect, whatever its grade."""
    known = events.join(frame.select("procedure_id", group=grouping.by), on="procedure_id")
    sizes = dict(frame.group_by(grouping.by).len().iter_rows())
    found = (
        known.filter(pl.col("kind") == EXPECTED)
        .group_by("group", "complication")
        .agg(recorded=pl.col("procedure_id").n_unique())
        .sort(pl.col("recorded"), "complication", descending=[True, False])
        .to_dicts()
    )
    effects = [
        ApartRow(group, EXPECTED, row["complication"], row["recorded"], sizes[group.slug])
        for group in grouping.groups
        for row in found
        if row["group"] == group.slug
    ]
    whole = grouping.groups if len(grouping.groups) < 2 else (ALL,)
    course = [
        ApartRow(group, kind, kind, _procedures_with(known, kind), frame.height)
        for group in whole
        for kind in (PROGRESSION, UNRELATED_DEATH)
    ]
    return Apart(tuple(effects), tuple(course))


def _procedures_with(known: pl.DataFrame, kind: str) -> int:
    return known.filter(pl.col("kind") == kind)["procedure_id"].n_unique()
