"""What a program may send wrong: a 422 at the field as it was sent, and nothing half-written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import SQLModel, func, select

from registry.db.engine import transaction
from registry.domain.access import Actor
from tests.world import World

Connect = Callable[[Actor], TestClient]

PATIENT = {"hospital_number": "H2", "birth_date": "1961-03-09", "sex": "male"}
SCORE = {"kind": "average", "score": 7}
ASSESSMENT = {"assessed_on": "2026-02-01", "scores": [SCORE]}
EVENT = {"onset_on": "2026-01-06", "complication": "hypotension"}
PROCEDURE = {
    "performed_on": "2026-02-02",
    "technique": "coeliac-plexus",
    "intent": "repeat",
    "operator": "Dr Able",
    "baseline": ASSESSMENT,
}
ALCOHOL = {"agent_class": "alcohol", "concentration": 50}


@pytest.fixture
def counts(engine: Engine, world: World) -> Callable[[], dict[str, int]]:
    """Give a function that counts the rows of every table."""

    def count() -> dict[str, int]:
        with transaction(engine, write=False) as session:
            return {
                table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
                for table in SQLModel.metadata.sorted_tables
            }

    return count


Refused = Callable[..., set[str]]


@pytest.fixture
def refused(program: Connect, world: World, counts: Callable[[], dict[str, int]]) -> Refused:
    """Give a function that sends what must be refused, and gives the fields that were named."""
    client = program(world.alice)

    def send(url: str, body: Mapping[str, Any]) -> set[str]:
        before = counts()
        response = client.post(
            f"/api/v1/{url}",
            content=json.dumps(body),  # the client's own encoder refuses some of what we try
            headers={"Content-Type": "application/json"},
        )
        assert response.status_code == 422, response.text
        answer = response.json()
        assert set(answer) == {"detail", "problems"}
        assert all(set(p) == {"field", "message"} and p["message"] for p in answer["problems"])
        assert counts() == before
        return {p["field"] for p in answer["problems"]}

    return send


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"birth_date": "2026-03-03"}, "birth_date"),
        ({"birth_date": "1800-01-01"}, "birth_date"),
        ({"birth_date": "09/03/1961"}, "birth_date"),
        ({"birth_date": "1961-02-30"}, "birth_date"),
        ({"birth_date": "1961-03-09T00:00:00"}, "birth_date"),
        ({"birth_date": 20260105}, "birth_date"),
        ({"birth_date": None}, "birth_date"),
        ({"sex": "f"}, "sex"),
        ({"hospital_number": "H1"}, "hospital_number"),
        ({"hospital_number": " h1"}, "hospital_number"),
        ({"hospital_number": "  "}, "hospital_number"),
        ({"hospital_number": 7}, "hospital_number"),
        ({"hospital_number": "ß" * 30}, "hospital_number"),
        ({"hospital_number": "H\0"}, "hospital_number"),
        ({"name": "n" * 201}, "name"),
        ({"name": "\ud800"}, "name"),
        ({"diagnosis_group": "no-such-group"}, "diagnosis_group"),
        ({"metastases": "yes"}, "metastases"),
        ({"site": "SOUTH"}, "site"),
        ({"site": "NOWHERE"}, "site"),
        ({"hospital_nummer": "H3"}, "hospital_nummer"),
        ({"body": 1}, "body"),
    ],
)
def test_a_patient_that_can_not_be(refused: Refused, changes: dict[str, Any], field: str) -> None:
    assert refused("patients", {**PATIENT, **changes}) == {field}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"performed_on": "2026-03-03"}, "performed_on"),
        ({"performed_on": "1950-05-16", "baseline_missing_reason": "old"}, "performed_on"),
        ({"performed_on": "yesterday"}, "performed_on"),
        ({"technique": "no-such-technique"}, "technique"),
        ({"technique": "t" * 100}, "technique"),
        ({"technique": "other"}, "technique_text"),
        ({"intent": "refill"}, "intent"),
        ({"intent": "curative"}, "intent"),
        ({"operator": "  "}, "operator"),
        ({"operator": None}, "operator"),
        ({"mechanism": "psychic"}, "mechanism"),
        ({"guidance": ["divining-rod"]}, "guidance"),
        ({"guidance": ["ct", "ct"]}, "guidance"),
        ({"guidance": "ct"}, "guidance"),
        ({"approach": "backwards"}, "approach"),
        ({"levels": ["C99"]}, "levels"),
        ({"agents": [ALCOHOL, {"agent_class": "cement"}]}, "agents.1.agent_class"),
        ({"agents": [{**ALCOHOL, "concentration": 101}]}, "agents.0.concentration"),
        ({"agents": [{**ALCOHOL, "volume_ml": -1}]}, "agents.0.volume_ml"),
        ({"agents": [{**ALCOHOL, "volume_ml": "20"}]}, "agents.0.volume_ml"),
        ({"agents": [{**ALCOHOL, "volume_ml": True}]}, "agents.0.volume_ml"),
        ({"agents": [{**ALCOHOL, "colour": "clear"}]}, "agents.0.colour"),
        ({"agents": [{}]}, "agents.0.agent_class"),
        ({"baseline": None}, "baseline"),
        ({"baseline": {**ASSESSMENT, "assessed_on": "2026-02-03"}}, "baseline.assessed_on"),
        ({"baseline": {**ASSESSMENT, "assessed_on": "2026-03-03"}}, "baseline.assessed_on"),
        (
            {"baseline": {**ASSESSMENT, "scores": [{"kind": "worst", "score": 9}]}},
            "baseline.scores",
        ),
        (
            {"baseline": {**ASSESSMENT, "scores": [{"kind": "average", "score": 11}]}},
            "baseline.scores.0.score",
        ),
        ({"baseline": {**ASSESSMENT, "scores": [SCORE, SCORE]}}, "baseline.scores"),
        ({"baseline": {**ASSESSMENT, "akps": 55}}, "baseline.akps"),
        (
            {"baseline": {**ASSESSMENT, "opioids": [{"drug": "morphine"}]}},
            {"baseline.opioids.0.route", "baseline.opioids.0.dose", "baseline.opioids.0.unit"},
        ),
        (
            {
                "baseline": {
                    **ASSESSMENT,
                    "opioids": [{"drug": "morphine", "route": "oral", "dose": 0, "unit": "mg"}],
                }
            },
            "baseline.opioids.0.dose",
        ),
        ({"baseline": {**ASSESSMENT, "after_procedure": True}}, "baseline.after_procedure"),
        ({"patient_id": "H1"}, "patient_id"),
        ({"note": "n" * 2001}, "note"),
        ({"outcome": "excellent"}, "outcome"),
    ],
)
def test_a_procedure_that_can_not_be(
    refused: Refused, world: World, changes: dict[str, Any], field: str | set[str]
) -> None:
    named = refused("procedures", {**PROCEDURE, "patient_id": str(world.pat), **changes})
    if changes.get("performed_on") in {"2026-03-03", "1950-05-16"}:
        named -= {"baseline.assessed_on"}  # the baseline no longer lies in the week before
    assert named == (field if isinstance(field, set) else {field})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"assessed_on": "2026-03-03"}, "assessed_on"),
        ({"assessed_on": "1949-01-01"}, "assessed_on"),
        ({"scores": [SCORE, {"kind": "worst", "score": -1}]}, "scores.1.score"),
        ({"scores": [{"kind": "worst", "score": 7.5}]}, "scores.0.score"),
        ({"scores": [{"kind": "worst", "score": "7"}]}, "scores.0.score"),
        ({"scores": [{"kind": "worst", "score": True}]}, "scores.0.score"),
        ({"scores": [{"kind": "dull", "score": 7}]}, "scores.0.kind"),
        ({"scores": [{**SCORE, "recall": "year"}]}, "scores.0.recall"),
        ({"scores": [{**SCORE, "respondent": "dog"}]}, "scores.0.respondent"),
        ({"scores": [SCORE, SCORE]}, "scores"),
        ({"scores": []}, "scores"),
        ({"scores": {}}, "scores"),
        ({"akps": 55}, "akps"),
        ({"akps": 10**30}, "akps"),
        ({"ecog": 5}, "ecog"),
        (
            {"opioids": [{"drug": "morphine", "route": "oral", "dose": 1, "unit": "cup"}]},
            "opioids.0.unit",
        ),
        ({"after_procedure": "no"}, "after_procedure"),
        ({"medd_mg": 60}, "medd_mg"),
    ],
)
def test_an_assessment_that_can_not_be(
    refused: Refused, world: World, changes: dict[str, Any], field: str
) -> None:
    assert refused(f"patients/{world.pat}/assessments", {**ASSESSMENT, **changes}) == {field}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"onset_on": "2026-01-04"}, "onset_on"),
        ({"onset_on": "2026-03-03"}, "onset_on"),
        ({"complication": "regret"}, "complication"),
        ({"complication": "other"}, "complication_text"),
        ({"grade": 6}, "grade"),
        ({"grade": 0}, "grade"),
        ({"grade": "2"}, "grade"),
        ({"scheme": "CTCAE 6.0"}, "scheme"),
    ],
)
def test_an_adverse_event_that_can_not_be(
    refused: Refused, world: World, changes: dict[str, Any], field: str
) -> None:
    assert refused(f"procedures/{world.celiac}/adverse-events", {**EVENT, **changes}) == {field}


@pytest.mark.parametrize("day", ["2026-01-04", "2026-03-03", "1949-12-31", "soon", None, 0])
def test_a_death_before_the_procedure_or_in_the_future(
    refused: Refused, world: World, day: object
) -> None:
    assert refused(f"patients/{world.pat}/death", {"died_on": day}) == {"died_on"}


def test_nothing_happens_after_death(program: Connect, refused: Refused, world: World) -> None:
    died = program(world.alice).post(
        f"/api/v1/patients/{world.pat}/death", json={"died_on": "2026-01-20"}
    )
    assert died.status_code == 201
    assert refused(f"patients/{world.pat}/assessments", ASSESSMENT) == {"assessed_on"}
    event = {**EVENT, "onset_on": "2026-01-21"}
    assert refused(f"procedures/{world.celiac}/adverse-events", event) == {"onset_on"}
    assert refused("procedures", {**PROCEDURE, "patient_id": str(world.pat)}) == {
        "performed_on",
        "baseline.assessed_on",
    }


def test_a_second_death_is_a_conflict(
    program: Connect, world: World, counts: Callable[[], dict[str, int]]
) -> None:
    client = program(world.alice)
    url = f"/api/v1/patients/{world.pat}/death"
    assert client.post(url, json={"died_on": "2026-01-20"}).status_code == 201
    before = counts()
    again = client.post(url, json={"died_on": "2026-01-21"})
    assert (again.status_code, again.json()["problems"]) == (409, [])
    assert counts() == before


@pytest.mark.parametrize(
    "text", ["", "{", "nonsense", '{"hospital_number": }', "[1", '"text"', "null", "{} {}"]
)
def test_what_is_no_json_object_is_a_problem_of_the_whole_request(
    program: Connect, world: World, counts: Callable[[], dict[str, int]], text: str
) -> None:
    client, before = program(world.alice), counts()
    response = client.post(
        "/api/v1/patients", content=text, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 422
    assert [p["field"] for p in response.json()["problems"]] == [""]
    assert counts()["patient"] == before["patient"]


def test_a_form_is_no_json(program: Connect, world: World) -> None:
    response = program(world.alice).post("/api/v1/patients", data=PATIENT)
    assert response.status_code == 422
    (problem,) = response.json()["problems"]
    assert problem["field"] == ""
    assert "application/json" in problem["message"]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_huge_body_is_refused_before_it_is_read(
    program: Connect, world: World, chunked: bool
) -> None:
    text = b'{"note": "' + b"x" * 2_000_000 + b'"}'
    response = program(world.alice).post(
        f"/api/v1/patients/{world.pat}/assessments",
        content=iter([text[:1000], text[1000:]]) if chunked else text,
        headers={"Content-Type": "application/json"},
    )
    assert response.status_code == 413


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"hospital_number": ' + "9" * 5000 + "}", b"\xff"]
)
def test_what_no_reader_can_take_in_is_refused(
    program: Connect, world: World, text: str | bytes
) -> None:
    response = program(world.alice).post(
        "/api/v1/patients", content=text, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["problems"]] == [""]


def test_a_number_of_thousands_of_digits_is_a_problem_of_the_whole_request(
    program: Connect, world: World
) -> None:
    response = program(world.alice).post(
        "/api/v1/medd",
        content='{"table": "cdc-2022", "items": [{"dose": 1' + "0" * 5000 + "}]}",
        headers={"Content-Type": "application/json"},
    )
    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["problems"]] == [""]


def test_what_is_too_long_is_told_in_characters_or_items(program: Connect, world: World) -> None:
    line = {"drug": "morphine", "route": "oral", "dose": 1, "unit": "mg"}
    client = program(world.alice)

    def told(items: list[dict[str, object]]) -> dict[str, str]:
        body = {"table": "cdc-2022", "items": items}
        problems = client.post("/api/v1/medd", json=body).json()["problems"]
        return {problem["field"]: problem["message"] for problem in problems}

    assert told([{**line, "form": "x" * 61}]) == {
        "items.0.form": "This is too long: shorten it to 60 characters at most."
    }
    assert told([{**line}] * 101) == {"items": "This is too long: shorten it to 100 items at most."}


def test_a_dose_that_nobody_takes_is_not_recorded(refused: Refused, world: World) -> None:
    line = {"drug": "morphine", "route": "oral", "dose": 999_999, "unit": "mg", "per_day": 99}
    body = {"assessed_on": "2026-01-12", "opioids": [line]}
    assert refused(f"patients/{world.pat}/assessments", body) == {"opioids.0.dose"}


def test_a_refusal_never_repeats_what_was_sent(program: Connect, world: World) -> None:
    secret = "Pemberton-Quex"
    body = {**PATIENT, "name": [secret], "sex": secret, "birth_date": secret, "site": secret}
    response = program(world.alice).post("/api/v1/patients", json=body)
    assert response.status_code == 422
    assert secret not in response.text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("hospital_number=H1", "hospital_number"),
        ("limit=0", "limit"),
        ("limit=100000", "limit"),
        ("limit=many", "limit"),
        ("offset=-1", "offset"),
        ("offset=99999999999999999999", "offset"),
    ],
)
def test_paging_that_can_not_be(program: Connect, world: World, query: str, field: str) -> None:
    response = program(world.alice).get(f"/api/v1/patients?{query}")
    assert response.status_code == 422
    assert [p["field"] for p in response.json()["problems"]] == [field]


def test_a_path_that_is_not_there_is_answered_in_json(program: Connect, world: World) -> None:
    client = program(world.alice)
    assert client.get("/api/v1/nothing").json()["problems"] == []
    assert client.get("/api/v1/nothing").status_code == 404
    assert client.delete(f"/api/v1/patients/{world.pat}").status_code == 405
