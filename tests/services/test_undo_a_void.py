"""A voided record can stand again, and everything derived is then as it was before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from registry.db.tables import (
    AdverseEvent,
    Assessment,
    AuditEvent,
    Death,
    DeviceCheck,
    MissedFollowUp,
    Procedure,
    ProcedureOutcomeRow,
)
from registry.domain.drafts import AdverseEventDraft
from registry.domain.errors import Conflict, NotFound, NotPermitted, RuleViolation
from registry.services.adverse_events import add_adverse_event
from registry.services.assessments import add_assessment
from registry.services.consequences import foresee_void
from registry.services.corrections import Amendment, void_record
from registry.services.outcomes import refresh_outcomes, sites_of
from registry.services.patients import read_course, record_death
from registry.services.procedures import amend_procedure, log_procedure
from registry.services.voided import list_voided, undo_void
from tests.world import PERFORMED, TODAY, World, assessment_draft, follow_up, procedure_draft


def void(session: Session, world: World, table: Any, record_id: UUID, version: int = 1) -> None:
    why = Amendment(version, "Another patient's")
    void_record(session, table, actor=world.alice, record_id=record_id, amendment=why)


def undo(session: Session, world: World, table: Any, record_id: UUID, version: int = 2) -> None:
    undo_void(
        session,
        table,
        actor=world.alice,
        record_id=record_id,
        amendment=Amendment(version, "It was right"),
        today=TODAY,
    )


def outcomes(session: Session) -> list[dict[str, Any]]:
    query = select(ProcedureOutcomeRow).order_by(col(ProcedureOutcomeRow.procedure_id))
    return [row.model_dump() for row in session.exec(query).all()]


def problems(refused: pytest.ExceptionInfo[RuleViolation]) -> str:
    return " ".join(p.message for p in refused.value.problems)


def event_of(session: Session, world: World, day: int = 1) -> AdverseEvent:
    return add_adverse_event(
        session,
        actor=world.alice,
        procedure_id=world.celiac,
        draft=AdverseEventDraft(
            onset_on=PERFORMED + timedelta(days=day), complication="transient-diarrhoea"
        ),
        today=TODAY,
    )


def further(session: Session, world: World, day: int, **axes: Any) -> Procedure:
    draft = procedure_draft(
        PERFORMED + timedelta(days=day), baseline_missing_reason="drowsy", **axes
    )
    return log_procedure(
        session, actor=world.alice, patient_id=world.pat, draft=draft, baseline=None, today=TODAY
    )


def missed(session: Session, world: World, window: str = "90d") -> MissedFollowUp:
    row = MissedFollowUp(
        site_id=world.north,
        patient_id=world.pat,
        procedure_id=world.celiac,
        window_slug=window,
        reason="too-unwell",
        noted_on=TODAY,
    )
    session.add(row)
    session.flush()
    return row


def check_of(session: Session, world: World) -> DeviceCheck:
    row = DeviceCheck(
        site_id=world.north,
        patient_id=world.pat,
        procedure_id=world.celiac,
        checked_on=PERFORMED + timedelta(days=9),
    )
    session.add(row)
    session.flush()
    return row


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    visits=st.lists(
        st.tuples(st.integers(1, 50), st.integers(0, 10)),
        min_size=1,
        max_size=5,
        unique_by=lambda visit: visit[0],
    ),
    which=st.integers(0, 100),
    again=st.one_of(st.none(), st.integers(1, 40)),
)
def test_void_then_undo_leaves_every_outcome_as_it_was(
    session: Session, world: World, visits: list[tuple[int, int]], which: int, again: int | None
) -> None:
    with session.begin_nested() as nested:
        rows: list[Any] = [
            session.get_one(Assessment, (world.north, follow_up(session, world, day, score, mg=20)))
            for day, score in visits
        ]
        if again is not None:
            rows.append(further(session, world, again))
        rows.append(session.exec(select(Assessment).order_by(col(Assessment.id))).first())
        row = rows[which % len(rows)]
        before = outcomes(session)
        void(session, world, type(row), row.id)
        assert outcomes(session) != before or isinstance(row, Assessment)
        undo(session, world, type(row), row.id)
        assert outcomes(session) == before
        nested.rollback()


def test_each_kind_of_record_goes_and_comes_back(session: Session, world: World) -> None:
    death = record_death(
        session, actor=world.alice, patient_id=world.pat, died_on=TODAY, today=TODAY
    )
    made: list[Any] = [
        event_of(session, world),
        missed(session, world),
        check_of(session, world),
        death,
    ]
    course = read_course(session, actor=world.alice, patient_id=world.pat)
    refresh_outcomes(session, course)
    before = outcomes(session)
    for row in made:
        void(session, world, type(row), row.id)
        undo(session, world, type(row), row.id)
        again = session.get_one(type(row), (world.north, row.id))
        assert (again.voided_at, again.void_reason, again.version) == (None, None, 3)
    assert outcomes(session) == before
    course = read_course(session, actor=world.alice, patient_id=world.pat)
    assert {r.id for r in course.records()} >= {r.id for r in made}


def test_the_trail_tells_who_voided_it_and_who_undid_that(session: Session, world: World) -> None:
    seen = follow_up(session, world, 7, 3)
    void(session, world, Assessment, seen)
    course = read_course(session, actor=world.alice, patient_id=world.pat)
    (gone,) = list_voided(session, course)
    assert (gone.record.id, gone.by, gone.reason) == (seen, "Alice", "Another patient's")
    undo(session, world, Assessment, seen)
    event = session.exec(select(AuditEvent).order_by(col(AuditEvent.id).desc())).first()
    assert event is not None
    assert (event.action, event.reason) == ("amend", "It was right")
    assert set(event.changes) == {"voided_at", "void_reason"}
    assert event.changes["voided_at"][1] is None
    assert list_voided(session, course) == []


def test_a_record_does_not_come_back_after_the_death(session: Session, world: World) -> None:
    seen = follow_up(session, world, 28, 3)
    void(session, world, Assessment, seen)
    record_death(
        session,
        actor=world.alice,
        patient_id=world.pat,
        died_on=PERFORMED + timedelta(days=20),
        today=TODAY,
    )
    with pytest.raises(RuleViolation) as refused:
        undo(session, world, Assessment, seen)
    assert "after the patient's death" in problems(refused)
    assert session.get_one(Assessment, (world.north, seen)).voided_at is not None


def test_nobody_dies_twice_by_an_undo(session: Session, world: World) -> None:
    def dies(day: int) -> Death:
        died_on = PERFORMED + timedelta(days=day)
        return record_death(
            session, actor=world.alice, patient_id=world.pat, died_on=died_on, today=TODAY
        )

    wrong = dies(20)
    void(session, world, Death, wrong.id)
    right = dies(30)
    with pytest.raises(RuleViolation) as refused:
        undo(session, world, Death, wrong.id)
    assert "Another death is recorded" in problems(refused)
    void(session, world, Death, right.id)
    follow_up(session, world, 28, 3)
    with pytest.raises(RuleViolation) as refused:
        undo(session, world, Death, wrong.id)
    assert "after this day" in problems(refused)


def test_what_hangs_on_a_procedure_comes_back_after_it(session: Session, world: World) -> None:
    hanging: list[Any] = [
        event_of(session, world),
        missed(session, world),
        check_of(session, world),
        further(session, world, 30, intent="repeat", follows_id=world.celiac),
    ]
    for row in hanging:
        with pytest.raises(RuleViolation) as refused:
            void(session, world, Procedure, world.celiac)
        assert "Void or correct them first" in problems(refused)
        void(session, world, type(row), row.id)
    void(session, world, Procedure, world.celiac)
    for row in hanging:
        with pytest.raises(RuleViolation) as refused:
            undo(session, world, type(row), row.id)
        assert "a procedure that was voided. Undo that void first." in problems(refused)
    undo(session, world, Procedure, world.celiac)
    for row in hanging:
        undo(session, world, type(row), row.id)


def test_a_procedure_comes_back_only_where_it_still_continues_another(
    session: Session, world: World
) -> None:
    later = further(session, world, 10, intent="repeat", follows_id=world.celiac)
    void(session, world, Procedure, later.id)
    amend_procedure(
        session,
        actor=world.alice,
        procedure_id=world.celiac,
        draft=procedure_draft(PERFORMED + timedelta(days=20), baseline_missing_reason="drowsy"),
        amendment=Amendment(1, "Misread"),
        today=TODAY,
    )
    with pytest.raises(RuleViolation) as refused:
        undo(session, world, Procedure, later.id)
    assert "done later" in problems(refused)


def test_an_event_is_not_older_than_its_procedure_when_it_comes_back(
    session: Session, world: World
) -> None:
    event = event_of(session, world, day=0)
    void(session, world, AdverseEvent, event.id)
    moved = procedure_draft(PERFORMED + timedelta(days=1), technique="stellate-ganglion")
    amend_procedure(
        session,
        actor=world.alice,
        procedure_id=world.celiac,
        draft=moved,
        amendment=Amendment(1, "A day later"),
        today=TODAY,
    )
    with pytest.raises(RuleViolation):
        undo(session, world, AdverseEvent, event.id)


def test_what_is_to_be_expected_follows_the_technique_of_the_day(
    session: Session, world: World
) -> None:
    event = event_of(session, world)
    assert event.expected
    void(session, world, AdverseEvent, event.id)
    amend_procedure(
        session,
        actor=world.alice,
        procedure_id=world.celiac,
        draft=procedure_draft(technique="stellate-ganglion"),
        amendment=Amendment(1, "Misread"),
        today=TODAY,
    )
    undo(session, world, AdverseEvent, event.id)
    assert not session.get_one(AdverseEvent, (world.north, event.id)).expected


def test_a_window_has_one_reason(session: Session, world: World) -> None:
    first = missed(session, world)
    void(session, world, MissedFollowUp, first.id)
    missed(session, world)
    with pytest.raises(RuleViolation) as refused:
        undo(session, world, MissedFollowUp, first.id)
    assert "Another reason" in problems(refused)


def test_a_stale_version_a_missing_reason_and_a_standing_record_are_refused(
    session: Session, world: World
) -> None:
    seen = follow_up(session, world, 7, 3)
    with pytest.raises(NotFound):
        undo(session, world, Assessment, seen)
    void(session, world, Assessment, seen)
    with pytest.raises(Conflict):
        undo(session, world, Assessment, seen, version=1)
    with pytest.raises(RuleViolation):
        undo_void(
            session,
            Assessment,
            actor=world.alice,
            record_id=seen,
            amendment=Amendment(2, "  "),
            today=TODAY,
        )


def test_only_who_may_write_there_undoes_it(session: Session, world: World) -> None:
    seen = follow_up(session, world, 7, 3)
    void(session, world, Assessment, seen)
    for actor, error in ((world.charlie, NotFound), (world.quinn, NotPermitted)):
        with pytest.raises(error):
            undo_void(
                session,
                Assessment,
                actor=actor,
                record_id=seen,
                amendment=Amendment(2, "Mine"),
                today=TODAY,
            )


def test_a_void_says_beforehand_what_goes_with_it(session: Session, world: World) -> None:
    seen = follow_up(session, world, 7, 3)
    course = read_course(session, actor=world.alice, patient_id=world.pat)
    site = sites_of(session, world.alice)[world.north]
    baseline = next(a for a in course.assessments if a.id != seen)
    (loss,) = foresee_void(baseline, course, site)
    assert (loss.procedure.id, loss.baseline, loss.windows) == (world.celiac, (8, None), ())
    (loss,) = foresee_void(next(a for a in course.assessments if a.id == seen), course, site)
    assert (loss.baseline, loss.windows) == (None, (("7 days", 3, None),))
    add_assessment(
        session,
        actor=world.alice,
        patient_id=world.pat,
        draft=assessment_draft(date(2026, 1, 14), 5),
        today=TODAY,
    )
    course = read_course(session, actor=world.alice, patient_id=world.pat)
    (loss,) = foresee_void(next(a for a in course.assessments if a.id == seen), course, site)
    assert loss.windows == (("7 days", 3, 5),)


def test_a_death_stays_while_an_event_is_told_to_have_been_fatal(
    session: Session, world: World
) -> None:
    died_on = PERFORMED + timedelta(days=3)
    death = record_death(
        session, actor=world.alice, patient_id=world.pat, died_on=died_on, today=TODAY
    )
    draft = AdverseEventDraft(
        onset_on=died_on,
        complication="haemorrhage",
        grade=5,
        resolution="fatal",
        resolved_on=died_on,
    )
    event = add_adverse_event(
        session, actor=world.alice, procedure_id=world.celiac, draft=draft, today=TODAY
    )
    with pytest.raises(RuleViolation) as refused:
        void(session, world, Death, death.id)
    assert "Void or correct them first" in problems(refused)
    void(session, world, AdverseEvent, event.id)
    void(session, world, Death, death.id)
    assert read_course(session, actor=world.alice, patient_id=world.pat).death is None
