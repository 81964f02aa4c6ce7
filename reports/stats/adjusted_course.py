"""How do groups run over the windows, adjusted? A mixed model (`fit_mixed`) within one pain.

score ~ group x window + baseline + AKPS + site, a random intercept a patient, time as a category.
Rows without AKPS are left out, as in `adjusted`. Missing scores are taken to be missing at random.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from registry.domain.windows import WINDOWS, Window, window
from reports.frames import OutcomeFrame, assessed, score
from reports.groups import Group, Grouping
from reports.stats.adjusted_sample import (
    Indication,
    Rules,
    Sample,
    draw_sample,
    fit_dropping,
    indications,
    within,
)
from reports.stats.columns import Column
from reports.stats.intervals import Estimate
from reports.stats.mixed import Mixed, MixedRow, fit_mixed
from reports.stats.refusal import Refusal


@dataclass(frozen=True, slots=True)
class CourseRow:
    """One group at one window: adjusted mean and difference to the reference there, NRS 0-10.

    `n` scores of `patients` patients. Below `Rules.fewest` patients there is neither, though the
    scores are in the model; the difference wants as many in the reference.
    """

    group: Group
    window: Window
    n: int
    patients: int
    mean: Estimate | None
    difference: Estimate | None


@dataclass(frozen=True, slots=True)
class AdjustedCourse:
    """The course within one kind of pain: `rows` by group and window, or why there are none.

    `sd_between` is the standard deviation between patients, `sd_within` that of one patient's
    scores about their own level, NRS points.
    """

    indication: Indication
    sample: Sample
    rows: tuple[CourseRow, ...] = ()
    refusal: Refusal | None = None
    terms: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    n: int = 0
    patients: int = 0
    sd_between: float | None = None
    sd_within: float | None = None


def adjusted_course(
    frame: OutcomeFrame, grouping: Grouping, rules: Rules
) -> tuple[AdjustedCourse, ...]:
    """Model scores over all windows within every kind of pain, and all pains together last."""
    return tuple(
        _model(within(frame, indication), grouping, rules, indication)
        for indication in indications(frame)
    )


def _model(
    frame: OutcomeFrame, grouping: Grouping, rules: Rules, indication: Indication
) -> AdjustedCourse:
    sample = draw_sample(_scores(frame), frame, grouping, rules)
    if sample.refusal or sample.reference is None:
        return AdjustedCourse(indication, sample, refusal=sample.refusal)

    def fit(terms: Mapping[str, Column]) -> Mixed | Refusal:
        return _fit(sample, terms, rules)

    found, dropped = fit_dropping(fit, sample.terms)
    if isinstance(found, Refusal):
        return AdjustedCourse(indication, sample, refusal=found, dropped=dropped)
    return AdjustedCourse(
        indication,
        sample,
        _rows(found, sample, rules),
        None,
        tuple(name for name in sample.terms if name not in dropped),
        dropped,
        found.n,
        found.patients,
        found.sd_between,
        found.sd_within,
    )


def _scores(frame: OutcomeFrame) -> pl.DataFrame:
    """Give one row a score: the procedure's columns, its window and the score there."""
    return pl.concat(
        frame.filter(assessed(w)).with_columns(window=pl.lit(w.slug), score=pl.col(score(w)))
        for w in WINDOWS
    )


def _fit(sample: Sample, terms: Mapping[str, Column], rules: Rules) -> Mixed | Refusal:
    rows = sample.rows
    return fit_mixed(
        rows["score"],
        rows["window"],
        rows["group"],
        rows["patient_id"],
        windows=[w.slug for w in WINDOWS],
        reference=sample.reference.slug if sample.reference else "",
        adjust={"baseline": rows["nrs_baseline"], **terms},
        floors=rules.floors,
    )


def _rows(found: Mixed, sample: Sample, rules: Rules) -> tuple[CourseRow, ...]:
    counted = sample.rows.group_by("group", "window").agg(pl.col("patient_id").n_unique())
    patients: dict[tuple[str, str], int] = {(g, at): n for g, at, n in counted.iter_rows()}
    by_cell = {(row.group, row.window): row for row in found.rows}

    def enough(group: str, at: str) -> bool:
        return patients.get((group, at), 0) >= rules.fewest

    def row(group: Group, cell: MixedRow) -> CourseRow:
        shown = enough(group.slug, cell.window)
        held_against = shown and enough(found.reference, cell.window)
        return CourseRow(
            group,
            window(cell.window),
            cell.n,
            patients[cell.group, cell.window],
            cell.mean if shown else None,
            cell.difference if held_against else None,
        )

    return tuple(
        row(group, by_cell[group.slug, w.slug])
        for group in sample.groups
        for w in WINDOWS
        if (group.slug, w.slug) in by_cell
    )
