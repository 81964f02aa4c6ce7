from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from registry.domain.windows import WINDOWS, Window
from reports.catalogue import CATALOGUE, COMPARE, find
from reports.catalogue.comparison import PAIN, STATES
from reports.catalogue.completeness import COMPLETENESS
from reports.catalogue.response import RESPONDERS
from reports.frames import OutcomeFrame
from reports.page import Asked
from reports.report import Block, Report, Shown
from reports.run import run
from tests.reports.cases import AT_28, assessed, frame, made_up, page_of

ROWS = made_up(4, {"celiac": 200, "cordotomy": 160, "plane": 33, "impar": 6})
ONE, NONE = frame([assessed(8, 2)]), frame([])
BLOCKS = list({b.slug: b for report in CATALOGUE for b in report.blocks}.values())


def shown(
    block: Block,
    rows: OutcomeFrame = ROWS,
    threshold: int | None = None,
    windows: Sequence[Window] = (AT_28,),
) -> Shown:
    return block.show(page_of(rows, threshold, Asked(windows=tuple(windows))))


def test_completeness_comes_first_and_every_slug_finds_its_report() -> None:
    assert COMPARE.blocks[0] is COMPLETENESS
    assert [find(report.slug) for report in CATALOGUE] == list(CATALOGUE)
    assert len({report.slug for report in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize("report", CATALOGUE, ids=lambda r: r.slug)
def test_every_report_says_what_it_asks_and_for_whom(report: Report) -> None:
    assert report.question.endswith("?")
    assert report.audience
    assert report.summary.endswith(".")
    assert len({block.slug for block in report.blocks}) == len(report.blocks) > 0


@pytest.mark.parametrize("block", BLOCKS, ids=lambda b: b.slug)
def test_every_block_says_what_it_counts_and_how_to_read_it(block: Block) -> None:
    definition = block.definition

    assert block.question.endswith("?")
    assert all((definition.numerator, definition.denominator, definition.window))
    assert all((definition.exclusions, definition.source))
    assert block.how_to_read.endswith(".")
    assert block.caveats


@pytest.mark.parametrize("block", BLOCKS, ids=lambda b: b.slug)
@pytest.mark.parametrize("threshold", [None, 11])
@pytest.mark.parametrize(
    "rows", [ROWS, frame([assessed(8, 2)]), frame([])], ids=["some", "one", "none"]
)
def test_every_block_answers_in_words_with_tables_and_records(
    block: Block, threshold: int | None, rows: OutcomeFrame
) -> None:
    found = shown(block, rows, threshold)

    assert found.answer.endswith(".")
    assert found.figures
    for table in found.tables:
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert "Synthetic data" in table.caption
    assert len(json.dumps(found.records)) > 1
    for figure in found.figures:
        assert figure.title
        assert figure.aria.endswith(".")
        assert "Synthetic data" in figure.subtitle
        assert len(figure.json()) < 100_000


def test_a_figure_for_each_window_but_one_strip_of_completeness() -> None:
    assert len(shown(STATES, windows=WINDOWS).figures) == len(WINDOWS)
    assert len(shown(COMPLETENESS, windows=WINDOWS).figures) == 1


def test_records_say_plainly_what_was_counted() -> None:
    rows = frame([assessed(8, 2)] * 12 + [assessed(6, 6)] * 8)
    (record,) = shown(STATES, rows).records
    third = shown(RESPONDERS, rows).records[0]

    assert (record["group"], record["window"], record["responder"]) == ("celiac", "28d", 12)
    assert record["held_back"] == []
    assert third["definition"] == "nrs30"
    assert third["response"]["k"] == 12
    assert third["response"]["low"] == pytest.approx(0.3866, abs=1e-4)


def test_what_is_held_back_is_null_and_named_and_said_in_the_table() -> None:
    found = shown(STATES, threshold=11)
    held = [record for record in found.records if record["held_back"]]

    assert held
    for record in held:
        assert all(record[name] is None for name in record["held_back"])
    assert any("held back" in row for row in found.tables[0].rows)
    assert any("counts of 1 to 10" in note for note in found.tables[0].notes)
    assert any(note.startswith("Smaller groups together:") for note in found.tables[0].notes)


def test_a_table_says_the_words_that_the_figure_says() -> None:
    rows = frame([assessed(8, 2)] * 12 + [assessed(6, 6)] * 8)
    (row,) = shown(PAIN, rows).tables[0].rows

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
        (warning,) = run(report, page_of(rows)).warnings
        assert "only 50 % of those alive and due" in warning
