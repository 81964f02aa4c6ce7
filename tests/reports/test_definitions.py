"""Response by every definition, the cumulative curve, worst pain and pairs of doses."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.outcomes.responders import DEFINITIONS
from reports.catalogue.comparison import MEDD_CHANGE, PAIN
from reports.catalogue.response import CURVE, RESPONDERS
from reports.disclosure import HELD, release
from reports.disclosure.curve import release_curves
from reports.disclosure.judged import release_judged
from reports.disclosure.pairs import release_pairs
from reports.disclosure.worst import release_worst
from reports.frames import OutcomeFrame, check
from reports.groups import grouping
from reports.page import Page
from reports.stats.curve import STEPS, CurveRow, responder_curves
from reports.stats.intervals import Floors, wilson
from reports.stats.judged import judged_responders
from reports.stats.medd_change import medd_change
from reports.stats.pain import worst_pain
from reports.stats.responders import ALL_DEFINITIONS, responders
from tests.reports.cases import AT_28, CATEGORIES, assessed, dosed, frame, made_up, page_of

LOW = Floors(interval=1)
Row = dict[str, Any]
SMALL = range(1, 11)


def curve(rows: OutcomeFrame) -> CurveRow:
    (row,) = responder_curves(rows, grouping(rows, "category", CATEGORIES), [AT_28]).rows
    return row


def judged(rows: OutcomeFrame) -> dict[str, tuple[int, int]]:
    found = judged_responders(rows, grouping(rows, "category", CATEGORIES), [AT_28], LOW).rows
    return {row.definition.slug: (row.response.k, row.response.n) for row in found}


def told(row: Row, **answers: Any) -> Row:
    return row | {f"{slug}_28d": value for slug, value in answers.items()}


def test_every_definition_of_the_registry_is_compared_in_its_order_and_words() -> None:
    assert [d.slug for d in ALL_DEFINITIONS] == [d.slug for d in DEFINITIONS]
    assert [d.label for d in ALL_DEFINITIONS] == [d.label for d in DEFINITIONS]
    assert len({d.short for d in ALL_DEFINITIONS}) == len(DEFINITIONS) == 7


def test_each_definition_counts_only_those_whom_it_can_judge() -> None:
    rows = frame(
        [
            told(assessed(8, 2), composite=True, icpre2012="complete", medd30=True, medd50=False),
            told(assessed(8, 2), composite=False, icpre2012="partial"),
            told(assessed(8, 8), composite=False, icpre2012="progression", medd30=False),
            told(assessed(8, 8), icpre2012="indeterminate"),
            assessed(8, 8),
        ]
    )

    assert judged(rows) == {
        "composite": (1, 3),
        "icpre2012": (2, 4),
        "medd30": (1, 2),
        "medd50": (0, 1),
    }


def test_a_definition_that_can_judge_nobody_has_no_proportion() -> None:
    shown = RESPONDERS.show(page_of(frame([assessed(8, 2)] * 12)))
    medd = next(record for record in shown.records if record["definition"] == "medd30")

    assert (medd["n"], medd["response"]["value"]) == (0, None)
    assert len(shown.records) == len(shown.tables[0].rows) == 7
    assert "MEDD ≥30 %: nobody" in {
        text for trace in shown.figures[0].plot.data for text in trace.text or ()
    }


def test_the_interval_is_of_the_definitions_own_denominator() -> None:
    rows = frame(
        [told(assessed(8, 2), medd30=True)] * 9
        + [told(assessed(8, 2), medd30=False)] * 6
        + [assessed(8, 2)] * 30
    )
    found = judged_responders(rows, grouping(rows, "category", CATEGORIES), [AT_28], LOW).rows
    medd30 = next(row for row in found if row.definition.slug == "medd30")

    assert medd30.response.interval == wilson(9, 15)


def test_the_answer_says_how_far_the_definitions_lie_apart() -> None:
    rows = frame(
        [told(assessed(8, 2), medd30=False, medd50=False)] * 9
        + [told(assessed(8, 8), medd30=True, medd50=False)] * 6
    )

    assert RESPONDERS.show(page_of(rows)).answer.endswith(
        "for Coeliac plexus and splanchnic nerves from 0 % (MEDD down ≥ 50 %) to "
        "60 % (pain down ≥ 50 %)."
    )


def test_the_curve_counts_whole_percentages_of_baseline_without_a_float() -> None:
    """In floats 10 * (1 - 0.3) is 7.000000000000001: a fall from 10 to 7 must count as 30 %."""
    found = curve(frame([assessed(10, 7), assessed(10, 10), assessed(6, 7), assessed(7, 0)]))
    at = dict(zip(STEPS, found.reached, strict=True))

    assert found.n == 4
    assert (at[0], at[5], at[30], at[35], at[100]) == (3, 2, 2, 1, 1)


def test_the_unassessed_cannot_have_responded() -> None:
    rows = frame(
        [assessed(8, 2)] * 3 + [{"nrs_baseline": 8, "state_28d": "alive_not_assessed"}] * 2
    )
    page = page_of(rows)
    found = responder_curves(page.frame, page.grouping, [AT_28])
    counted = responders(page.frame, page.grouping, [AT_28], page.floors)
    (line,) = release_curves(found, counted, page.cover).lines

    place = STEPS.index(50)
    assert (line.n, line.unassessed) == (3, 2)
    assert line.share(place, of_due=False) == 1.0
    assert line.share(place, of_due=True) == pytest.approx(3 / 5)


PAIRS = st.lists(st.tuples(st.integers(4, 10), st.integers(0, 10)), min_size=1, max_size=60)


@given(PAIRS)
@settings(max_examples=50, deadline=None)
def test_the_curve_never_rises_and_goes_through_the_responder_definitions(
    pairs: list[tuple[int, int]],
) -> None:
    rows = frame(assessed(before, after) for before, after in pairs)
    found = curve(rows)
    at = dict(zip(STEPS, found.reached, strict=True))

    assert list(found.reached) == sorted(found.reached, reverse=True)
    assert at[0] == sum(after <= before for before, after in pairs)
    assert at[30] == rows["nrs30_28d"].sum()
    assert at[50] == rows["nrs50_28d"].sum()
    assert at[100] == sum(after == 0 for _, after in pairs)
    for step in STEPS:
        assert at[step] == sum(100 * (b - a) >= step * b for b, a in pairs)


def _dosed(seed: int, sizes: dict[str, int]) -> OutcomeFrame:
    """Make a series with doses and worst pain, answered by every definition."""
    rows = made_up(seed, sizes)
    pair = pl.col("medd_complete_baseline") & pl.col("medd_complete_28d") & ~pl.col("neuraxial")
    fall = pl.col("medd_baseline") - pl.col("medd_28d")
    some = pair & (pl.col("medd_baseline") > 0)
    both = pair & pl.col("nrs30_28d").is_not_null()
    return check(
        rows.with_columns(
            worst_baseline=(pl.col("nrs_baseline") + 1).clip(0, 10),
            worst_28d=(pl.col("nrs_28d") + 1).clip(0, 10),
            composite_28d=pl.when(both).then(pl.col("nrs2_28d")),
            icpre2012_28d=pl.when(both).then(
                pl.when(pl.col("nrs2_28d"))
                .then(pl.lit("partial"))
                .otherwise(pl.lit("indeterminate"))
            ),
            medd30_28d=pl.when(some).then(10 * fall >= 3 * pl.col("medd_baseline")),
            medd50_28d=pl.when(some).then(2 * fall >= pl.col("medd_baseline")),
        )
    )


def _page(seed: int, threshold: int | None = 11) -> Page:
    sizes = {"celiac": 90 + 7 * seed, "cordotomy": 60, "plane": 45, "cement": 30 + seed}
    return page_of(_dosed(seed, sizes), threshold)


@pytest.mark.parametrize("seed", range(12))
def test_released_shares_hide_few_people_in_every_definition(seed: int) -> None:
    page = _page(seed)
    exact = judged_responders(page.frame, page.grouping, [AT_28], page.floors)
    lines = release_judged(exact, page.cover).lines

    for row, line in zip(exact.rows, lines, strict=True):
        if line.n is not HELD:
            assert line.n % 5 == 0
            assert row.response.n not in SMALL
            assert row.pairs - row.response.n not in SMALL
        if line.response is not HELD:
            assert row.response.k not in SMALL
            assert row.response.n - row.response.k not in SMALL
            assert line.response.k <= line.response.n == line.n
    both = {(row.group, row.definition.slug): row.response.k for row in exact.rows}
    shown = {(line.group, line.definition.slug) for line in lines if line.response is not HELD}
    for group, slug in shown:
        if slug == "medd50" and (group, "medd30") in shown:
            assert both[group, "medd30"] - both[group, slug] not in SMALL


@pytest.mark.parametrize("seed", range(12))
def test_no_two_points_of_a_released_curve_are_few_people_apart(seed: int) -> None:
    page = _page(seed)
    exact = responder_curves(page.frame, page.grouping, [AT_28])
    counted = responders(page.frame, page.grouping, [AT_28], page.floors)
    lines = release_curves(exact, counted, page.cover).lines
    shares = release(counted, page.cover).lines

    for row, line in zip(exact.rows, lines, strict=True):
        own = [s for s in shares if s.group == line.group]
        known = [
            r.response.k
            for r, s in zip(counted.rows, shares, strict=True)
            if s.group == line.group and s.response is not HELD
        ]
        points = [k for k, shown in zip(row.reached, line.reached, strict=True) if shown != HELD]
        if line.n is HELD:
            assert not points
            continue
        every = sorted({0, row.n, *known, *points})
        assert all(b - a not in SMALL for a, b in pairwise(every))
        told_points = [k for k in line.reached if k is not HELD]
        assert told_points == sorted(told_points, reverse=True)
        assert all(k % 5 == 0 for k in told_points)
        nrs30 = next(s for s in own if s.definition.slug == "nrs30")
        if nrs30.response is not HELD:
            assert line.reached[STEPS.index(30)] == nrs30.response.k


@pytest.mark.parametrize("seed", range(6))
def test_whose_doses_were_compared_sums_to_the_treated_and_hides_few(seed: int) -> None:
    for threshold in (None, 11):
        page = _page(seed, threshold)
        exact = medd_change(page.frame, page.grouping, [AT_28], page.floors)
        lines = release_pairs(exact, release(exact, page.cover), page.cover).lines
        for line in lines:
            parts = [line.complete, line.incomplete, line.neuraxial, line.no_regimen]
            if threshold is None:
                assert sum(n for n in parts if n is not HELD) == line.treated
            assert all(n is HELD or n == 0 or n >= (threshold or 1) - 1 for n in parts)


def test_worst_pain_is_of_those_assessed_who_gave_both_and_average_stays_first() -> None:
    worst = {"worst_baseline": 9, "worst_28d": 5}
    rows = frame([assessed(8, 2) | worst] * 3 + [assessed(8, 2)] + [worst | {"nrs_baseline": 8}])
    shown = PAIN.show(page_of(rows))
    kinds = {record["pain"]: record["n"] for record in shown.records}

    assert kinds == {"average": 4, "worst": 3}
    assert [figure.title for figure in shown.figures] == [
        "How much pain before, and at 28 days?",
        "How bad does pain get before, and at 28 days?",
    ]
    assert shown.tables[1].caption.startswith("Worst pain over 24 hours")
    assert shown.tables[1].rows[0][2:4] == ("3", "9")


def test_worst_pain_is_held_back_where_its_pairs_tell_the_few_who_gave_none() -> None:
    worst = {"worst_baseline": 9, "worst_28d": 5}
    for without, hidden in ((3, True), (0, False), (20, False)):
        rows = frame(
            [assessed(8, 2) | worst] * 40
            + [assessed(8, 2)] * without
            + [{"nrs_baseline": 8, "state_28d": "alive_not_assessed"}] * 30
        )
        page = page_of(rows, 11)
        found = worst_pain(page.frame, page.grouping, [AT_28], page.floors)
        (line,) = release_worst(found, page.cover).lines
        assert (line.n is HELD) == hidden
        assert (line.change is HELD) == hidden


def test_the_opioid_figure_shows_the_change_without_those_on_methadone() -> None:
    rows = frame(
        [assessed(8, 2) | dosed(100, 60)] * 12
        + [assessed(8, 2) | dosed(400, 80) | {"methadone": True}] * 12
        + [assessed(8, 2) | {"neuraxial": True}] * 3
    )
    change, pairs = MEDD_CHANGE.show(page_of(rows)).figures
    marks = {trace.name: trace for trace in change.plot.data}
    bars = {trace.name: trace for trace in pairs.plot.data}

    assert list(marks["change"].x) == [-180]
    assert list(marks["without methadone"].x) == [-40]
    assert list(bars["Complete pair"].x) == [pytest.approx(88.89, abs=0.01)]
    assert list(bars["Neuraxial, apart"].x) == [pytest.approx(11.11, abs=0.01)]
    assert "no agreed conversion factor" in pairs.subtitle


def test_the_curve_is_tabulated_of_both_denominators() -> None:
    rows = frame(
        [assessed(8, 2)] * 6 + [{"nrs_baseline": 8, "state_28d": "alive_not_assessed"}] * 2
    )
    shown = CURVE.show(page_of(rows))
    of_assessed, of_due = shown.tables[0].rows

    assert of_assessed[3:5] == ("6", "100 %")
    assert of_due[3:5] == ("8", "75 %")
    assert shown.records[6] | {"label": ""} == {
        "group": "celiac",
        "label": "",
        "window": "28d",
        "percent": 30,
        "n": 6,
        "unassessed": 2,
        "reached": 6,
        "of_assessed": 1.0,
        "of_alive_and_due": 0.75,
        "held_back": [],
    }
