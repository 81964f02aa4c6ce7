"""The auditor searches the trail, and sees what changed but never whom it was about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent, Patient
from registry.domain.drafts import PatientDraft
from registry.services.corrections import Amendment
from registry.services.particulars import amend_patient
from tests.databases import Database
from tests.web.conftest import SignIn, Visitor
from tests.web.queries import rows
from tests.world import TODAY, World, patient_draft


@pytest.fixture
def audrey(sign_in: SignIn, world: World) -> Visitor:
    return sign_in(world.audrey)


def rename(engine: Engine, world: World, **particulars: object) -> None:
    draft: PatientDraft = patient_draft(**particulars)  # type: ignore[arg-type]
    with transaction(engine) as session:
        version = session.exec(select(Patient.version).where(Patient.id == world.pat)).one()
        amend_patient(
            session,
            actor=world.alice,
            patient_id=world.pat,
            draft=draft,
            amendment=Amendment(version, "The notes say so."),
            today=TODAY,
        )


def test_a_change_is_told_without_the_patient(
    audrey: Visitor, world: World, engine: Engine
) -> None:
    rename(engine, world, name="Ada Lovelace", sex="other")
    page = audrey.get("/trail?kind=changed").text
    assert "Alice (clinician) corrected a patient" in page
    assert "The notes say so." in page
    assert "withheld" in page
    assert "female" in page  # what doesn't point to a person is told
    assert "Ada" not in page
    assert "H1" not in page
    assert "17 May 1950" not in page


@pytest.mark.parametrize(
    ("asked", "shows", "hides"),
    [
        ("kind=seen", "saw a patient", "logged a procedure"),
        ("kind=changed", "logged a procedure", "saw a patient"),
        ("kind=accounts", "gave a role", "logged a procedure"),
        ("kind=files", "could see nothing", "Alice"),
        ("who=quinn", "could see nothing", "Alice"),
        ("who=ALI", "Alice", "Bob"),
    ],
)
def test_the_trail_is_narrowed_to_what_is_asked(
    audrey: Visitor, alice: Visitor, world: World, asked: str, shows: str, hides: str
) -> None:
    alice.get(f"/patients/{world.pat}")
    page = audrey.get(f"/trail?{asked}").text.split('class="stack trail"')[1]
    if shows == "could see nothing":
        assert "Nothing of the kind" in page
    else:
        assert shows in page
    assert hides not in page


def test_days_and_a_record_narrow_it_too(audrey: Visitor, world: World) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    assert "Nothing of the kind" in audrey.get(f"/trail?since={tomorrow}").text
    assert "Alice" in audrey.get(f"/trail?until={tomorrow}").text
    page = audrey.get(f"/trail?record={world.celiac}").text
    assert "logged a procedure" in page
    assert "registered a patient" not in page


def test_what_can_not_be_read_is_said_and_the_rest_is_shown(audrey: Visitor, world: World) -> None:
    response = audrey.get("/trail?record=H1&since=someday&who=Alice")
    assert response.status_code == 422
    assert "no record&#39;s id" in response.text
    assert "not a day that can be read" in response.text
    assert 'value="someday"' in response.text
    assert "Alice (clinician)" in response.text


def test_older_lines_are_on_the_next_page(audrey: Visitor, alice: Visitor, world: World) -> None:
    for page in range(1, 60):
        alice.get(f"/reports?page={page}")
        alice.get(f"/patients/{world.pat}")
    first = audrey.get("/trail?kind=seen").text
    assert first.count("saw a patient") == 50
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert audrey.get(older).text.count("saw a patient") == 9


def test_the_search_itself_is_in_the_trail(audrey: Visitor, engine: Engine, world: World) -> None:
    audrey.get("/trail?who=Alice")
    (event,) = (e for e in rows(engine, AuditEvent, looks=True) if e.action == "view_trail")
    assert (event.actor, event.changes["who"]) == ("Audrey", [None, "Alice"])


def test_another_sites_trail_is_not_there(
    audrey: Visitor, charlie: Visitor, engine: Engine, world: World
) -> None:
    charlie.get("/patients")
    charlie.get(f"/patients/{world.pat}")
    assert "Charlie" not in audrey.get("/trail").text
    assert audrey.get("/trail/SOUTH/check").status_code == 404


def test_the_chain_is_checked_and_its_end_can_be_written_down(
    audrey: Visitor, world: World, engine: Engine
) -> None:
    page = audrey.get("/trail/NORTH/check").text
    assert "follows the line before it" in page
    last = [e for e in rows(engine, AuditEvent, looks=True) if e.site_id == world.north][-1]
    assert last.seal in page


def test_a_changed_line_is_found(
    audrey: Visitor, world: World, engine: Engine, database: Database
) -> None:
    with engine.begin() as connection, database.without_triggers(connection):
        connection.exec_driver_sql(
            "UPDATE audit_event SET actor = 'Nobody' WHERE action = 'log_procedure'"
        )
    page = audrey.get("/trail/NORTH/check").text
    assert "The chain is broken" in page
    assert "it was changed" in page


def test_a_clinician_has_no_trail_to_search(alice: Visitor, world: World) -> None:
    assert alice.get("/trail").status_code == 403
