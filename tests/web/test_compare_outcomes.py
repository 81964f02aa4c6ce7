"""The outcomes page: what it shows to whom, and filters that live in its address."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import Session

from registry.db.engine import transaction
from registry.services.assessments import add_assessment
from registry.services.patients import register_patient
from registry.services.procedures import log_procedure
from tests.databases import Database
from tests.web.conftest import SignIn, Visitor
from tests.world import (
    PERFORMED,
    TODAY,
    World,
    assessment_draft,
    dies,
    follow_up,
    make_world,
    patient_draft,
    procedure_draft,
)


class Tables(HTMLParser):
    """The page's tables: caption -> rows of cells."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[list[str]]] = {}
        self._caption = ""
        self._rows: list[list[str]] = []
        self._inside: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._caption, self._rows = "", []
        if tag == "tr":
            self._rows.append([])
        if tag in {"th", "td", "caption"}:
            self._inside = tag
            if tag != "caption":
                self._rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"th", "td", "caption"}:
            self._inside = None
        if tag == "table":
            self.found[self._caption.strip()] = self._rows

    def handle_data(self, data: str) -> None:
        if self._inside == "caption":
            self._caption += data
        elif self._inside:
            self._rows[-1][-1] += data.strip()


def table(page: str, starts: str) -> list[dict[str, str]]:
    """Find a table by its caption's beginning; rows by column name."""
    parser = Tables()
    parser.feed(page)
    header, *rows = next(rows for name, rows in parser.found.items() if name.startswith(starts))
    return [dict(zip(header, row, strict=True)) for row in rows]


def state_of_visceral(page: str) -> dict[str, str]:
    rows = table(page, "State of all treated")
    return next(r for r in rows if r["Group"].startswith("Visceral"))


def make_crowd(session: Session) -> World:
    """Build the world with nineteen more coeliac blocks: twelve respond at 28 days, seven don't."""
    world = make_world(session)
    for i in range(19):
        patient = register_patient(
            session,
            actor=world.alice,
            site_id=world.north,
            draft=patient_draft(f"C{i}", diagnosis_group="pancreas"),
            today=TODAY,
        )
        log_procedure(
            session,
            actor=world.alice,
            patient_id=patient.id,
            draft=procedure_draft(mechanism="visceral"),
            baseline=assessment_draft(PERFORMED, 8),
            today=TODAY,
        )
        add_assessment(
            session,
            actor=world.alice,
            patient_id=patient.id,
            draft=assessment_draft(PERFORMED.replace(month=2, day=2), 4 if i < 12 else 8),
            today=TODAY,
        )
    return world


@pytest.fixture
def world(request: pytest.FixtureRequest, database: Database, engine: Engine) -> World:
    """Build the world, with the crowd in it where a test asks for that: each is made once."""
    return database.fill(make_crowd if "crowd" in request.fixturenames else make_world)


@pytest.fixture
def crowd(world: World) -> World:
    """Give the world with the crowd in it."""
    return world


def test_completeness_comes_first_and_every_report_has_its_figure_and_table(
    alice: Visitor, crowd: World
) -> None:
    page = alice.get("/outcomes").text
    order = [
        page.index(f'id="{slug}-question"')
        for slug in ("completeness", "states", "pain", "responders", "curve", "medd-change")
    ]
    assert order == sorted(order)
    assert page.count("data-figure=") == page.count("<table") == 8


def test_the_numbers_are_those_of_the_timelines(alice: Visitor, crowd: World) -> None:
    page = alice.get("/outcomes?window=28d").text
    visceral = state_of_visceral(page)
    assert (visceral["Treated"], visceral["Responder"], visceral["Non-responder"]) == (
        "20",
        "12",
        "7",
    )
    nrs30 = table(page, "Responders among those whom")[0]
    assert nrs30["Judged"] == "19"
    assert "63 %" in nrs30["Proportion (95 % Wilson interval)"]


def test_a_follow_up_and_a_death_are_in_the_next_look(
    alice: Visitor, engine: Engine, world: World
) -> None:
    before = state_of_visceral(alice.get("/outcomes?window=7d").text)
    assert (before["Alive, not assessed"], before["Responder"]) == ("1", "0")
    with transaction(engine) as session:
        follow_up(session, world, 7, 3)
        dies(session, world, 20)
    page = alice.get("/outcomes?window=7d").text
    assert state_of_visceral(page)["Responder"] == "1"
    page = alice.get("/outcomes?window=28d").text
    assert state_of_visceral(page)["Died before"] == "1"


@pytest.mark.parametrize(
    ("query", "treated"),
    [
        ("", "20"),
        ("mechanism=visceral", "19"),
        ("diagnosis_group=lung", "1"),
        ("diagnosis_group=lung&diagnosis_group=pancreas", "20"),
        ("technique=coeliac-plexus&region=abdomen-pelvis", "20"),
        ("site=NORTH&since=2026-01-05&until=5/1/2026", "20"),
    ],
)
def test_filters_live_in_the_address(
    alice: Visitor, crowd: World, query: str, treated: str
) -> None:
    assert state_of_visceral(alice.get(f"/outcomes?{query}").text)["Treated"] == treated


@pytest.mark.parametrize(
    "query", ["mechanism=somatic", "until=2025-12-31", "intent=prognostic", "agent_class=phenol"]
)
def test_filters_that_nothing_answers_say_so(alice: Visitor, crowd: World, query: str) -> None:
    assert "No procedure answers to this" in alice.get(f"/outcomes?{query}").text


@pytest.mark.parametrize("query", ["mechanism=nonsense", "since=yesteryear", "window=1y"])
def test_what_can_not_be_read_is_said_and_the_rest_is_answered(
    alice: Visitor, crowd: World, query: str
) -> None:
    response = alice.get(f"/outcomes?{query}")
    assert response.status_code == 422
    assert "error-summary" in response.text
    assert state_of_visceral(response.text)["Treated"] == "20"


def test_one_level_down_are_the_techniques(alice: Visitor, crowd: World) -> None:
    rows = table(alice.get("/outcomes?by=technique").text, "State of all treated")
    assert next(r["Group"] for r in rows) == "Coeliac plexus"


def test_htmx_gets_the_comparison_alone(alice: Visitor, world: World) -> None:
    fragment = alice.get("/outcomes", htmx=True).text
    assert "<html" not in fragment
    assert 'id="comparison"' in fragment


def test_who_may_not_read_records_gets_no_small_number_in_any_form(
    quinn: Visitor, crowd: World
) -> None:
    page = quinn.get("/outcomes?window=28d").text
    visceral = state_of_visceral(page)
    assert visceral["Treated"] == "20"
    assert visceral["Non-responder"].startswith("held back")
    assert visceral["Alive, not assessed"].startswith("held back")
    assert '"7"' not in page.split('id="states-1-spec"')[1].split("</script>")[0]


def test_the_stranger_compares_only_their_own(charlie: Visitor, crowd: World) -> None:
    assert "No procedure answers to this" in charlie.get("/outcomes").text
    assert charlie.get("/outcomes?site=NORTH").status_code == 422


def test_nobody_compares_without_signing_in(anonymous: TestClient, sign_in: SignIn) -> None:
    response = anonymous.get("/outcomes?by=technique")
    assert response.status_code == 303
    assert response.headers["location"] == "/login?next=/outcomes%3Fby%3Dtechnique"
