"""Whom an adjusted comparison may rest on: within which pain, which groups, against which one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from registry.domain.axes import axis
from reports.frames import OutcomeFrame
from reports.groups import FEW, Group, Grouping
from reports.stats.columns import Column
from reports.stats.refusal import ModelFloors, Reason, Refusal

_Fitted = TypeVar("_Fitted")


@dataclass(frozen=True, slots=True)
class Indication:
    """One kind of pain, by its mechanism; or all of them together."""

    slug: str
    label: str


ALL_PAINS = Indication("_all", "All pains together")


@dataclass(frozen=True, slots=True)
class Rules:
    """What an adjusted comparison follows.

    `reference` is the slug of the group that the others are held against (None: the one with the
    most patients). A group with fewer than `fewest` patients is left out, and below `patients` in
    all there is no model. AKPS is adjusted for where at least `least_akps` (0 to 1) of the rows
    have it; those without are then left out.
    """

    reference: str | None = None
    fewest: int = 10
    patients: int = 20
    least_akps: float = 0.6

    @property
    def floors(self) -> ModelFloors:
        """Give the floors of the models."""
        return ModelFloors(self.patients, self.fewest)


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows ready for a model, one a score: `group`, `patient_id`, `site`, `akps`, `nrs_baseline`.

    `groups` are those with enough patients, in the page's order, `left_out` the others that were
    treated. `with_akps` says whether rows without it were left out: `without_akps` of these groups
    (where it is not adjusted for, those that lack it all the same). `refusal` says why there can be
    no comparison.
    """

    rows: pl.DataFrame
    groups: tuple[Group, ...]
    left_out: tuple[Group, ...]
    reference: Group | None
    with_akps: bool
    without_akps: int
    refusal: Refusal | None

    @property
    def terms(self) -> dict[str, Column]:
        """Give what is adjusted for besides baseline: what doesn't vary needs no adjusting."""
        named = ("akps", "site") if self.with_akps else ("site",)
        return {name: self.rows[name] for name in named if self.rows[name].n_unique() > 1}


def indications(frame: OutcomeFrame) -> tuple[Indication, ...]:
    """Name the pains that were treated, in the page's order; all together last.

    One mechanism alone is all there is; procedures whose mechanism wasn't recorded are only among
    all together.
    """
    known = {value.slug: value.label for value in axis("mechanism").values}
    found = frame["mechanism"].drop_nulls().unique().sort().to_list()
    order = [slug for slug in known if slug in found]
    order += [slug for slug in found if slug not in known]
    named = tuple(Indication(slug, f"{known.get(slug, slug)} pain") for slug in order)
    alone = len(named) == 1 and not frame["mechanism"].null_count()
    return named if alone else (*named, ALL_PAINS)


def within(frame: OutcomeFrame, indication: Indication) -> OutcomeFrame:
    """Keep the procedures for one kind of pain."""
    if indication == ALL_PAINS:
        return frame
    return OutcomeFrame(frame.filter(pl.col("mechanism") == indication.slug))


def draw_sample(
    scores: pl.DataFrame, treated: OutcomeFrame, grouping: Grouping, rules: Rules
) -> Sample:
    """Choose rows and groups among `scores`, one row a score of the procedures in `treated`.

    Small groups put together as one are unlike procedures: they are in no model.
    """
    all_rows = scores.rename({grouping.by: "group"}).filter(pl.col("group") != FEW.slug)
    rows = _of(all_rows, _enough(all_rows, rules))
    with_akps = bool(len(rows)) and rows["akps"].count() >= rules.least_akps * len(rows)
    kept = rows.drop_nulls("akps") if with_akps else rows
    enough = _enough(kept, rules)
    kept, whole = _of(kept, enough), _of(rows, enough)
    groups = tuple(g for g in grouping.groups if g.slug in enough)
    here = set(treated[grouping.by].unique()) - {FEW.slug}
    left_out = tuple(g for g in grouping.groups if g.slug in here and g not in groups)
    return Sample(
        kept,
        groups,
        left_out,
        _reference(groups, enough, rules.reference),
        with_akps,
        without_akps=whole["akps"].null_count(),
        refusal=_refuse(all_rows, groups, left_out, rules),
    )


def _patients(rows: pl.DataFrame) -> dict[str, int]:
    found = rows.group_by("group").agg(pl.col("patient_id").n_unique().alias("n"))
    return dict(zip(found["group"], found["n"], strict=True))


def _enough(rows: pl.DataFrame, rules: Rules) -> dict[str, int]:
    return {slug: n for slug, n in _patients(rows).items() if n >= max(rules.fewest, 2)}


def _of(rows: pl.DataFrame, groups: Mapping[str, int]) -> pl.DataFrame:
    return rows.filter(pl.col("group").is_in(list(groups)))


def _reference(
    groups: tuple[Group, ...], patients: Mapping[str, int], asked: str | None
) -> Group | None:
    """Take the group asked for, where it has enough patients; else the largest, the first of two.

    Who shows the comparison says so where the one asked for could not be taken.
    """
    chosen = next((g for g in groups if g.slug == asked), None)
    return chosen or max(groups, key=lambda g: patients[g.slug], default=None)


def _refuse(
    rows: pl.DataFrame, groups: tuple[Group, ...], left_out: tuple[Group, ...], rules: Rules
) -> Refusal | None:
    if rows["patient_id"].n_unique() < max(rules.patients, 1):
        return Refusal(Reason.FEW_PATIENTS, floor=rules.patients)
    if len(groups) > 1:
        return None
    if left_out:
        names = tuple(group.label for group in left_out)
        return Refusal(Reason.SMALL_GROUP, about=names, floor=rules.fewest)
    return Refusal(Reason.ONE_GROUP)


def fit_dropping(
    fit: Callable[[Mapping[str, Column]], _Fitted | Refusal], terms: Mapping[str, Column]
) -> tuple[_Fitted | Refusal, tuple[str, ...]]:
    """Fit; where terms are told by the groups or each other, or are too many, fit without them.

    Gives the fit and the names of the terms that were dropped. Baseline isn't among `terms`, so it
    is never dropped: where it can't be adjusted for, the refusal stands.
    """
    left, dropped = dict(terms), list[str]()
    while True:
        found = fit(left)
        if not isinstance(found, Refusal):
            return found, tuple(dropped)
        gone = [name for name in found.about if name in left]
        if found.reason == Reason.MANY_TERMS:
            gone = [name for name in ("site",) if name in left]
        if found.reason not in (Reason.MANY_TERMS, Reason.COLLINEAR) or not gone:
            return found, tuple(dropped)
        dropped += gone
        left = {name: column for name, column in left.items() if name not in gone}
