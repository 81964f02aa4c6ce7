"""Any report on its page: the answer first, its numbers to take away, its address the question."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.domain.techniques import taxonomy
from reports.catalogue import CATALOGUE
from reports.report import Report
from tests.web.conftest import Visitor
from tests.web.queries import counted
from tests.world import World, follow_up

# Each report is answered from both databases once; what its page makes of it is the same.
REPORTS = pytest.mark.parametrize("report", CATALOGUE, ids=lambda r: r.slug)
CELIAC = "coeliac-plexus"
NO_COUNTS = {"percent", "day", "days"}
"""Whole numbers of a record that count nobody: where on an axis it stands."""


def address(report: Report, query: str = "") -> str:
    only = f"technique={CELIAC}" if report.one_technique else ""
    return f"/reports/{report.slug}?{'&'.join(part for part in (only, query) if part)}"


def test_all_reports_are_listed_by_their_questions(alice: Visitor, world: World) -> None:
    page = alice.get("/reports").text
    for report in CATALOGUE:
        assert report.question in page
        assert report.summary.split("'")[0] in page


@REPORTS
def test_each_answers_in_words_before_its_figure_and_says_how_it_counts(
    alice: Visitor, world: World, report: Report
) -> None:
    page = alice.get(address(report)).text
    for block in report.blocks:
        section = page[page.index(f'id="{block.slug}"') :]
        answer, figure = section.index('class="answer"'), section.index("<figure")
        counts, beware = section.index("How this is counted"), section.index('class="caveats"')
        assert answer < figure < counts < beware


@pytest.mark.either_database
@REPORTS
def test_each_is_a_whole_page_or_the_piece_that_changed(
    alice: Visitor, world: World, report: Report
) -> None:
    assert "<html" in alice.get(address(report)).text
    piece = alice.get(address(report), htmx=True).text
    assert "<html" not in piece
    assert 'id="comparison"' in piece


@pytest.mark.either_database
@REPORTS
def test_who_sees_no_records_gets_every_report_and_no_single_record(
    quinn: Visitor, world: World, report: Report
) -> None:
    page = quinn.get(address(report))
    assert page.status_code == 200
    assert f"/patients/{world.pat}" not in page.text
    assert str(world.pat) not in page.text


@pytest.mark.either_database
@REPORTS
def test_the_numbers_of_each_block_can_be_taken_away(
    alice: Visitor, engine: Engine, world: World, report: Report
) -> None:
    with transaction(engine) as session:
        follow_up(session, world, 28, 3)
    for block in report.blocks:
        path, _, query = address(report, "window=28d").partition("?")
        table = alice.get(f"{path}/{block.slug}.csv?{query}")
        assert table.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(table.text)))
        records = json.loads(alice.get(f"{path}/{block.slug}.json?{query}").text)
        assert len(rows) == len(records)


@pytest.mark.either_database
@REPORTS
def test_nothing_that_is_held_back_leaves_in_a_download(
    quinn: Visitor, engine: Engine, world: World, report: Report
) -> None:
    with transaction(engine) as session:
        follow_up(session, world, 28, 3)
    for block in report.blocks:
        path, _, query = address(report).partition("?")
        for record in json.loads(quinn.get(f"{path}/{block.slug}.json?{query}").text):
            assert all(record[name] is None for name in record.get("held_back", []))
            counts = {k: v for k, v in record.items() if type(v) is int and k not in NO_COUNTS}
            assert all(n == 0 or n >= 11 for n in counts.values()), (block.slug, counts)


def test_the_choices_of_a_report_live_in_its_address(alice: Visitor, world: World) -> None:
    page = alice.get("/outcomes?by=technique&window=7d&site=NORTH").text
    assert '<option value="technique" selected>' in page
    assert 'name="window" value="7d"' in page
    assert '<option value="NORTH" selected>' in page


@pytest.mark.parametrize("query", ["by=colour", "window=1y", "site=SOUTH", "until=yesteryear"])
def test_what_can_not_be_read_is_said_and_the_rest_is_answered(
    alice: Visitor, world: World, query: str
) -> None:
    response = alice.get(f"/reports/compare?{query}")
    assert response.status_code == 422
    assert "error-summary" in response.text
    assert 'class="answer"' in response.text


@pytest.mark.parametrize(
    "path", ["/reports/nonsense", "/reports/compare/nonsense.csv", "/reports/compare/states.pdf"]
)
def test_what_there_is_not_is_not_found(alice: Visitor, world: World, path: str) -> None:
    assert alice.get(path).status_code == 404


def test_a_report_can_be_carried_away_with_its_question(alice: Visitor, world: World) -> None:
    page = alice.get("/reports/completeness?window=7d").text
    link = re.search(r'href="(/reports/file\?report=completeness[^"]*)"', page)
    assert link
    file = alice.get(link.group(1).replace("&amp;", "&"))
    assert file.headers["content-disposition"].startswith("attachment")
    assert "How complete is follow-up?" in file.text


def test_a_report_of_one_technique_asks_which(alice: Visitor, world: World) -> None:
    page = alice.get("/reports/card")
    assert page.status_code == 200
    assert "Which technique?" in page.text
    assert 'class="answer"' not in page.text
    told = alice.get(f"/reports/card?technique={CELIAC}").text
    assert taxonomy().techniques[CELIAC].label in told
    assert 'class="answer"' in told


def test_the_stranger_is_told_nothing_of_others(charlie: Visitor, world: World) -> None:
    assert "No procedure answers to this" in charlie.get("/reports/compare").text


def test_nobody_reads_a_report_without_signing_in(anonymous: TestClient, world: World) -> None:
    for path in ("/reports", "/reports/compare", "/reports/compare/states.csv"):
        assert anonymous.get(path).status_code == 303


@pytest.mark.parametrize("slug", ["compare"])
def test_a_report_takes_the_same_queries_however_much_there_is(
    alice: Visitor, engine: Engine, world: World, slug: str
) -> None:
    with counted(engine) as before:
        alice.get(f"/reports/{slug}")
    with transaction(engine) as session:
        for day in (2, 7, 28):
            follow_up(session, world, day, 3)
    with counted(engine) as after:
        alice.get(f"/reports/{slug}")
    assert len(after) == len(before)
