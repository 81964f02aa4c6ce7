"""Logging a procedure: what it stores, what it refuses, what it derives."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from registry.db.tables import Assessment, AuditEvent, Procedure, ProcedureOutcomeRow
from registry.domain.errors import NotFound, NotPermitted, RuleViolation
from registry.services.procedures import log_procedure
from tests.world import (
    PERFORMED,
    TODAY,
    World,
    assessment_draft,
    dies,
    follow_up,
    procedure_draft,
)


def test_a_logged_procedure_has_its_outcome_row_at_once(session: Session, world: World) -> None:
    row = session.get_one(ProcedureOutcomeRow, (world.north, world.celiac))
    assert (row.nrs_baseline, row.medd_baseline, row.medd_complete_baseline) == (8, 60.0, True)
    assert row.state_7d == "undecided"
    assert row.age_years == 75
    assert (row.region, row.category) == ("abdomen-pelvis", "visceral-sympathetic")


def test_a_follow_up_and_a_death_change_the_outcome(session: Session, world: World) -> None:
    follow_up(session, world, 7, 4, mg=20)
    dies(session, world, 20)
    row = session.get_one(ProcedureOutcomeRow, (world.north, world.celiac))
    assert (row.state_48h, row.state_7d, row.state_28d) == ("undecided", "responder", "died_before")
    assert (row.nrs_7d, row.medd_7d, row.days_to_death) == (4, 40.0, 20)


def test_it_is_in_the_trail_with_who_and_what(session: Session, world: World) -> None:
    event = session.exec(select(AuditEvent).where(AuditEvent.record_id == world.celiac)).one()
    assert (event.action, event.actor, event.role) == ("log_procedure", "Alice", "clinician")
    assert event.changes["technique"] == [None, "coeliac-plexus"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"performed_on": TODAY + timedelta(days=1)}, "performed_on"),
        ({"technique": "no-such-technique"}, "technique"),
        ({"operator": " "}, "operator"),
        ({"intent": "refill"}, "intent"),
        ({"mechanism": "psychic"}, "mechanism"),
        ({"guidance": ("divining-rod",)}, "guidance"),
    ],
)
def test_what_can_not_be_is_refused_at_its_field_and_nothing_is_written(
    session: Session, world: World, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        log_procedure(
            session,
            actor=world.alice,
            patient_id=world.pat,
            draft=procedure_draft(**{"baseline_missing_reason": "unable", **changes}),
            baseline=None,
            today=TODAY,
        )
    assert field in {p.field.split(".")[0] for p in refused.value.problems}
    assert len(session.exec(select(Procedure)).all()) == 1


def test_baseline_pain_or_a_reason_must_be_given(session: Session, world: World) -> None:
    later = PERFORMED + timedelta(days=40)
    with pytest.raises(RuleViolation) as refused:
        log_procedure(
            session,
            actor=world.alice,
            patient_id=world.pat,
            draft=procedure_draft(later),
            baseline=None,
            today=TODAY,
        )
    assert [p.field for p in refused.value.problems] == ["average_pain"]


def test_a_recent_assessment_serves_as_the_baseline(session: Session, world: World) -> None:
    follow_up(session, world, 28, 6)
    procedure = log_procedure(
        session,
        actor=world.alice,
        patient_id=world.pat,
        draft=procedure_draft(PERFORMED + timedelta(days=30), intent="repeat"),
        baseline=None,
        today=TODAY,
    )
    row = session.get_one(ProcedureOutcomeRow, (world.north, procedure.id))
    assert row.nrs_baseline == 6
    assert session.get_one(ProcedureOutcomeRow, (world.north, world.celiac)).nrs_28d == 6


def test_nothing_is_done_to_the_dead(session: Session, world: World) -> None:
    dies(session, world, 10)
    with pytest.raises(RuleViolation) as refused:
        log_procedure(
            session,
            actor=world.alice,
            patient_id=world.pat,
            draft=procedure_draft(PERFORMED + timedelta(days=11)),
            baseline=assessment_draft(PERFORMED + timedelta(days=11), 5),
            today=TODAY,
        )
    assert {p.field for p in refused.value.problems} == {"performed_on", "assessed_on"}
    assert len(session.exec(select(Assessment)).all()) == 1


def test_a_stranger_finds_no_such_patient_and_a_reader_may_not_write(
    session: Session, world: World
) -> None:
    for actor, error in ((world.charlie, NotFound), (world.quinn, NotPermitted)):
        with pytest.raises(error):
            log_procedure(
                session,
                actor=actor,
                patient_id=world.pat,
                draft=procedure_draft(),
                baseline=None,
                today=TODAY,
            )
