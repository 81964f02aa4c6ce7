"""The exports page: the outcome rows as CSV, with their codebook and a line in the trail."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent, Site, UserAccount
from registry.domain.access import Role
from registry.services.patients import register_patient
from registry.services.people import (
    actor_of,
    create_user,
    ensure_site,
    grant_role,
    local_actor,
)
from registry.services.procedures import log_procedure
from tests.web.conftest import SignIn, Visitor
from tests.world import (
    PERFORMED,
    TODAY,
    World,
    assessment_draft,
    follow_up,
    patient_draft,
    procedure_draft,
)

FILE = "/exports/procedure_outcomes.csv"
FIXED = {
    "procedure_id",
    "site",
    "performed_on",
    "region",
    "category",
    "technique",
    "intent",
    "agent_classes",
    "guidance",
    "mechanism",
    "diagnosis_group",
    "age_years",
    "sex",
    "akps",
    "nrs_baseline",
    "nrs_48h",
    "nrs_7d",
    "nrs_28d",
    "nrs_90d",
    "nrs_180d",
    "state_48h",
    "state_7d",
    "state_28d",
    "state_90d",
    "state_180d",
    "medd_baseline",
    "medd_48h",
    "medd_7d",
    "medd_28d",
    "medd_90d",
    "medd_180d",
    "medd_complete_48h",
    "medd_complete_7d",
    "medd_complete_28d",
    "medd_complete_90d",
    "medd_complete_180d",
    "methadone",
    "neuraxial",
    "days_to_death",
}


def rows(visitor: Visitor, query: str = "") -> list[dict[str, str]]:
    response = visitor.post(f"{FILE}{query}", purpose="audit")
    assert response.status_code == 200, response.text
    return list(csv.DictReader(io.StringIO(response.text)))


def test_the_row_says_what_the_timeline_says(alice: Visitor, engine: Engine, world: World) -> None:
    with transaction(engine) as session:
        follow_up(session, world, 7, 3, mg=20)
    (row,) = rows(alice)
    assert row.keys() >= FIXED
    expected = {
        "procedure_id": str(world.celiac),
        "site": "NORTH",
        "performed_on": "2026-01-05",
        "category": "visceral-sympathetic",
        "nrs_baseline": "8",
        "nrs_7d": "3",
        "state_7d": "responder",
        "state_48h": "alive_not_assessed",
        "state_90d": "not_due",
        "medd_baseline": "60.0",
        "medd_7d": "40.0",
        "medd_complete_7d": "true",
        "medd_28d": "",
        "methadone": "false",
        "days_to_death": "",
        "age_years": "75",
    }
    assert {name: row[name] for name in expected} == expected


def test_the_codebook_describes_every_column(alice: Visitor, world: World) -> None:
    book = csv.DictReader(io.StringIO(alice.get("/exports/procedure_outcomes_codebook.csv").text))
    described = {line["column"]: line for line in book}
    assert list(described) == list(rows(alice)[0])
    assert all(line["meaning"] for line in described.values())
    assert "responder" in described["state_28d"]["values"]


def test_filters_of_the_comparison_narrow_the_file(alice: Visitor, world: World) -> None:
    assert len(rows(alice, "?technique=coeliac-plexus")) == 1
    assert rows(alice, "?technique=cingulotomy") == []


def test_the_file_holds_test_blocks_too_which_no_comparison_pools_with_treatments(
    alice: Visitor, engine: Engine, world: World
) -> None:
    with transaction(engine) as session:
        log_procedure(
            session,
            actor=world.alice,
            patient_id=world.pat,
            draft=procedure_draft(intent="prognostic"),
            baseline=None,
            today=TODAY,
        )
    assert {row["intent"] for row in rows(alice)} == {"therapeutic", "prognostic"}
    assert "1 treated" in alice.get("/outcomes").text


def test_it_is_in_the_trail_with_the_purpose_and_never_with_data(
    alice: Visitor, engine: Engine, world: World
) -> None:
    rows(alice, "?technique=coeliac-plexus")
    with transaction(engine) as session:
        event = session.exec(select(AuditEvent).where(AuditEvent.action == "export")).one()
    assert (event.actor, event.reason) == ("Alice", "audit")
    assert event.changes["filters"] == [None, {"technique": ["coeliac-plexus"]}]


def test_without_a_purpose_nothing_leaves(alice: Visitor, engine: Engine, world: World) -> None:
    response = alice.post(FILE, purpose=" ")
    assert response.status_code == 422
    assert "Say what the data are for" in response.text
    with transaction(engine) as session:
        assert session.exec(select(AuditEvent).where(AuditEvent.action == "export")).all() == []


def test_a_purpose_too_long_to_keep_is_refused_and_nothing_leaves(
    alice: Visitor, engine: Engine, world: World
) -> None:
    assert alice.post(FILE, purpose="x" * 500).status_code == 200
    response = alice.post(FILE, purpose="x" * 501)
    assert response.status_code == 422
    assert "Shorten this to 500 characters" in response.text
    assert "x" * 501 in response.text
    with transaction(engine) as session:
        session.exec(select(AuditEvent).where(AuditEvent.action == "export")).one()


def test_an_export_is_in_the_trail_of_the_sites_asked_for_and_of_no_other(
    sign_in: SignIn, engine: Engine, world: World
) -> None:
    with transaction(engine) as session:
        user = session.get_one(UserAccount, world.audrey.user_id)
        south = session.get_one(Site, world.south)
        grant_role(session, actor=local_actor(session), user=user, site=south, role=Role.AUDITOR)
        audrey = actor_of(session, user)
    assert len(rows(sign_in(audrey), "?site=NORTH")) == 1
    with transaction(engine) as session:
        event = session.exec(select(AuditEvent).where(AuditEvent.action == "export")).one()
    assert event.site_id == world.north


@pytest.mark.parametrize(("name", "status"), [("quinn", 200), ("bob", 403)])
def test_some_roles_compare_but_take_no_row_away(
    sign_in: SignIn, world: World, name: str, status: int
) -> None:
    """Quality takes released numbers alone, a coordinator nothing."""
    visitor = sign_in(getattr(world, name))
    assert visitor.get("/exports").status_code == status
    assert visitor.post(FILE, purpose="curious").status_code == 403


def test_the_stranger_takes_only_their_own(charlie: Visitor, world: World) -> None:
    assert rows(charlie) == []


def test_a_form_from_elsewhere_exports_nothing(alice: Visitor, world: World) -> None:
    assert alice.post(FILE, purpose="audit", csrf_token="made-up").status_code == 403


def test_text_never_becomes_a_formula_but_numbers_stay_numbers(
    alice: Visitor, sign_in: SignIn, engine: Engine, world: World
) -> None:
    with transaction(engine) as session:
        site = ensure_site(session, "=1+1")
        user = create_user(
            session,
            actor=local_actor(session),
            email="eve@example.org",
            name="Eve",
            password="a long enough password",
            site=site,
            role=Role.CLINICIAN,
        )
        eve = actor_of(session, user)
        patient = register_patient(
            session, actor=eve, site_id=site.id, draft=patient_draft(), today=TODAY
        )
        log_procedure(
            session,
            actor=eve,
            patient_id=patient.id,
            draft=procedure_draft(),
            baseline=assessment_draft(PERFORMED, 8),
            today=TODAY,
        )
    (row,) = rows(sign_in(eve))
    assert row["site"] == "'=1+1"
    assert row["nrs_baseline"] == "8"
