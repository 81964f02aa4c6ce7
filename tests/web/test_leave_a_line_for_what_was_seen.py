"""Whoever looks at a patient or at a report leaves a line, and so does whoever is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

import registry.web.deps as deps
from registry.db.base import new_id
from registry.db.engine import transaction
from registry.db.tables import AuditEvent
from registry.domain.access import Actor
from registry.services.patients import register_patient
from tests.web.conftest import Visitor
from tests.web.queries import rows
from tests.world import TODAY, World, patient_draft

Connect = Callable[[Actor], TestClient]


def lines(engine: Engine, action: str) -> list[tuple[str, dict[str, Any]]]:
    """Give who did this, and what the line tells."""
    return [
        (event.actor, {name: new for name, (_, new) in event.changes.items()})
        for event in rows(engine, AuditEvent, looks=True)
        if event.action == action
    ]


def test_opening_a_patient_is_in_the_trail_once(
    alice: Visitor, world: World, engine: Engine
) -> None:
    assert alice.get(f"/patients/{world.pat}").status_code == 200
    (event,) = (e for e in rows(engine, AuditEvent, looks=True) if e.action == "view_patient")
    assert (event.actor, event.role, event.site_id) == ("Alice", "clinician", world.north)
    assert (event.record_type, event.record_id) == ("patient", world.pat)
    assert event.changes == {"page": [None, "GET /patients/{patient_id}"]}
    assert event.request_id


def test_a_list_tells_whom_it_showed(alice: Visitor, world: World, engine: Engine) -> None:
    alice.get("/patients")
    alice.post("/patients/search", q="nobody of this name")
    assert lines(engine, "list_patients") == [
        ("Alice", {"page": "GET /patients", "patients": [str(world.pat)]})
    ]


def test_what_was_searched_for_is_not_kept(alice: Visitor, world: World, engine: Engine) -> None:
    alice.post("/patients/search", q="h1", htmx=True)
    assert lines(engine, "list_patients")
    assert all(
        "h1" not in str(e.changes).lower() for e in rows(engine, AuditEvent, looks=True)[-1:]
    )


def test_a_record_read_by_a_program_is_in_the_trail(
    program: Connect, world: World, engine: Engine
) -> None:
    assert program(world.bob).get(f"/api/v1/procedures/{world.celiac}").status_code == 200
    told = lines(engine, "view_patient")
    assert {who for who, _ in told} == {"Bob"}
    page = "GET /api/v1/procedures/{procedure_id}"
    assert ("Bob", {"page": page, "patient_id": str(world.pat)}) in told


def test_the_other_record_that_a_merge_shows_is_in_the_trail(
    alice: Visitor, world: World, engine: Engine
) -> None:
    with transaction(engine) as session:
        other = register_patient(
            session,
            actor=world.alice,
            site_id=world.north,
            draft=patient_draft("H2"),
            today=TODAY,
        ).id
    page = alice.post(f"/patients/{world.pat}/merge", number="H2", step="look")
    assert "H2" in page.text
    seen = {e.record_id for e in rows(engine, AuditEvent, looks=True) if e.action == "view_patient"}
    assert seen == {world.pat, other}


def test_who_writes_to_a_record_leaves_that_line_alone(
    alice: Visitor, world: World, engine: Engine
) -> None:
    saved = alice.post(
        f"/patients/{world.pat}/death/new", died_on="2026-02-20", submission="a-key-of-its-own"
    )
    assert saved.status_code == 303
    assert [a for a, _ in lines(engine, "record_death")] == ["Alice"]
    assert not lines(engine, "view_patient")


def test_a_report_is_in_the_trail_by_its_filters(
    quinn: Visitor, world: World, engine: Engine
) -> None:
    quinn.get("/reports/compare?mechanism=visceral&window=7d&by=technique")
    ((who, told),) = lines(engine, "view_report")
    assert (who, told["report"]) == ("Quinn", "compare")
    assert told["filters"] == {"mechanism": ["visceral"]}
    assert (told["asked"]["by"], told["asked"]["windows"]) == ("technique", ["7d"])


def test_who_opens_a_strangers_patient_leaves_a_line_and_finds_nothing(
    charlie: Visitor, world: World, engine: Engine
) -> None:
    assert charlie.get(f"/patients/{world.pat}").status_code == 404
    page = "GET /patients/{patient_id}"
    assert lines(engine, "refuse") == [
        ("Charlie", {"page": page, "why": "no such record for them", "asked_for": str(world.pat)})
    ]
    assert not lines(engine, "view_patient")


def test_who_lacks_the_role_leaves_a_line_at_the_site(
    quinn: Visitor, world: World, engine: Engine
) -> None:
    assert quinn.get(f"/patients/{world.pat}").status_code == 403
    (event,) = (e for e in rows(engine, AuditEvent, looks=True) if e.action == "refuse")
    assert (event.actor, event.role, event.site_id) == ("Quinn", "quality", world.north)
    assert event.changes["why"] == [None, "role"]


def test_a_mistyped_address_is_no_refusal(alice: Visitor, engine: Engine, world: World) -> None:
    assert alice.get("/reports/no-such-report").status_code == 404
    assert not lines(engine, "refuse")


def test_a_record_that_nobody_has_is_refused_alike(
    alice: Visitor, engine: Engine, world: World
) -> None:
    alice.get(f"/patients/{new_id()}")
    assert [who for who, _ in lines(engine, "refuse")] == ["Alice"]


def test_what_can_not_be_written_down_is_not_shown(
    alice: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OperationalError("INSERT", {}, Exception("the disk is full"))

    monkeypatch.setattr(deps, "write_readings", full)
    response = alice.get(f"/patients/{world.pat}")
    assert response.status_code == 503
    assert "H1" not in response.text
