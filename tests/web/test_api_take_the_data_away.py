"""A program takes the outcome rows away as CSV, and that it did is on record first."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event
from sqlmodel import select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent
from registry.domain.access import Actor
from registry.exchange.columns import procedure_outcomes
from registry.services.patients import register_patient
from registry.services.procedures import log_procedure
from tests.world import PERFORMED, TODAY, World, follow_up, patient_draft, procedure_draft

Connect = Callable[[Actor], TestClient]

URL = "/api/v1/exports/procedure_outcomes.csv"


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def exports(engine: Engine) -> list[AuditEvent]:
    with transaction(engine, write=False) as session:
        return list(session.exec(select(AuditEvent).where(AuditEvent.action == "export")).all())


def test_the_rows_carry_every_column_of_the_codebook(
    program: Connect, world: World, engine: Engine
) -> None:
    with transaction(engine) as session:
        follow_up(session, world, 7, 4, mg=20)
    client = program(world.audrey)
    response = client.get(URL)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/csv")
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="procedure_outcomes.csv"'
    )
    (row,) = read(response.text)
    assert list(row) == [column.name for column in procedure_outcomes()]
    assert (row["procedure_id"], row["site"]) == (str(world.celiac), "NORTH")
    assert (row["nrs_baseline"], row["nrs_7d"], row["state_7d"]) == ("8", "4", "responder")
    assert (row["medd_baseline"], row["medd_7d"]) == ("60.0", "40.0")
    codebook = client.get("/api/v1/exports/procedure_outcomes_codebook.csv")
    assert [line["column"] for line in read(codebook.text)] == list(row)


def test_the_filters_of_a_comparison_narrow_the_export(
    program: Connect, world: World, engine: Engine
) -> None:
    with transaction(engine) as session:
        other = register_patient(
            session,
            actor=world.alice,
            site_id=world.north,
            draft=patient_draft("H2", diagnosis_group="pancreas"),
            today=TODAY,
        )
        log_procedure(
            session,
            actor=world.alice,
            patient_id=other.id,
            draft=procedure_draft(
                TODAY, technique="stellate-ganglion", baseline_missing_reason="too unwell"
            ),
            baseline=None,
            today=TODAY,
        )
    client = program(world.alice)

    def techniques(query: str) -> list[str]:
        return [row["technique"] for row in read(client.get(f"{URL}?{query}").text)]

    assert techniques("") == ["coeliac-plexus", "stellate-ganglion"]
    assert techniques("technique=coeliac-plexus") == ["coeliac-plexus"]
    assert techniques("technique=coeliac-plexus&technique=stellate-ganglion") == techniques("")
    assert techniques(f"since={TODAY}") == ["stellate-ganglion"]
    assert techniques(f"until={PERFORMED}") == ["coeliac-plexus"]
    assert techniques("diagnosis_group=pancreas") == ["stellate-ganglion"]
    assert techniques("intent=trial") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("category=no-such-category", "category"),
        ("site=SOUTH", "site"),
        ("agent_class=water", "agent_class"),
        ("since=05/01/2026", "since"),
        ("since=2026-02-01&until=2026-01-01", "until"),
        ("hospital_number=H1", "hospital_number"),
        (f"purpose={'p' * 501}", "purpose"),
        ("purpose=%00", "purpose"),
    ],
)
def test_a_filter_that_can_not_be_is_refused_and_nothing_leaves(
    program: Connect, world: World, engine: Engine, query: str, field: str
) -> None:
    response = program(world.audrey).get(f"{URL}?{query}")
    assert response.status_code == 422
    assert [p["field"] for p in response.json()["problems"]] == [field]
    assert exports(engine) == []


def test_who_took_what_for_what_is_in_the_trail(
    program: Connect, world: World, engine: Engine
) -> None:
    response = program(world.audrey).get(f"{URL}?category=visceral-sympathetic&purpose=audit 2026")
    (told,) = exports(engine)
    assert (told.actor, told.role, told.reason) == ("Audrey", "auditor", "audit 2026")
    assert told.request_id == response.headers["X-Request-Id"]
    assert told.changes["filters"] == [None, {"category": ["visceral-sympathetic"]}]
    assert told.site_id == world.north


def test_it_is_on_record_before_the_first_byte_leaves(
    app: FastAPI, program: Connect, world: World, engine: Engine
) -> None:
    on_record: list[int] = []

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def note(message: Any) -> None:
            if message["type"] == "http.response.start":
                on_record.append(len(exports(engine)))
            await send(message)

        await app(scope, receive, note)

    token = program(world.audrey).headers["Authorization"]
    assert TestClient(watched).get(URL, headers={"Authorization": token}).status_code == 200
    assert on_record == [1]


def test_an_export_that_can_not_be_put_on_record_does_not_happen(
    app: FastAPI, program: Connect, world: World, engine: Engine
) -> None:
    token = program(world.audrey).headers["Authorization"]

    def fail(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO audit_event"):
            raise OSError("no space left on device")

    event.listen(engine, "before_cursor_execute", fail)
    try:
        client = TestClient(app, raise_server_exceptions=False)
        response = client.get(URL, headers={"Authorization": token})
    finally:
        event.remove(engine, "before_cursor_execute", fail)
    assert response.status_code == 500
    assert str(world.celiac) not in response.text


def test_another_site_exports_its_own_rows_alone(program: Connect, world: World) -> None:
    response = program(world.charlie).get(URL)
    assert response.status_code == 200
    assert read(response.text) == []
