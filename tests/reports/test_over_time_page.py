from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from registry.domain.outcomes.responders import DEFINITIONS
from reports.catalogue.over_time import (
    COMPLETENESS_OVER_TIME,
    OVER_TIME,
    PAIN_OVER_TIME,
    RESPONDERS_OVER_TIME,
    VOLUME,
)
from reports.figures.figure import Figure
from reports.frames import OutcomeFrame
from reports.page import Asked, Page
from reports.report import Block, Shown
from tests.reports.cases import AT_28, assessed, frame, page_of
from tests.reports.test_over_time import UNSEEN, months_of, on


def treated(counts: Sequence[int], first: date, relieved: Sequence[int]) -> list[dict[str, Any]]:
    """Put so many assessed procedures in each month, and relieve the first so many of them."""
    rows = months_of(counts, first)
    seen: dict[tuple[int, int], int] = {}
    told = []
    for row in rows:
        day = row["performed_on"]
        at = seen[day.year, day.month] = seen.get((day.year, day.month), 0) + 1
        month = 12 * (day.year - first.year) + day.month - first.month
        told.append(on(day, assessed(8, 2 if at <= relieved[month] else 8)))
    return told


STEADY = frame(treated([20] * 14, date(2025, 1, 1), [12, 13] * 7))
FALLEN = frame(treated([20] * 14, date(2025, 1, 1), [12] * 13 + [2]))


def texts(figure: Figure) -> list[str]:
    return [a["text"] for a in json.loads(figure.json())["layout"].get("annotations", [])]


def shown(block: Block, rows: OutcomeFrame, threshold: int | None = None) -> Shown:
    return block.show(page_of(rows, threshold))


def test_the_rule_that_fired_is_named_beside_its_point_in_the_answer_and_in_the_table() -> None:
    found = shown(RESPONDERS_OVER_TIME, FALLEN)

    assert "Feb 2026 below (outside the control limits)" in found.answer
    assert "below the limit" in texts(found.figures[0])
    assert found.tables[0].rows[-1][-1] == "outside the control limits"
    assert "Feb 2026 below (outside the control limits)" in found.figures[0].aria


def test_a_steady_series_says_that_nothing_stands_out() -> None:
    found = shown(RESPONDERS_OVER_TIME, STEADY)

    assert found.answer.startswith("On average 62 % responders (pain down ≥ 30 %) of those judged")
    assert "all 14 points lie within what chance alone gives" in found.answer
    assert {row[-1] for row in found.tables[0].rows} == {"no"}
    assert found.records[0]["k"] == 12
    assert (found.records[0]["first"], found.records[0]["rules"]) == ("2025-01", ())


def test_an_unfinished_month_is_hollow_and_said_not_to_be_judged() -> None:
    rows = frame([*months_of([20] * 14, date(2025, 9, 1)), on(date(2026, 11, 2))])
    found = shown(VOLUME, rows)
    points = json.loads(found.figures[0].json())["data"][-1]

    assert found.tables[0].rows[-1][-1] == "not judged: not a whole period"
    assert points["marker"]["color"][-1] == "var(--surface)"
    assert points["marker"]["color"][5] == "var(--accent)"


def test_months_that_are_not_due_are_left_out_and_said_so() -> None:
    rows = frame([*treated([20] * 3, date(2026, 6, 1), [9] * 3), on(date(2026, 10, 20), UNSEEN)])

    for block in (RESPONDERS_OVER_TIME, COMPLETENESS_OVER_TIME, PAIN_OVER_TIME):
        found = shown(block, rows)
        assert "months whose 28 days aren't over for everybody (procedures: 1)" in found.answer
        assert [row[0] for row in found.tables[0].rows] == ["Jun 2026", "Jul 2026", "Aug 2026"]
        assert "left out (procedures): 1." in " ".join(found.tables[0].notes)


def test_too_few_months_show_no_limits_and_say_how_many_it_takes() -> None:
    rows = frame(treated([20] * 3, date(2026, 6, 1), [9] * 3))
    found = shown(COMPLETENESS_OVER_TIME, rows)

    assert "3 points: too few for control limits, which need 10" in found.answer
    assert texts(found.figures[0]) == []


def test_small_months_are_joined_and_named_as_spans() -> None:
    rows = frame(treated([4, 4, 4, 30], date(2025, 2, 1), [2, 2, 2, 9]))

    assert [row[0] for row in shown(PAIN_OVER_TIME, rows).tables[0].rows] == [
        "Feb-Apr 2025",
        "May 2025",
    ]


def test_procedures_until_a_day_end_there_rather_than_in_months_of_none() -> None:
    rows = frame(months_of([20] * 12))
    page = page_of(rows)
    until = replace(page, scope=replace(page.scope, until=date(2025, 12, 31)))

    assert VOLUME.show(page).tables[0].rows[-1][:2] == ("Nov 2026", "0")
    assert VOLUME.show(until).tables[0].rows[-1][:2] == ("Dec 2025", "20")


@pytest.mark.parametrize("definition", [d.slug for d in DEFINITIONS])
def test_every_definition_can_be_followed_over_time(definition: str) -> None:
    page: Page = page_of(STEADY, None, Asked(windows=(AT_28,), definition=definition))
    found = RESPONDERS_OVER_TIME.show(page)

    assert next(d.label for d in DEFINITIONS if d.slug == definition) in found.figures[0].subtitle


@pytest.mark.parametrize("block", OVER_TIME.blocks, ids=lambda b: b.slug)
def test_held_back_points_are_never_on_a_chart(block: Block) -> None:
    few = frame(treated([3] * 3, date(2025, 1, 1), [1] * 3))
    found = shown(block, few, 11)

    assert found.records == ()
    assert found.tables[0].rows == ()
    assert "Too few" in found.answer
    assert "Too few to show how it goes over time." in texts(found.figures[0])[0]


def test_points_and_limits_for_those_without_record_access_are_of_rounded_counts() -> None:
    rows = frame(treated([33] * 14, date(2025, 1, 1), [17, 14] * 7))
    found = shown(RESPONDERS_OVER_TIME, rows, 11)

    assert {(r["k"], r["n"]) for r in found.records} == {(15, 35)}
    assert {r["value"] for r in found.records} == {15 / 35}


def test_a_chart_of_many_signals_names_the_plainest_and_counts_the_rest() -> None:
    counts = [20] * 80
    counts[10::10] = [150, 160, 170, 180, 190, 200, 210]
    found = shown(VOLUME, frame(months_of(counts, date(2019, 1, 1))))
    said = texts(found.figures[0])
    more = next(text for text in said if text.endswith("more: see the table"))

    assert said.count("above the limit") == 5
    assert found.answer.endswith(f"; and {int(more.split()[1]) + 2} more.")


def test_ten_years_of_months_make_a_small_figure() -> None:
    rows = frame(treated([12] * 120, date(2016, 1, 1), [7] * 120))

    for block in OVER_TIME.blocks:
        assert len(shown(block, rows).figures[0].json()) < 100_000
