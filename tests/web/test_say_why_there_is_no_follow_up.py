"""Saying why there is no follow-up: on its page and over the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.db.tables import AuditEvent, MissedFollowUp, ProcedureOutcomeRow
from registry.domain.access import Actor
from registry.domain.axes import axis
from tests.web.conftest import SignIn, Visitor
from tests.web.queries import rows
from tests.world import TODAY, World, dies, follow_up

Connect = Callable[[Actor], TestClient]


def address(world: World) -> str:
    return f"/patients/{world.pat}/missed-follow-ups/new"


def window(world: World, slug: str) -> str:
    return f"{world.celiac}.{slug}"


def ticked(page: str) -> list[str]:
    boxes = re.findall(r'name="windows" value="[0-9a-f-]+\.(\w+)"( checked)?', page)
    return [slug for slug, checked in boxes if checked]


def outcome(engine: Engine, world: World) -> ProcedureOutcomeRow:
    with transaction(engine, write=False) as session:
        return session.get_one(ProcedureOutcomeRow, (world.north, world.celiac))


def test_every_window_that_waits_is_offered_or_the_one_that_was_asked_about(
    alice: Visitor, world: World
) -> None:
    page = alice.get(address(world)).text
    assert sorted(ticked(page)) == ["28d", "48h", "7d"]
    assert "28 days after Coeliac plexus of 5 Jan 2026 (missed)" in page
    for value in axis("missed_reason").current:
        assert value.label in page
    one = alice.get(f"{address(world)}?windows={window(world, '28d')}").text
    assert ticked(one) == ["28d"]
    assert window(world, "7d") in one


def test_one_reason_for_what_was_ticked_joins_the_course_and_leaves_the_list(
    alice: Visitor, engine: Engine, world: World
) -> None:
    response = alice.post(
        address(world),
        windows=[window(world, "7d"), window(world, "28d")],
        reason="too-unwell",
        note="In the hospice",
    )
    assert response.status_code == 303
    assert response.headers["location"] == f"/patients/{world.pat}"
    page = alice.get(response.headers["location"]).text
    assert "Recorded why there is no follow-up." in page
    assert "No follow-up at 28 days" in page
    assert "Too unwell to answer" in page
    made = rows(engine, MissedFollowUp)
    assert {(m.window_slug, m.reason, m.noted_on, m.note) for m in made} == {
        ("7d", "too-unwell", TODAY, "In the hospice"),
        ("28d", "too-unwell", TODAY, "In the hospice"),
    }
    row = outcome(engine, world)
    assert (row.missed_48h, row.missed_7d, row.missed_28d) == (None, "too-unwell", "too-unwell")
    listed = alice.get("/worklist").text.split("<main")[1]
    assert "At 48 hours" in listed
    assert "<h2>At 28 days" not in listed
    event = rows(engine, AuditEvent)[-1]
    assert (event.action, event.record_type) == ("record_missed", "missed_follow_up")


def test_a_reason_can_be_voided(alice: Visitor, engine: Engine, world: World) -> None:
    alice.post(address(world), windows=window(world, "28d"), reason="moved")
    (made,) = rows(engine, MissedFollowUp)
    void = f"/missed-follow-ups/{made.id}/void"
    assert "No follow-up at 28 days" in alice.get(void).text
    assert alice.post(void, version="1", reason="Wrong patient").status_code == 303
    assert outcome(engine, world).missed_28d is None
    assert "28d" in ticked(alice.get(address(world)).text)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"windows": "28d"}, "Choose why there is no follow-up."),
        ({"reason": "moved"}, "Tick at least one follow-up that was not had."),
        ({"windows": "90d", "reason": "moved"}, "Tick at least one follow-up that was not had."),
        ({"windows": "28d", "reason": "bored"}, "Choose one of the listed values."),
        ({"windows": "28d", "reason": "other"}, "Say in a few words why there is no follow-up."),
        ({"windows": "28d", "reason": "other", "note": "n" * 501}, "Shorten this to 500"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    alice: Visitor, engine: Engine, world: World, fields: dict[str, Any], complaint: str
) -> None:
    sent = dict(fields)
    if "windows" in sent:
        sent["windows"] = window(world, sent["windows"])
    response = alice.post(address(world), **sent)
    assert response.status_code == 422
    assert complaint in response.text
    assert ticked(response.text) == [s for s in [fields.get("windows")] if s == "28d"]
    assert sent.get("note", "") in response.text
    assert rows(engine, MissedFollowUp) == []


def test_where_nothing_waits_there_is_nothing_to_explain(
    alice: Visitor, engine: Engine, world: World
) -> None:
    with transaction(engine) as session:
        dies(session, world, 20)
    page = alice.get(address(world)).text
    assert "No follow-up waits for a reason" in page
    assert "<form" not in page.split("<main")[1].split("</main>")[0]
    assert (
        alice.post(address(world), windows=window(world, "7d"), reason="moved").status_code == 422
    )


def test_strangers_and_readers_of_outcomes_may_not(
    alice: Visitor, charlie: Visitor, quinn: Visitor, sign_in: SignIn, world: World
) -> None:
    fields = {"windows": window(world, "28d"), "reason": "moved"}
    assert charlie.get(address(world)).status_code == 404
    assert charlie.post(address(world), **fields).status_code == 404
    assert quinn.get(address(world)).status_code == 403
    assert quinn.post(address(world), **fields).status_code == 403
    assert alice.post(address(world), **fields, csrf_token="forged").status_code == 403
    assert sign_in(world.bob).post(address(world), **fields).status_code == 303


def test_a_program_says_why_once(program: Connect, engine: Engine, world: World) -> None:
    client = program(world.alice)
    url = f"/api/v1/procedures/{world.celiac}/missed-follow-ups"
    body = {"window": "28d", "reason": "too-unwell"}
    first = client.post(url, json=body, headers={"Idempotency-Key": "a"})
    assert first.status_code == 201
    answer = first.json()
    assert answer.pop("id")
    assert answer == {
        "procedure_id": str(world.celiac),
        "patient_id": str(world.pat),
        "version": 1,
        "window": "28d",
        "reason": "too-unwell",
        "noted_on": "2026-03-02",
        "note": None,
    }
    again = client.post(url, json=body, headers={"Idempotency-Key": "a"})
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert client.post(url, json=body).status_code == 409
    assert outcome(engine, world).missed_28d == "too-unwell"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"window": "28d"}, "reason"),
        ({"window": "28d", "reason": "other"}, "note"),
        ({"window": "28d", "reason": "other", "note": ""}, "note"),
        ({"window": "90d", "reason": "moved"}, "window"),
        ({"window": "7d", "reason": "moved"}, "window"),
        ({"window": "28d", "reason": "moved", "noted_on": "2026-01-01"}, "noted_on"),
        ({"window": "28d", "reason": "other", "note": "n" * 501}, "note"),
    ],
)
def test_a_program_is_told_what_cannot_be_missing(
    program: Connect, engine: Engine, world: World, body: dict[str, Any], field: str
) -> None:
    with transaction(engine) as session:
        follow_up(session, world, 7, 4)
    url = f"/api/v1/procedures/{world.celiac}/missed-follow-ups"
    response = program(world.alice).post(url, json=body)
    assert response.status_code == 422
    assert [p["field"] for p in response.json()["problems"]] == [field]


def test_a_program_of_another_site_finds_no_such_procedure(program: Connect, world: World) -> None:
    url = f"/api/v1/procedures/{world.celiac}/missed-follow-ups"
    body = {"window": "28d", "reason": "moved"}
    assert program(world.charlie).post(url, json=body).status_code == 404
    assert program(world.quinn).post(url, json=body).status_code == 403
