"""Merging two records of one patient, with both in view, and undoing it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.db.tables import Patient
from registry.services.assessments import add_assessment
from registry.services.patients import register_patient
from tests.web.conftest import SignIn, Visitor
from tests.web.test_correct_a_record import fields_of, find
from tests.world import PERFORMED, TODAY, World, assessment_draft, patient_draft


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def register(engine: Engine, world: World, number: str = "H2", **particulars: Any) -> UUID:
    with transaction(engine) as session:
        return register_patient(
            session,
            actor=world.alice,
            site_id=world.north,
            draft=patient_draft(number, **particulars),
            today=TODAY,
        ).id


@pytest.fixture
def other(engine: Engine, world: World) -> UUID:
    """Register Pat a second time, as H2, with an assessment of 12 Jan."""
    found = register(engine, world, name="Pat Twice")
    with transaction(engine) as session:
        add_assessment(
            session,
            actor=world.alice,
            patient_id=found,
            draft=assessment_draft(date(2026, 1, 12), 3),
            today=TODAY,
        )
    return found


@pytest.fixture
def url(world: World) -> str:
    return f"/patients/{world.pat}/merge"


def merge(visitor: Visitor, url: str, number: str = "h2", **changes: Any) -> Any:
    """Look the other record up, then merge the two."""
    shown = visitor.post(url, number=number, step="look")
    typed = fields_of(shown.text)
    return visitor.post(url, **{**typed, "step": "merge", "reason": "Rang the ward", **changes})


def test_both_records_stand_side_by_side_before_anything_is_written(
    alice: Visitor, engine: Engine, other: UUID, url: str
) -> None:
    assert "Hospital number of the other record" in alice.get(url).text
    page = words(alice.post(url, number=" h2 ", step="look").text)
    assert "Name Pat Twice" in page
    assert "Holds 1 assessment Days 12 Jan 2026" in page
    assert "Holds 1 procedure, 1 assessment Days 31 Dec 2025 to 5 Jan 2026" in page
    assert find(engine, Patient, other).merged_into_id is None


def test_the_kept_page_holds_both_and_says_so(
    alice: Visitor, engine: Engine, world: World, other: UUID, url: str
) -> None:
    done = merge(alice, url)
    assert done.headers["location"] == f"/patients/{world.pat}"
    page = words(alice.get(f"/patients/{world.pat}").text)
    assert "The two records are merged." in page
    assert "Holds also record H2, merged on" in page
    assert "by Alice. Undo the merge" in page
    assert "12 Jan 2026" in page
    old = alice.get(f"/patients/{other}")
    assert (old.status_code, old.headers["location"]) == (303, f"/patients/{world.pat}")
    assert alice.get(f"/patients/{other}/assessments/new").status_code == 200
    history = words(alice.get(f"/patients/{world.pat}/history").text)
    assert "Merged by Alice, clinician" in history
    assert "Holds also – H2" in history


def test_the_other_number_finds_the_kept_patient_everywhere(
    alice: Visitor, program: Any, world: World, other: UUID, url: str
) -> None:
    merge(alice, url)
    found = alice.post("/patients/search", q="H2")
    assert found.headers["location"] == f"/patients/{world.pat}"
    listed = alice.post("/patients/search", q="h2", htmx=True).text
    assert f"/patients/{world.pat}" in listed
    assert "also H2" in words(listed)
    assert str(other) not in listed
    form = alice.post(
        "/procedures/new/step", hospital_number="H2", step="patient", site=str(world.north)
    )
    assert "born 17 May 1950" in form.text
    client: TestClient = program(world.alice)
    looked_up = client.post("/api/v1/patients/lookup", json={"hospital_number": "H2"})
    assert looked_up.json()["id"] == str(world.pat)
    timeline = client.get(f"/api/v1/patients/{other}").json()
    assert timeline["id"] == str(world.pat)
    assert len(timeline["assessments"]) == 2


def test_the_other_record_can_be_the_one_that_stays(
    alice: Visitor, engine: Engine, world: World, other: UUID, url: str
) -> None:
    done = merge(alice, url, keep=str(other))
    assert done.headers["location"] == f"/patients/{other}"
    assert find(engine, Patient, world.pat).merged_into_id == other
    assert "Coeliac plexus" in alice.get(f"/patients/{other}").text


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("", "Enter the hospital number of the other record."),
        ("H9", "This site has no patient with this hospital number."),
        ("h1", "This is the same record."),
    ],
)
def test_a_number_that_is_no_other_record_is_told(
    alice: Visitor, url: str, number: str, message: str
) -> None:
    response = alice.post(url, number=number, step="look")
    assert response.status_code == 422
    assert message in response.text


def test_different_birth_dates_are_asked_about_once(
    alice: Visitor, engine: Engine, world: World, url: str
) -> None:
    third = register(engine, world, "H3", birth_date=date(1951, 5, 17))
    asked = merge(alice, url, "H3")
    assert asked.status_code == 422
    assert "different birth dates" in asked.text
    assert "Rang the ward" in asked.text
    assert find(engine, Patient, third).merged_into_id is None
    typed = {**fields_of(asked.text), "step": "merge", "confirmed": "birth-dates"}
    assert alice.post(url, **typed).status_code == 303
    assert find(engine, Patient, third).merged_into_id == world.pat


def test_what_was_not_shown_is_not_merged(
    alice: Visitor, engine: Engine, world: World, other: UUID, url: str
) -> None:
    third = register(engine, world, "H3")
    shown = merge(alice, url, number="H2", **{"reason": "Typed over"}, shown=str(third))
    assert shown.status_code == 200
    for changes in ({"reason": " "}, {"keep": str(third)}):
        assert merge(alice, url, **changes).status_code == 422
    assert find(engine, Patient, other).merged_into_id is None


def test_a_refused_merge_keeps_what_was_typed(
    alice: Visitor, engine: Engine, world: World, url: str
) -> None:
    register(engine, world, "H4", birth_date=PERFORMED)
    third = fields_of(alice.post(url, number="H4", step="look").text)
    refused = alice.post(
        url, **{**third, "keep": third["shown"], "step": "merge", "reason": "Rang the ward"}
    )
    assert refused.status_code == 422
    assert "before the birth of the one that stays" in refused.text
    assert "Rang the ward" in refused.text


def test_an_undo_gives_each_its_own_course_back(
    alice: Visitor, engine: Engine, world: World, other: UUID, url: str
) -> None:
    merge(alice, url)
    undo = f"/patients/{other}/undo-merge"
    page = alice.get(undo)
    assert "H2 would stand for itself again" in page.text
    assert alice.post(undo, **{**fields_of(page.text), "reason": ""}).status_code == 422
    stale = alice.post(undo, version="1", reason="Two people")
    assert stale.status_code == 409
    done = alice.post(undo, **{**fields_of(page.text), "reason": "Two people"})
    assert done.headers["location"] == f"/patients/{other}"
    own = words(alice.get(f"/patients/{other}").text)
    assert "Pat Twice" in own
    assert "12 Jan 2026" in own
    kept = words(alice.get(f"/patients/{world.pat}").text)
    assert "12 Jan 2026" not in kept
    assert "Holds also" not in kept
    assert alice.get(undo).status_code == 404


def test_only_who_may_write_at_the_site_merges(
    charlie: Visitor, quinn: Visitor, sign_in: SignIn, world: World, other: UUID, url: str
) -> None:
    for visitor, status in ((charlie, 404), (quinn, 403), (sign_in(world.audrey), 403)):
        assert visitor.get(url).status_code == status
        assert visitor.post(url, number="H2", step="look").status_code == status
        assert visitor.get(f"/patients/{other}/undo-merge").status_code == 404 or status == 403
