"""Follow-up by site and by month, and the reasons why it is missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.axes import axis
from reports.catalogue import FOLLOW_UP, find
from reports.catalogue.completeness import BY_MONTH, BY_SITE, COMPLETENESS, REASONS
from reports.disclosure import HELD, CompletenessLine, Released, release
from reports.disclosure.follow_up import release_reasons, release_sites
from reports.groups import ALL, Group
from reports.page import Asked
from reports.stats.completeness import from_states
from reports.stats.missing import NO_REASON, reasons_for_missing
from reports.stats.months import completeness_by_month
from reports.stats.pooling import pool_parts
from reports.stats.states import states
from tests.reports.cases import AT_28, assessed, frame, made_up, page_of

Row = dict[str, Any]
MISSED = {"nrs_baseline": 8, "state_28d": "alive_not_assessed"}


def at(
    row: Row, site: str = "north", on: date = date(2026, 1, 5), reason: str | None = None
) -> Row:
    return row | {"site": site, "performed_on": on, "missed_28d": reason}


def test_completeness_is_the_first_report_and_asks_four_questions() -> None:
    assert find("completeness") is FOLLOW_UP
    assert FOLLOW_UP.blocks == (COMPLETENESS, BY_SITE, BY_MONTH, REASONS)


def test_each_site_has_its_own_row_beside_all_together() -> None:
    rows = frame(
        [at(assessed(8, 2))] * 3
        + [at(MISSED)]
        + [at(assessed(8, 2), "hill")] * 1
        + [at(MISSED, "hill")] * 3
    )
    found = BY_SITE.show(page_of(rows))
    shares = {r["group"]: r["of_alive_and_due"] for r in found.records if r["window"] == "28d"}

    assert shares == {"hill": 0.25, "north": 0.75, "_all": 0.5}
    assert found.answer == "Assessed of those alive and due at 28 days: hill 25 %; North 75 %."


def test_one_site_alone_shows_what_the_page_shows_of_all() -> None:
    rows = made_up(4, {"celiac": 200, "cordotomy": 160})
    page = page_of(rows, 11)
    own = {r["window"]: r for r in BY_SITE.show(page).records}
    whole = {r["window"]: r for r in COMPLETENESS.show(page).records if r["group"] == ALL.slug}

    assert {r["group"] for r in own.values()} == {"north"}
    for window, record in own.items():
        told = {k: v for k, v in record.items() if k not in {"group", "label"}}
        assert told == {k: v for k, v in whole[window].items() if k not in {"group", "label"}}


def _line(group: Group, **counts: Any) -> CompletenessLine:
    told = {"treated": 100, "ineligible": 0, "due": 100, "alive_and_due": 80, "assessed": 60}
    shares = {"of_alive_and_due": 0.75, "of_treated": 0.6}
    return CompletenessLine(group, AT_28, **(told | shares | counts))


@pytest.mark.parametrize("where", ["sites", "page"])
def test_a_total_hidden_in_one_table_is_not_told_by_the_parts_of_the_other(where: str) -> None:
    north, south = Group("north", "North"), Group("south", "South")
    hidden = {"assessed": HELD, "of_alive_and_due": HELD, "of_treated": HELD}
    own, known = (hidden, {}) if where == "sites" else ({}, hidden)
    sites = Released((_line(north), _line(south), _line(ALL, **own)), None, ())
    page = Released((_line(Group("celiac", "C")), _line(ALL, **known)), None, ())

    first, second, total = release_sites(sites, page).lines

    assert (first.assessed, second.assessed) == (HELD, HELD)
    assert (first.of_alive_and_due, second.of_treated) == (HELD, HELD)
    assert (first.treated, second.alive_and_due) == (100, 80)
    assert total == page.lines[-1]
    assert total.group == ALL


def test_months_too_small_to_stand_alone_are_told_with_their_neighbours() -> None:
    rows = frame(
        [at(assessed(8, 2), on=date(2026, 1, 9))] * 12
        + [at(MISSED, on=date(2026, 1, 30))] * 4
        + [at(MISSED, on=date(2026, 2, 1))] * 2
        + [at(assessed(8, 2), on=date(2026, 4, 1))] * 11
    )
    found = completeness_by_month(rows, AT_28, 10, lambda n: False)

    assert [(r.first, r.last, r.assessed, r.unassessed) for r in found.rows] == [
        (date(2026, 1, 1), date(2026, 1, 1), 12, 4),
        (date(2026, 2, 1), date(2026, 4, 1), 11, 2),
    ]
    answer = BY_MONTH.show(page_of(rows)).answer
    assert answer.startswith("Of the procedures of Feb to Apr 2026 11 of 13 alive and due at 28")
    assert "of those of Jan 2026 12 of 16 (75 %)" in answer


def test_the_dead_and_those_not_due_are_in_no_month() -> None:
    dead = {"nrs_baseline": 8, "state_28d": "died_before"}
    rows = frame([at(dead)] * 20 + [at({"nrs_baseline": 8, "state_28d": "not_due"})] * 20)

    assert completeness_by_month(rows, AT_28, 10, lambda n: False).rows == ()
    assert BY_MONTH.show(page_of(rows)).answer == "Nobody was alive and due at 28 days yet."


MONTHS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=40)


@given(MONTHS)
def test_months_are_told_once_each_and_no_small_count_stands_unless_all_are_few(
    months: list[tuple[int, int]],
) -> None:
    def is_small(n: int) -> bool:
        return 0 < n < 11

    seen, missed = [m[0] for m in months], [m[1] for m in months]
    spans = pool_parts([seen, missed], 10, is_small)

    told = [m for span in spans for m in range(span.first, span.last + 1)]
    assert told == list(range(len(months)))
    if len(spans) > 1:
        for span in spans:
            sums = [sum(part[span.first : span.last + 1]) for part in (seen, missed)]
            assert sum(sums) >= 10
            assert not any(map(is_small, sums))


def test_reasons_are_those_of_the_vocabulary_and_none_given_is_one_of_them() -> None:
    rows = frame(
        [at(MISSED, reason="too-unwell")] * 3
        + [at(MISSED)] * 2
        + [at(assessed(8, 2), reason="declined")]
        + [at({"nrs_baseline": 8, "state_28d": "died_before"}, reason="too-unwell")]
    )
    (found,) = reasons_for_missing(rows, [AT_28]).rows

    assert list(found.counts) == [*axis("missed_reason").slugs, NO_REASON]
    assert {slug: n for slug, n in found.counts.items() if n} == {"too-unwell": 3, NO_REASON: 2}
    assert found.unassessed == 5


def test_the_answer_names_the_reason_given_most_and_how_often_nobody_said_why() -> None:
    rows = frame([at(MISSED, reason="too-unwell")] * 3 + [at(MISSED)] * 2)

    assert REASONS.show(page_of(rows)).answer == (
        "5 alive and due at 28 days were not assessed; for 2 of them no reason is given. The "
        "reason given most is “too unwell to answer” (3)."
    )
    assert "Nobody who was alive" in REASONS.show(page_of(frame([assessed(8, 2)]))).answer


def test_a_reason_of_few_is_held_back_with_another_so_that_the_whole_does_not_tell_it() -> None:
    rows = frame(
        [at(assessed(8, 2))] * 60
        + [at(MISSED, reason="too-unwell")] * 40
        + [at(MISSED, reason="not-reached")] * 20
        + [at(MISSED, reason="declined")] * 3
    )
    page = page_of(rows, 11)
    lines = release_reasons(
        reasons_for_missing(page.frame, [AT_28]), page.grouping, page.cover
    ).lines
    told = {line.reason: line.count for line in lines}

    assert (told["declined"], told["not-reached"]) == (HELD, HELD)
    assert told["too-unwell"] == 40
    assert told["language"] == 0


def test_where_nothing_may_be_told_no_reason_is_told_either() -> None:
    rows = frame([at(MISSED, reason="too-unwell")] * 5)
    found = REASONS.show(page_of(rows, 11))

    assert found.answer == "Too few are missing at 28 days to say why."
    assert all(record["count"] is None for record in found.records)


@pytest.mark.parametrize("block", FOLLOW_UP.blocks, ids=lambda b: b.slug)
@pytest.mark.parametrize("threshold", [None, 5, 11])
def test_no_small_count_is_told_whatever_is_asked(block: Any, threshold: int | None) -> None:
    rows = made_up(9, {"celiac": 90, "cordotomy": 70, "plane": 40, "cement": 12})
    mixed = rows.with_columns(site=rows["procedure_id"].cast(int) % 3)
    page = page_of(
        frame(
            row | {"site": f"site-{site}"}
            for row, site in zip(rows.to_dicts(), mixed["site"].to_list(), strict=True)
        ),
        threshold,
        Asked(windows=(AT_28,)),
    )
    counts = [
        value
        for record in block.show(page).records
        for name, value in record.items()
        if isinstance(value, int) and not isinstance(value, bool) and name != "window"
    ]

    assert counts
    least = threshold or 0
    assert all(n == 0 or n >= (10 if least == 11 else least) for n in counts)
    assert threshold is None or all(n % 5 == 0 for n in counts)


def test_the_base_counts_of_the_page_are_those_of_its_frame() -> None:
    page = page_of(made_up(2, {"celiac": 40, "cement": 30}))
    direct = from_states(states(page.frame, page.grouping, [AT_28]))
    held = release(from_states(page.base), page.cover).at(AT_28)

    assert [r.assessed for r in direct.rows] == [line.assessed for line in held]
