"""What a stranger learns from the API's own description, and whether it is true."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from registry.domain.access import Actor
from registry.domain.windows import WINDOWS
from registry.web.api.outcomes import ComparisonQuery
from tests.world import World

Connect = Callable[[Actor], TestClient]
GUIDE = Path(__file__).parents[2] / "docs" / "api.md"


@pytest.fixture
def description(anonymous: TestClient) -> dict[str, Any]:
    response = anonymous.get("/api/openapi.json")
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        if path.startswith("/api/v1"):
            for method, operation in methods.items():
                yield f"{method.upper()} {path.removeprefix('/api/v1')}", operation


def test_every_promised_route_is_there(description: dict[str, Any]) -> None:
    assert {name for name, _ in operations(description)} >= {
        "POST /patients",
        "GET /patients",
        "GET /patients/{patient_id}",
        "POST /patients/{patient_id}/assessments",
        "POST /procedures",
        "GET /procedures/{procedure_id}",
        "GET /procedures/{procedure_id}/outcome",
        "POST /procedures/{procedure_id}/adverse-events",
        "POST /patients/{patient_id}/death",
        "GET /outcomes",
        "POST /medd",
        "POST /regimens/parse",
        "GET /exports/procedure_outcomes.csv",
    }


def test_the_guide_lists_every_route_and_no_other(description: dict[str, Any]) -> None:
    listed = re.findall(r"^\| `([A-Z]+ /[^`?]*)", GUIDE.read_text("utf-8"), flags=re.MULTILINE)
    there = [re.sub(r"\{\w+_id\}", "{id}", name) for name, _ in operations(description)]
    assert sorted(listed) == sorted(there)


def test_each_operation_has_a_readable_name_a_summary_and_its_refusals(
    description: dict[str, Any],
) -> None:
    found = dict(operations(description))
    ids = [operation["operationId"] for operation in found.values()]
    assert len(set(ids)) == len(ids)
    for name, operation in found.items():
        assert "api_v1" not in operation["operationId"]
        assert operation["summary"], name
        assert operation["description"], name
        assert {"401", "403", "404", "422"} <= operation["responses"].keys()
        refusal = operation["responses"]["422"]["content"]["application/json"]["schema"]
        assert refusal == {"$ref": "#/components/schemas/ErrorOut"}


def test_every_operation_asks_for_a_bearer_token(description: dict[str, Any]) -> None:
    (name, scheme), *others = description["components"]["securitySchemes"].items()
    assert others == []
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert all(operation["security"] == [{name: []}] for _, operation in operations(description))


def test_writes_can_be_retried_and_reads_can_not_conflict(description: dict[str, Any]) -> None:
    for name, operation in operations(description):
        writes = "201" in operation["responses"]
        headers = {p["name"] for p in operation.get("parameters", []) if p["in"] == "header"}
        assert headers == ({"Idempotency-Key"} if writes else set()), name
        conflicts = writes or name.startswith("DELETE")  # what is over can't be stopped
        assert ("409" in operation["responses"]) is conflicts, name


def test_the_examples_work_as_they_stand(
    description: dict[str, Any], program: Connect, world: World
) -> None:
    client = program(world.alice)

    def send(path: str, schema: str, **changes: Any) -> int:
        (example,) = description["components"]["schemas"][schema]["examples"]
        return client.post(f"/api/v1/{path}", json={**example, **changes}).status_code

    patient = f"patients/{world.pat}"
    assert send("medd", "MeddIn") == 200
    assert send("regimens/parse", "RegimenTextIn") == 200
    assert send("patients/lookup", "LookupIn") == 200
    assert send("patients", "PatientIn", hospital_number="H2") == 201
    assert send("procedures", "ProcedureIn", patient_id=str(world.pat)) == 201
    assert send(f"{patient}/assessments", "AssessmentIn") == 201
    assert send(f"procedures/{world.celiac}/adverse-events", "AdverseEventIn") == 201
    assert send(f"{patient}/death", "DeathIn") == 201


def test_the_windows_that_can_be_asked_for_are_the_registrys(description: dict[str, Any]) -> None:
    asked = ComparisonQuery.model_json_schema()["properties"]["window"]["items"]["enum"]
    assert asked == [window.slug for window in WINDOWS]
