from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from registry.domain.windows import WINDOWS
from reports.catalogue import CATALOGUE, COMPLETENESS, PAIN, RESPONDERS, STATES, find
from reports.disclosure import Policy
from reports.frames import OutcomeFrame
from reports.report import Report, ReportOutput
from reports.run import prepare, run
from reports.scope import Scope
from tests.reports.cases import AT_28, CATEGORIES, assessed, frame, made_up

SCOPE = Scope("Therapeutic procedures", date(2026, 11, 3), synthetic=True)
ROWS = made_up(4, {"celiac": 200, "cordotomy": 160, "plane": 33, "impar": 6})


def output(
    report: Report[Any, Any], rows: OutcomeFrame = ROWS, threshold: int | None = None
) -> ReportOutput:
    page = prepare(rows, "category", CATEGORIES, Policy(threshold))
    return run(report, page, scope=SCOPE, windows=[AT_28])


def test_completeness_comes_first_and_every_slug_finds_its_report() -> None:
    assert CATALOGUE[0] is COMPLETENESS
    assert [find(report.slug) for report in CATALOGUE] == list(CATALOGUE)
    assert len({report.slug for report in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize("report", CATALOGUE, ids=lambda r: r.slug)
def test_every_report_says_what_it_counts_and_how_to_read_it(report: Report[Any, Any]) -> None:
    definition = report.definition

    assert report.question.endswith("?")
    assert all((definition.numerator, definition.denominator, definition.window))
    assert all((definition.exclusions, definition.source, report.audience))
    assert report.how_to_read.endswith(".")
    assert report.caveats


@pytest.mark.parametrize("report", CATALOGUE, ids=lambda r: r.slug)
@pytest.mark.parametrize("threshold", [None, 11])
def test_every_report_gives_a_table_and_records_for_each_line(
    report: Report[Any, Any], threshold: int | None
) -> None:
    found = output(report, threshold=threshold)

    assert len(found.table.rows) == len(found.records) > 0
    assert all(len(row) == len(found.table.columns) for row in found.table.rows)
    assert "Synthetic data" in found.table.caption
    json.dumps(found.records)


def test_a_figure_for_each_window_but_one_strip_of_completeness() -> None:
    page = prepare(ROWS, "category", CATEGORIES, Policy(None))

    assert len(run(STATES, page, scope=SCOPE).figures) == len(WINDOWS)
    assert len(run(COMPLETENESS, page, scope=SCOPE).figures) == 1


def test_records_say_plainly_what_was_counted() -> None:
    rows = frame([assessed(8, 2)] * 12 + [assessed(6, 6)] * 8)
    (record,) = output(STATES, rows).records
    third = output(RESPONDERS, rows).records[0]

    assert (record["group"], record["window"], record["responder"]) == ("celiac", "28d", 12)
    assert record["held_back"] == []
    assert third["definition"] == "nrs30"
    assert third["response"]["k"] == 12
    assert third["response"]["low"] == pytest.approx(0.3866, abs=1e-4)


def test_what_is_held_back_is_null_and_named_and_said_in_the_table() -> None:
    found = output(STATES, threshold=11)
    held = [record for record in found.records if record["held_back"]]

    assert held
    for record in held:
        assert all(record[name] is None for name in record["held_back"])
    assert any("held back" in row for row in found.table.rows)
    assert any("counts of 1 to 10" in note for note in found.table.notes)
    assert any(note.startswith("Smaller groups together:") for note in found.table.notes)


def test_a_table_says_the_words_that_the_figure_says() -> None:
    rows = frame([assessed(8, 2)] * 12 + [assessed(6, 6)] * 8)
    (row,) = output(PAIN, rows).table.rows

    assert row == (
        "Coeliac plexus and splanchnic nerves",
        "28 days",
        "20",
        "8 (6 to 8)",
        "2 (2 to 6)",
        "−6 (−6 to 0)",
    )


def test_low_follow_up_is_a_warning_on_every_report() -> None:
    rows = frame(
        [assessed(8, 2)] * 5 + [{"nrs_baseline": 8, "state_28d": "alive_not_assessed"}] * 5
    )

    for report in CATALOGUE:
        (warning,) = output(report, rows).warnings
        assert "only 50 % of those alive and due" in warning
