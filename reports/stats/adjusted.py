"""How do groups compare at a window once their baselines are level? Within one kind of pain.

Analysis of covariance (`fit_ancova`): follow-up ~ baseline + group + AKPS + site, patients as
clusters, in those assessed. Rows without AKPS are left out (complete cases): a category "missing"
would bias every difference wherever AKPS matters (Donders et al., J Clin Epidemiol 2006), while
complete cases don't as long as AKPS isn't missing because of the follow-up score. The same
comparison of all rows without AKPS stands beside it, so that a reader sees whether it mattered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from registry.domain.outcomes import State
from registry.domain.windows import Window
from reports.frames import OutcomeFrame, assessed, score, state
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
from reports.stats.ancova import Ancova, AncovaRow, differences_alone, fit_ancova
from reports.stats.columns import Column
from reports.stats.intervals import Estimate
from reports.stats.refusal import Refusal

_LEAST, _MOST = 0, 10
"""The ends of the NRS."""


@dataclass(frozen=True, slots=True)
class AdjustedRow:
    """One group: adjusted mean and difference to the reference, NRS 0-10; below 0 is less pain.

    `n` procedures of `patients` patients are in the model. `without_akps` is the difference over
    all rows without adjusting for AKPS; None where no row lacks it or it isn't adjusted for.
    `unassessed` were alive and due but have no score: `lowest` is the difference had all of this
    group's had no pain and all of the reference's the worst, `highest` the reverse (None where
    nobody is missing). The reference has no differences.
    """

    group: Group
    n: int
    patients: int
    mean: Estimate
    difference: Estimate | None
    without_akps: Estimate | None
    unassessed: int
    lowest: float | None
    highest: float | None


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The comparison within one kind of pain: `rows`, or the `refusal` that says why not.

    `terms` were adjusted for besides baseline, `dropped` could not be. `sample` holds who is in it.
    """

    indication: Indication
    window: Window
    sample: Sample
    rows: tuple[AdjustedRow, ...] = ()
    refusal: Refusal | None = None
    terms: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    patients: int = 0

    @property
    def n(self) -> int:
        """Count the procedures in the model."""
        return sum(row.n for row in self.rows)


def adjusted(
    frame: OutcomeFrame, grouping: Grouping, window: Window, rules: Rules
) -> tuple[Adjusted, ...]:
    """Compare groups at a window within every kind of pain, and all pains together last."""
    return tuple(
        _compare(within(frame, indication), grouping, window, rules, indication)
        for indication in indications(frame)
    )


def _compare(
    frame: OutcomeFrame, grouping: Grouping, window: Window, rules: Rules, indication: Indication
) -> Adjusted:
    scores = frame.filter(assessed(window)).with_columns(follow_up=pl.col(score(window)))
    sample = draw_sample(scores, frame, grouping, rules)
    if sample.refusal or sample.reference is None:
        return Adjusted(indication, window, sample, refusal=sample.refusal)

    def fit(terms: Mapping[str, Column]) -> Ancova | Refusal:
        return _fit(sample.rows, sample, terms, rules)

    terms = sample.terms
    found, dropped = fit_dropping(fit, terms)
    if isinstance(found, Refusal):
        return Adjusted(indication, window, sample, refusal=found, dropped=dropped)
    kept = tuple(name for name in terms if name not in dropped)
    around = _Around(frame, grouping, window, sample, rules, kept)
    rows = tuple(around.row(row) for row in _in_order(found, sample))
    return Adjusted(indication, window, sample, rows, None, kept, dropped, found.patients)


def _fit(
    rows: pl.DataFrame, sample: Sample, terms: Mapping[str, Column], rules: Rules
) -> Ancova | Refusal:
    return fit_ancova(
        rows["follow_up"],
        rows["nrs_baseline"],
        rows["group"],
        rows["patient_id"],
        reference=sample.reference.slug if sample.reference else "",
        adjust=terms,
        floors=rules.floors,
    )


def _in_order(found: Ancova, sample: Sample) -> list[tuple[Group, AncovaRow]]:
    by_slug = {row.group: row for row in found.rows}
    return [(group, by_slug[group.slug]) for group in sample.groups]


class _Around:
    """What stands beside the main comparison: without AKPS, and had the unassessed been asked."""

    def __init__(
        self,
        frame: OutcomeFrame,
        grouping: Grouping,
        window: Window,
        sample: Sample,
        rules: Rules,
        terms: tuple[str, ...],
    ) -> None:
        slugs = [group.slug for group in sample.groups]
        named = frame.rename({grouping.by: "group"}).filter(pl.col("group").is_in(slugs))
        rows = named.with_columns(follow_up=pl.col(score(window)))
        self.sample, self.rules, self.terms = sample, rules, terms
        self.missing = rows.filter(pl.col(state(window)) == State.ALIVE_NOT_ASSESSED.value)
        self.plain: dict[str, AncovaRow] = {}
        if "akps" in terms and sample.without_akps:
            without = tuple(name for name in terms if name != "akps")
            self.plain = self._rows(rows.filter(assessed(window)), without)
        extremes = self._extremes()
        self.low, self.high = extremes.get("low", {}), extremes.get("high", {})

    def row(self, found: tuple[Group, AncovaRow]) -> AdjustedRow:
        """Put what was found of a group together."""
        group, main = found
        plain = self.plain.get(group.slug)
        return AdjustedRow(
            group,
            main.n,
            main.patients,
            main.mean,
            main.difference,
            without_akps=plain.difference if plain else None,
            unassessed=int((self.missing["group"] == group.slug).sum()),
            lowest=self.low.get(group.slug),
            highest=self.high.get(group.slug),
        )

    def _rows(self, rows: pl.DataFrame, terms: tuple[str, ...]) -> dict[str, AncovaRow]:
        found = _fit(rows, self.sample, {name: rows[name] for name in terms}, self.rules)
        return {} if isinstance(found, Refusal) else {row.group: row for row in found.rows}

    def _extremes(self) -> Mapping[str, Mapping[str, float]]:
        """Compare as if the unassessed had given the ends of the scale: `low` and `high`.

        Those without AKPS stay out where it is adjusted for.
        """
        missing = self.missing.drop_nulls("akps") if "akps" in self.terms else self.missing
        if missing.is_empty() or self.sample.reference is None:
            return {}
        both = pl.concat([self.sample.rows.select(_COLUMNS), missing.select(_COLUMNS)])
        unknown, home = pl.col("follow_up").is_null(), pl.col("group") == self._home

        def filled(in_reference: int, elsewhere: int) -> pl.Series:
            end = pl.when(home).then(in_reference).otherwise(elsewhere)
            return both.select(pl.when(unknown).then(end).otherwise("follow_up")).to_series()

        found = differences_alone(
            {"low": filled(_MOST, _LEAST), "high": filled(_LEAST, _MOST)},
            both["nrs_baseline"],
            both["group"],
            both["patient_id"],
            reference=self._home,
            adjust={name: both[name] for name in self.terms},
            floors=self.rules.floors,
        )
        return {} if isinstance(found, Refusal) else found

    @property
    def _home(self) -> str:
        return self.sample.reference.slug if self.sample.reference else ""


_COLUMNS = ("group", "patient_id", "site", "akps", "nrs_baseline", "follow_up")
