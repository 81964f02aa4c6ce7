"""A program that can't know whether it got through sends its request again: it counts once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event
from sqlmodel import SQLModel, col, func, select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent, Patient, Procedure
from registry.domain.access import Actor
from tests.web.queries import LOOKS
from tests.world import World

Connect = Callable[[Actor], TestClient]

PATIENT = {"hospital_number": "H2", "birth_date": "1961-03-09", "sex": "male"}
KEY = {"Idempotency-Key": "0d9b0b6e-5a43"}


def writes(world: World) -> list[tuple[str, dict[str, Any]]]:
    """List a request for each route that writes."""
    return [
        ("patients", PATIENT),
        (
            f"patients/{world.pat}/assessments",
            {"assessed_on": "2026-01-12", "scores": [{"kind": "average", "score": 4}]},
        ),
        (
            "procedures",
            {
                "patient_id": str(world.pat),
                "performed_on": "2026-02-02",
                "technique": "coeliac-plexus",
                "intent": "repeat",
                "operator": "Dr Able",
                "baseline_missing_reason": "too unwell",
            },
        ),
        (
            f"procedures/{world.celiac}/adverse-events",
            {"onset_on": "2026-01-06", "complication": "hypotension"},
        ),
        (f"patients/{world.pat}/death", {"died_on": "2026-02-14"}),
    ]


def count(engine: Engine, table: type[SQLModel]) -> int:
    with transaction(engine, write=False) as session:
        return session.exec(select(func.count()).select_from(table)).one()


def count_all(engine: Engine) -> int:
    """Count all rows but the trail's lines of looks: who asks again sees the answer again."""
    with transaction(engine, write=False) as session:
        counted = sum(
            session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in SQLModel.metadata.sorted_tables
        )
        looks = select(func.count()).where(col(AuditEvent.action).in_(LOOKS))
        return counted - session.exec(looks).one()


@pytest.mark.parametrize("which", range(5))
def test_a_retry_has_the_same_answer_and_writes_nothing(
    program: Connect, world: World, engine: Engine, which: int
) -> None:
    client = program(world.alice)
    url, body = writes(world)[which]
    first = client.post(f"/api/v1/{url}", json=body, headers=KEY)
    assert first.status_code == 201, first.text
    assert "Idempotency-Replayed" not in first.headers
    rows = count_all(engine)
    again = client.post(f"/api/v1/{url}", json=dict(reversed(body.items())), headers=KEY)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert count_all(engine) == rows


def test_the_same_key_for_another_body_or_address_is_a_conflict(
    program: Connect, world: World, engine: Engine
) -> None:
    client = program(world.alice)
    assert client.post("/api/v1/patients", json=PATIENT, headers=KEY).status_code == 201
    rows = count_all(engine)
    url, assessment = writes(world)[1]
    for other, body in (
        ("patients", {**PATIENT, "hospital_number": "H3"}),
        ("patients", {**PATIENT, "sex": "female"}),
        (url, assessment),
    ):
        response = client.post(f"/api/v1/{other}", json=body, headers=KEY)
        assert response.status_code == 409
        assert "key" in response.json()["detail"]
    assert count_all(engine) == rows


def test_two_people_may_choose_the_same_key(program: Connect, world: World, engine: Engine) -> None:
    for actor, number in ((world.alice, "H2"), (world.charlie, "H2")):
        response = program(actor).post(
            "/api/v1/patients", json={**PATIENT, "hospital_number": number}, headers=KEY
        )
        assert response.status_code == 201
    assert count(engine, Patient) == 3


def test_a_refused_request_leaves_its_key_free(
    program: Connect, world: World, engine: Engine
) -> None:
    client = program(world.alice)
    wrong = client.post("/api/v1/patients", json={**PATIENT, "sex": "?"}, headers=KEY)
    broken = client.post(
        "/api/v1/patients", json={**PATIENT, "birth_date": "2027-01-01"}, headers=KEY
    )
    assert (wrong.status_code, broken.status_code) == (422, 422)
    assert client.post("/api/v1/patients", json=PATIENT, headers=KEY).status_code == 201


def test_without_a_key_the_same_request_is_another_record(
    program: Connect, world: World, engine: Engine
) -> None:
    client = program(world.alice)
    url, body = writes(world)[2]
    first = client.post(f"/api/v1/{url}", json=body).json()
    doubted = client.post(f"/api/v1/{url}", json=body).json()["doubts"]
    again = {**body, "confirmed": [doubt["code"] for doubt in doubted]}
    second = client.post(f"/api/v1/{url}", json=again).json()
    ids = {first["id"], second["id"]}
    assert len(ids) == 2
    assert count(engine, Procedure) == 3


@pytest.mark.parametrize("key", ["", "k" * 201, "two words"])
def test_a_key_that_can_not_be_kept_is_refused_by_name(
    program: Connect, world: World, key: str
) -> None:
    response = program(world.alice).post(
        "/api/v1/patients", json=PATIENT, headers={"Idempotency-Key": key}
    )
    assert response.status_code == 422
    assert [p["field"] for p in response.json()["problems"]] == ["Idempotency-Key"]


def test_retries_that_arrive_together_are_carried_out_once(
    program: Connect, world: World, engine: Engine
) -> None:
    client = program(world.alice)
    url, body = writes(world)[2]

    def send(_: int) -> tuple[int, str]:
        response = client.post(f"/api/v1/{url}", json=body, headers=KEY)
        return response.status_code, response.json()["id"]

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(send, range(4)))
    assert len(answers) == 1
    assert answers.pop()[0] == 201
    assert count(engine, Procedure) == 2


@pytest.fixture
def broken_commit(engine: Engine) -> Iterator[None]:
    """Let every commit that would keep a new patient fail, as a full disk does."""
    written: list[bool] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO patient"):
            written.append(True)

    def fail(_connection: Any) -> None:
        if written:
            written.clear()
            raise OSError("no space left on device")

    event.listen(engine, "after_cursor_execute", note)
    event.listen(engine, "commit", fail)
    yield
    event.remove(engine, "after_cursor_execute", note)
    event.remove(engine, "commit", fail)


def test_a_commit_that_fails_is_never_told_as_done(
    app: FastAPI, program: Connect, world: World, engine: Engine, broken_commit: None
) -> None:
    token = program(world.alice).headers["Authorization"]
    rows = count_all(engine)
    with TestClient(app, raise_server_exceptions=False) as client:
        response = client.post(
            "/api/v1/patients", json=PATIENT, headers={"Authorization": token, **KEY}
        )
    assert response.status_code == 500
    assert "nothing was saved" in response.json()["detail"]
    assert count_all(engine) == rows


def test_the_answer_leaves_only_after_the_commit(
    app: FastAPI, program: Connect, world: World, engine: Engine
) -> None:
    happened: list[str] = []

    def committed(_connection: Any) -> None:
        happened.append("commit")

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def note(message: Any) -> None:
            if message["type"] == "http.response.start":
                happened.append(str(message["status"]))
            await send(message)

        await app(scope, receive, note)

    token = program(world.alice).headers["Authorization"]
    event.listen(engine, "commit", committed)
    try:
        client = TestClient(watched)
        client.post("/api/v1/patients", json=PATIENT, headers={"Authorization": token})
    finally:
        event.remove(engine, "commit", committed)
    # The token's look-up, that it was used, then the write.
    assert happened == ["commit", "commit", "commit", "201"]
