"""Who is let in at the API, and what somebody may not see doesn't exist."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import col, func, select, update

from registry.db.base import new_id
from registry.db.engine import transaction
from registry.db.tables import ApiToken, AuditEvent, UserAccount
from registry.domain.access import Actor
from tests.world import World

Connect = Callable[[Actor], TestClient]

ASSESSMENT = {"assessed_on": "2026-01-12", "scores": [{"kind": "average", "score": 4}]}
DEATH = {"died_on": "2026-02-01"}
EVENT = {"onset_on": "2026-01-05", "complication": "hypotension"}


def procedure(patient: object) -> dict[str, Any]:
    return {
        "patient_id": str(patient),
        "performed_on": "2026-02-02",
        "technique": "coeliac-plexus",
        "intent": "repeat",
        "operator": "Dr Able",
        "baseline_missing_reason": "too unwell",
    }


def record_routes(patient: object, celiac: object) -> list[tuple[str, str, dict[str, Any] | None]]:
    """List every route that speaks of one patient's records, with a body that is in order."""
    return [
        ("GET", f"/api/v1/patients/{patient}", None),
        ("POST", f"/api/v1/patients/{patient}/assessments", ASSESSMENT),
        ("POST", f"/api/v1/patients/{patient}/death", DEATH),
        ("POST", "/api/v1/procedures", procedure(patient)),
        ("GET", f"/api/v1/procedures/{celiac}", None),
        ("GET", f"/api/v1/procedures/{celiac}/outcome", None),
        ("POST", f"/api/v1/procedures/{celiac}/adverse-events", EVENT),
    ]


def count_events(engine: Engine) -> int:
    with transaction(engine, write=False) as session:
        done = select(func.count()).where(col(AuditEvent.action).not_in({"refuse"}))
        return session.exec(done).one()


def test_a_stranger_to_the_site_finds_no_record_of_it(
    program: Connect, world: World, engine: Engine
) -> None:
    before = count_events(engine)
    client = program(world.charlie)
    events = count_events(engine)
    for method, url, body in record_routes(world.pat, world.celiac):
        response = client.request(method, url, json=body)
        assert response.status_code == 404, url
        assert response.json()["problems"] == []
    assert count_events(engine) == events == before + 1  # the token's making


def test_a_record_that_was_never_there_answers_the_same_as_a_hidden_one(
    program: Connect, world: World
) -> None:
    alice, charlie = program(world.alice), program(world.charlie)
    hidden = record_routes(world.pat, world.celiac)
    unknown = record_routes(new_id(), new_id())
    for (method, there, body), (_, nowhere, other) in zip(hidden, unknown, strict=True):
        missing = alice.request(method, nowhere, json=other)
        assert missing.status_code == 404, nowhere
        assert missing.json() == charlie.request(method, there, json=body).json()


def test_an_id_that_is_none_is_a_record_that_is_not_there(program: Connect, world: World) -> None:
    client = program(world.alice)
    for url in ("/api/v1/patients/H1", "/api/v1/procedures/1", "/api/v1/procedures/1/outcome"):
        assert client.get(url).status_code == 404


def test_who_sees_outcomes_alone_is_refused_the_records(program: Connect, world: World) -> None:
    client = program(world.quinn)
    routes = [
        *record_routes(world.pat, world.celiac),
        ("GET", "/api/v1/patients", None),
        ("POST", "/api/v1/patients/lookup", {"hospital_number": "H1"}),
        ("POST", "/api/v1/patients/lookup", {"hospital_number": "H1", "site": "NORTH"}),
        (
            "POST",
            "/api/v1/patients",
            {"hospital_number": "H2", "birth_date": "1950-01-01", "sex": "male"},
        ),
        ("GET", "/api/v1/exports/procedure_outcomes.csv", None),
    ]
    for method, url, body in routes:
        assert client.request(method, url, json=body).status_code == 403, url


def test_an_auditor_takes_outcomes_away_but_reads_no_record(program: Connect, world: World) -> None:
    client = program(world.audrey)
    assert client.get("/api/v1/exports/procedure_outcomes.csv").status_code == 200
    assert client.get(f"/api/v1/patients/{world.pat}").status_code == 403


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Basic YWxpY2U6cGFzcw==", "Bearer no-such-token", "Bearer é"],
)
def test_without_a_token_every_route_asks_for_one(
    app: FastAPI, anonymous: TestClient, world: World, header: str | None
) -> None:
    asked = 0
    for path, operations in app.openapi()["paths"].items():
        if not path.startswith("/api/v1"):
            continue
        url = path.replace("{patient_id}", str(world.pat)).replace(
            "{procedure_id}", str(world.celiac)
        )
        for method in operations:
            response = anonymous.request(
                method, url, headers={} if header is None else {"Authorization": header.encode()}
            )
            assert response.status_code == 401, url
            assert response.headers["WWW-Authenticate"] == "Bearer"
            assert set(response.json()) == {"detail", "problems"}
            asked += 1
    assert asked > 10


def _change_token(engine: Engine, **values: object) -> None:
    with transaction(engine) as session:
        session.execute(update(ApiToken).values(**values))


def test_a_token_that_was_revoked_or_has_expired_no_longer_opens(
    program: Connect, world: World, engine: Engine
) -> None:
    client = program(world.alice)
    url = f"/api/v1/patients/{world.pat}"
    past = datetime(2020, 1, 1, tzinfo=UTC)
    assert client.get(url).status_code == 200
    _change_token(engine, revoked_at=past)
    assert client.get(url).status_code == 401
    _change_token(engine, revoked_at=None)
    assert client.get(url).status_code == 200
    _change_token(engine, expires_at=past)
    assert client.get(url).status_code == 401


def test_a_closed_account_takes_its_tokens_with_it(
    program: Connect, world: World, engine: Engine
) -> None:
    client = program(world.alice)
    with transaction(engine) as session:
        session.execute(
            update(UserAccount)
            .where(col(UserAccount.id) == world.alice.user_id)
            .values(active=False)
        )
    assert client.get("/api/v1/patients").status_code == 401


def test_a_browser_session_is_no_token(alice: Any, world: World) -> None:
    assert alice.get(f"/api/v1/patients/{world.pat}").status_code == 401
