"""Two records of one person are read as one, and parted again exactly as they were."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from registry.db.engine import transaction
from registry.db.tables import Assessment, AuditEvent, Death, Patient, ProcedureOutcomeRow
from registry.domain.errors import Conflict, Doubtful, NotFound, NotPermitted, RuleViolation
from registry.services.assessments import add_assessment
from registry.services.audit import unsealed
from registry.services.corrections import Amendment, void_record
from registry.services.merging import list_merges, merge_patients, undo_merge
from registry.services.outcomes import rebuild_outcomes
from registry.services.patients import (
    find_patient_by_number,
    further_numbers,
    get_patient,
    read_course,
    record_death,
    register_patient,
    search_patients,
)
from registry.services.procedures import log_procedure
from tests.world import (
    PERFORMED,
    TODAY,
    World,
    assessment_draft,
    follow_up,
    patient_draft,
    procedure_draft,
)


def register(session: Session, world: World, number: str = "H2", **particulars: Any) -> UUID:
    return register_patient(
        session,
        actor=world.alice,
        site_id=world.north,
        draft=patient_draft(number, **particulars),
        today=TODAY,
    ).id


def log(session: Session, world: World, patient_id: UUID, day: int, **axes: Any) -> UUID:
    draft = procedure_draft(
        PERFORMED + timedelta(days=day), baseline_missing_reason="drowsy", **axes
    )
    return log_procedure(
        session, actor=world.alice, patient_id=patient_id, draft=draft, baseline=None, today=TODAY
    ).id


def assess(session: Session, world: World, patient_id: UUID, day: int, score: int) -> UUID:
    draft = assessment_draft(PERFORMED + timedelta(days=day), score, confirmed=None)
    return add_assessment(
        session, actor=world.alice, patient_id=patient_id, draft=draft, today=TODAY
    ).id


def dies(session: Session, world: World, patient_id: UUID, day: int) -> UUID:
    died_on = PERFORMED + timedelta(days=day)
    return record_death(
        session, actor=world.alice, patient_id=patient_id, died_on=died_on, today=TODAY
    ).id


def merge(session: Session, world: World, other: UUID, **changes: Any) -> Patient:
    values: dict[str, Any] = {
        "actor": world.alice,
        "keep_id": world.pat,
        "merge_id": other,
        "reason": "Same person, two numbers",
        **changes,
    }
    return merge_patients(session, **values)


def part(session: Session, world: World, other: UUID, version: int = 2) -> Patient:
    why = Amendment(version, "Two people after all")
    return undo_merge(session, actor=world.alice, merged_id=other, amendment=why)


def outcomes(session: Session) -> list[dict[str, Any]]:
    query = select(ProcedureOutcomeRow).order_by(col(ProcedureOutcomeRow.procedure_id))
    return [row.model_dump() for row in session.exec(query).all()]


def course_ids(session: Session, world: World, patient_id: UUID) -> set[UUID]:
    course = read_course(session, actor=world.alice, patient_id=patient_id)
    return {r.id for r in course.records()}


def told(refused: pytest.ExceptionInfo[RuleViolation]) -> str:
    return " ".join(p.message for p in refused.value.problems)


def test_both_courses_are_read_as_one(session: Session, world: World) -> None:
    other = register(session, world)
    stellate = log(session, world, other, 20, technique="stellate-ganglion")
    late = assess(session, world, other, 7, 3)
    merge(session, world, other)
    whole = course_ids(session, world, world.pat)
    assert {world.celiac, stellate, late} <= whole
    assert course_ids(session, world, other) == whole
    rows = {row["procedure_id"]: row for row in outcomes(session)}
    assert {row["patient_id"] for row in rows.values()} == {world.pat}
    assert (rows[world.celiac]["nrs_7d"], rows[world.celiac]["state_7d"]) == (3, "responder")
    rebuild_outcomes(session)
    assert {row["procedure_id"]: row for row in outcomes(session)} == rows


def test_the_other_number_finds_the_record_that_stays(session: Session, world: World) -> None:
    other = register(session, world, name="Patricia Other")
    merge(session, world, other)
    by_number = find_patient_by_number(
        session, actor=world.alice, site_id=world.north, hospital_number="h2"
    )
    assert by_number is not None
    assert by_number.id == world.pat
    for text in ("H2", "Patri", "other", ""):
        found = search_patients(session, actor=world.alice, text=text)
        assert [p.id for p in found] == [world.pat]
    assert further_numbers(session, found) == {world.pat: ["H2"]}
    with pytest.raises(RuleViolation):
        register(session, world)


def test_what_is_added_under_the_other_number_stays_with_the_kept_record(
    session: Session, world: World
) -> None:
    other = register(session, world)
    own = assess(session, world, other, 7, 3)
    merge(session, world, other)
    later = log(session, world, other, 30)
    added = assess(session, world, other, 33, 2)
    part(session, world, other)
    assert course_ids(session, world, other) == {own}
    assert {later, added, world.celiac} <= course_ids(session, world, world.pat)


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    done=st.lists(st.integers(0, 40), max_size=3, unique=True),
    visits=st.lists(
        st.tuples(st.integers(-5, 50), st.integers(0, 10)), max_size=4, unique_by=lambda v: v[0]
    ),
    dead=st.sampled_from(["nobody", "kept", "other", "both"]),
)
def test_merge_then_undo_leaves_every_outcome_as_it_was(
    session: Session,
    world: World,
    done: list[int],
    visits: list[tuple[int, int]],
    dead: str,
) -> None:
    with session.begin_nested() as nested:
        other = register(session, world)
        for day in done:
            log(session, world, other, day, technique="stellate-ganglion")
        for day, score in visits:
            assess(session, world, other, day, score)
        for name, patient_id in (("kept", world.pat), ("other", other)):
            if dead in (name, "both"):
                dies(session, world, patient_id, 56)
        before = outcomes(session)
        courses = [course_ids(session, world, p) for p in (world.pat, other)]
        merge(session, world, other)
        assert len(outcomes(session)) == len(before)
        part(session, world, other)
        assert outcomes(session) == before
        assert [course_ids(session, world, p) for p in (world.pat, other)] == courses
        nested.rollback()


def test_one_death_told_twice_is_one_death(session: Session, world: World) -> None:
    other = register(session, world)
    twin = dies(session, world, other, 56)
    own = dies(session, world, world.pat, 56)
    merge(session, world, other)
    course = read_course(session, actor=world.alice, patient_id=world.pat)
    assert course.death is not None
    assert course.death.id == own
    why = Amendment(1, "Still alive")
    void_record(session, Death, actor=world.alice, record_id=own, amendment=why)
    course = read_course(session, actor=world.alice, patient_id=world.pat)
    assert course.death is not None
    assert course.death.id == twin
    assert [row["days_to_death"] for row in outcomes(session)] == [56]


def test_a_death_of_either_ends_the_course_of_both(session: Session, world: World) -> None:
    other = register(session, world)
    dies(session, world, other, 30)
    merge(session, world, other)
    assert [row["days_to_death"] for row in outcomes(session)] == [30]
    with pytest.raises(RuleViolation):
        follow_up(session, world, 40, 2)
    with pytest.raises(Conflict):
        dies(session, world, world.pat, 35)


def test_what_cannot_be_one_person_is_refused(session: Session, world: World) -> None:
    dead = register(session, world, "H2")
    dies(session, world, dead, -6)
    with pytest.raises(RuleViolation) as refused:
        merge(session, world, dead)
    assert "after the death that the other tells of" in told(refused)
    with pytest.raises(RuleViolation):
        merge(session, world, world.pat, keep_id=dead)
    again = register(session, world, "H3")
    dies(session, world, again, -7)
    with pytest.raises(RuleViolation) as refused:
        merge(session, world, again, keep_id=dead)
    assert "different days of death" in told(refused)
    with pytest.raises(RuleViolation) as refused:
        merge(session, world, world.pat)
    assert "the same record" in told(refused)
    unborn = register(session, world, "H4", birth_date=PERFORMED)
    with pytest.raises(RuleViolation) as refused:
        merge(session, world, world.pat, keep_id=unborn)
    assert "before the birth" in told(refused)
    assert len(outcomes(session)) == 1


def test_a_merged_record_and_one_that_holds_one_are_not_merged_further(
    session: Session, world: World
) -> None:
    second, third = register(session, world, "H2"), register(session, world, "H3")
    merge(session, world, third, keep_id=second)
    with pytest.raises(RuleViolation) as refused:
        merge(session, world, second)
    assert "holds a merged one" in told(refused)
    for keep, other in ((world.pat, third), (third, world.pat)):
        with pytest.raises(RuleViolation) as refused:
            merge(session, world, other, keep_id=keep)
        assert "is merged into another record already" in told(refused)
    merge(session, world, world.pat, keep_id=second)
    assert course_ids(session, world, third) >= {world.celiac}


def test_different_birth_dates_sexes_and_a_procedure_in_both_are_asked_about(
    session: Session, world: World
) -> None:
    other = register(session, world, birth_date=date(1951, 5, 17), sex="male")
    log(session, world, other, 0)
    with pytest.raises(Doubtful) as unsure:
        merge(session, world, other)
    codes = {d.code for d in unsure.value.doubts}
    assert codes == {"birth-dates", "sexes", f"twice:coeliac-plexus:{PERFORMED}"}
    merge(session, world, other, confirmed=frozenset(codes))
    query = select(AuditEvent).where(AuditEvent.record_id == other)
    event = session.exec(query.order_by(col(AuditEvent.id).desc())).first()
    assert event is not None
    assert len(event.changes["confirmed"][1]) == 3


def test_the_trail_of_both_records_tells_of_it(session: Session, world: World) -> None:
    other = register(session, world)
    merge(session, world, other)
    course = read_course(session, actor=world.alice, patient_id=world.pat)
    (told_merge,) = list_merges(session, course)
    assert (told_merge.patient.id, told_merge.by) == (other, "Alice")
    part(session, world, other)

    def trail(patient_id: UUID) -> list[tuple[str, Any]]:
        query = select(AuditEvent).where(AuditEvent.record_id == patient_id)
        events = session.exec(query.order_by(col(AuditEvent.id)))
        return [(e.action, unsealed(e.changes)) for e in events if e.action != "register_patient"]

    assert trail(world.pat) == [
        ("merge_patients", {"holds_also": [None, "H2"]}),
        ("undo_merge", {"holds_also": ["H2", None]}),
    ]
    assert trail(other) == [
        ("merge_patients", {"merged_into": [None, "H1"]}),
        ("undo_merge", {"merged_into": ["H1", None]}),
    ]


def test_a_stale_or_repeated_undo_is_refused_and_a_merge_can_be_done_again(
    session: Session, world: World
) -> None:
    other = register(session, world)
    merge(session, world, other)
    with pytest.raises(Conflict):
        part(session, world, other, version=1)
    part(session, world, other)
    with pytest.raises(NotFound):
        part(session, world, other, version=3)
    merge(session, world, other)
    assert get_patient(session, actor=world.alice, patient_id=other).id == world.pat


def test_who_writes_while_the_records_are_merged_writes_to_the_kept_one_or_is_told(
    engine: Engine, world: World
) -> None:
    with transaction(engine) as session:
        other = register(session, world)
    failed: list[Exception] = []

    def write() -> None:
        try:
            with transaction(engine) as session:
                assess(session, world, other, 7, 3)
        except Conflict as conflict:
            failed.append(conflict)

    writer = Thread(target=write)
    with transaction(engine) as session:
        merge(session, world, other)
        writer.start()
        writer.join(0.5)  # long enough to be waiting for the lock
    writer.join()
    with transaction(engine, write=False) as session:
        added = [a for a in session.exec(select(Assessment)) if a.assessed_on > PERFORMED]
    assert [a.patient_id for a in added] == ([] if failed else [world.pat])


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_is_given(session: Session, world: World, reason: str) -> None:
    other = register(session, world)
    with pytest.raises(RuleViolation):
        merge(session, world, other, reason=reason)


def test_records_of_two_sites_are_never_merged(session: Session, world: World) -> None:
    stranger = register_patient(
        session,
        actor=world.charlie,
        site_id=world.south,
        draft=patient_draft("S1"),
        today=TODAY,
    ).id
    with pytest.raises(NotFound):
        merge(session, world, stranger)
    with pytest.raises(NotFound):
        merge(session, world, world.pat, keep_id=stranger, actor=world.charlie)
    other = register(session, world)
    for actor, error in ((world.charlie, NotFound), (world.quinn, NotPermitted)):
        with pytest.raises(error):
            merge(session, world, other, actor=actor)
