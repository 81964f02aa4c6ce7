"""A program finds patients of its person's sites, and never puts a patient's value in a URL."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.db.tables import Site, UserAccount
from registry.domain.access import Actor, Role
from registry.services.patients import register_patient
from registry.services.people import grant_role, local_actor
from tests.world import TODAY, World, patient_draft

Connect = Callable[[Actor], TestClient]


def add_patients(engine: Engine, world: World, numbers: range) -> None:
    with transaction(engine) as session:
        for number in numbers:
            register_patient(
                session,
                actor=world.alice,
                site_id=world.north,
                draft=patient_draft(f"H{number}"),
                today=TODAY,
            )


def work_at_south_too(engine: Engine, world: World) -> None:
    with transaction(engine) as session:
        grant_role(
            session,
            actor=local_actor(session),
            user=session.get_one(UserAccount, world.alice.user_id),
            site=session.get_one(Site, world.south),
            role=Role.CLINICIAN,
        )


def test_the_pages_of_the_list_give_each_patient_once(
    program: Connect, world: World, engine: Engine
) -> None:
    add_patients(engine, world, range(2, 8))
    client = program(world.alice)
    seen: list[str] = []
    offset: int | None = 0
    while offset is not None:
        page = client.get(f"/api/v1/patients?limit=3&offset={offset}").json()
        seen += [patient["hospital_number"] for patient in page["items"]]
        offset = page["next_offset"]
    assert seen == ["H7", "H6", "H5", "H4", "H3", "H2", "H1"]


@pytest.mark.parametrize(("limit", "following"), [(6, 6), (7, None), (8, None)])
def test_the_last_page_says_that_it_is_the_last(
    program: Connect, world: World, engine: Engine, limit: int, following: int | None
) -> None:
    add_patients(engine, world, range(2, 8))
    page = program(world.alice).get(f"/api/v1/patients?limit={limit}").json()
    assert page["next_offset"] == following


def test_another_site_has_its_own_list(program: Connect, world: World) -> None:
    assert program(world.charlie).get("/api/v1/patients").json() == {
        "items": [],
        "next_offset": None,
    }


def test_a_patient_is_looked_up_by_number_however_it_is_written(
    program: Connect, world: World
) -> None:
    client = program(world.alice)
    for number in ("H1", " h 1 "):
        found = client.post("/api/v1/patients/lookup", json={"hospital_number": number})
        assert found.status_code == 200
        assert found.json()["id"] == str(world.pat)
    missing = client.post("/api/v1/patients/lookup", json={"hospital_number": "H99"})
    assert missing.status_code == 404


def test_a_stranger_looks_up_in_vain(program: Connect, world: World) -> None:
    client = program(world.charlie)
    own = client.post("/api/v1/patients/lookup", json={"hospital_number": "H1"})
    assert own.status_code == 404
    theirs = client.post("/api/v1/patients/lookup", json={"hospital_number": "H1", "site": "NORTH"})
    nowhere = client.post(
        "/api/v1/patients/lookup", json={"hospital_number": "H1", "site": "NOWHERE"}
    )
    assert theirs.status_code == nowhere.status_code == 422
    assert theirs.json() == nowhere.json()


def test_who_works_at_two_sites_says_which(program: Connect, world: World, engine: Engine) -> None:
    work_at_south_too(engine, world)
    client = program(world.alice)
    body = {"hospital_number": "H1", "birth_date": "1961-03-09", "sex": "male"}
    unsaid = client.post("/api/v1/patients", json=body)
    assert unsaid.status_code == 422
    (problem,) = unsaid.json()["problems"]
    assert problem["field"] == "site"
    assert "NORTH, SOUTH" in problem["message"]
    said = client.post("/api/v1/patients", json={**body, "site": "SOUTH"})
    assert (said.status_code, said.json()["site"]) == (201, "SOUTH")
    found = client.get("/api/v1/patients").json()["items"]
    assert {(p["site"], p["hospital_number"]) for p in found} == {("NORTH", "H1"), ("SOUTH", "H1")}


def test_a_timeline_is_given_whole(program: Connect, world: World) -> None:
    timeline = program(world.alice).get(f"/api/v1/patients/{world.pat}").json()
    assert (timeline["hospital_number"], timeline["birth_date"]) == ("H1", "1950-05-17")
    (assessment,) = timeline["assessments"]
    assert {(s["kind"], s["score"]) for s in assessment["scores"]} == {
        ("average", 8),
        ("worst", 9),
    }
    assert assessment["opioids"][0]["mg"] == assessment["medd_mg"] == 60.0
    assert [p["id"] for p in timeline["procedures"]] == [str(world.celiac)]
    assert (timeline["adverse_events"], timeline["death"]) == ([], None)
