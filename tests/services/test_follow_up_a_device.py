"""Following up a pump: what is found is kept, corrected, asked about once, and due again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent, Confirmation, DeviceCheck, Patient, Procedure
from registry.domain.drafts import DeviceCheckDraft, InfusateDraft, PatientDraft
from registry.domain.errors import Conflict, Doubtful, NotFound, NotPermitted, RuleViolation
from registry.services.corrections import Amendment, void_record
from registry.services.device_checks import add_device_check, amend_device_check
from registry.services.devices import device_courses, last_check, list_refills_due
from registry.services.patients import read_course, record_death, register_patient
from registry.services.procedures import amend_procedure, log_procedure
from registry.services.timelines import to_timeline
from tests.web.queries import counted
from tests.world import TODAY, World, patient_draft, procedure_draft

PUMP = "intrathecal-drug-delivery"
PLACED = date(2026, 1, 12)
CHECKED = date(2026, 2, 2)
MORPHINE = InfusateDraft(
    drug="morphine",
    concentration=10,
    concentration_unit="mg/ml",
    daily_dose=4,
    daily_unit="mg/24h",
)
CHECK = DeviceCheckDraft(
    checked_on=CHECKED,
    status="refilled",
    rate_ml_per_day=0.4,
    refilled_ml=20,
    refill_due_on=date(2026, 3, 9),
    infusate=(MORPHINE, InfusateDraft(drug="bupivacaine")),
)


def treat(
    session: Session,
    world: World,
    intent: str = "implant",
    on: date = PLACED,
    patient: UUID | None = None,
    **changes: Any,
) -> Procedure:
    return log_procedure(
        session,
        actor=world.alice,
        patient_id=patient or world.pat,
        draft=procedure_draft(
            on,
            intent=intent,
            baseline_missing_reason="not asked",
            confirmed=None,
            **{"technique": PUMP, **changes},
        ),
        baseline=None,
        today=TODAY,
    )


def check(session: Session, world: World, on: Procedure, **changes: Any) -> DeviceCheck:
    return add_device_check(
        session,
        actor=world.alice,
        procedure_id=on.id,
        draft=replace(CHECK, **changes),
        today=TODAY,
    )


def amend(
    session: Session, world: World, row: DeviceCheck, version: int, **changes: Any
) -> DeviceCheck:
    return amend_device_check(
        session,
        actor=world.alice,
        check_id=row.id,
        draft=replace(CHECK, **changes),
        amendment=Amendment(version, "Misread the notes"),
        today=TODAY,
    )


def test_a_check_stands_on_the_course_with_its_drugs_in_order(
    session: Session, world: World
) -> None:
    row = check(session, world, treat(session, world))
    session.expire_all()
    (kept,) = read_course(session, actor=world.alice, patient_id=world.pat).device_checks
    assert kept.id == row.id
    assert [i.drug for i in kept.infusate] == ["morphine", "bupivacaine"]
    event = session.exec(select(AuditEvent).where(AuditEvent.record_id == row.id)).one()
    assert (event.action, event.actor) == ("add_device_check", "Alice")
    assert [i["drug"] for i in event.changes["infusate"][1]] == ["morphine", "bupivacaine"]


def test_a_pump_is_taken_to_give_an_opioid_until_a_check_finds_none(
    session: Session, world: World
) -> None:
    pump = treat(session, world)

    def spans() -> tuple[tuple[date, date | None], ...]:
        return to_timeline(read_course(session, actor=world.alice, patient_id=world.pat)).infusions

    ((placed, until),) = spans()
    assert until is None
    check(session, world, pump)
    later = CHECKED + timedelta(days=1)
    check(session, world, pump, checked_on=later, infusate=())
    assert spans() == ((placed, None),)
    check(session, world, pump, checked_on=later, infusate=(replace(MORPHINE, drug="ziconotide"),))
    assert spans() == ((placed, later),)


def test_a_correction_keeps_the_version_before(session: Session, world: World) -> None:
    row = check(session, world, treat(session, world))
    row = amend(session, world, row, 1, infusate=(replace(MORPHINE, daily_dose=4.2),))
    assert row.version == 2
    assert [i.daily_dose for i in row.infusate] == [4.2]
    event = session.exec(select(AuditEvent).where(AuditEvent.action == "amend")).one()
    assert event.reason == "Misread the notes"
    assert [i["daily_dose"] for i in event.changes["infusate"][1]] == [4.2]
    with pytest.raises(Conflict):
        amend(session, world, row, 1, status="working")
    with pytest.raises(RuleViolation, match="Nothing was changed"):
        amend(session, world, row, 2, infusate=(replace(MORPHINE, daily_dose=4.2),))


def test_a_dose_that_does_not_add_up_is_asked_about_once(session: Session, world: World) -> None:
    pump = treat(session, world)
    wrong = {"infusate": (replace(MORPHINE, daily_dose=40),)}
    with pytest.raises(Doubtful) as unsure:
        check(session, world, pump, **wrong)
    (doubt,) = unsure.value.doubts
    row = check(session, world, pump, **wrong, confirmed=frozenset({doubt.code}))
    answer = session.exec(select(Confirmation).where(Confirmation.record_id == row.id)).one()
    assert (answer.code, answer.actor) == (doubt.code, "Alice")
    amend(session, world, row, 1, **wrong, status="working")
    with pytest.raises(Doubtful):
        amend(session, world, row, 2, infusate=(replace(MORPHINE, daily_dose=50),))


def test_what_left_no_device_is_not_checked(session: Session, world: World) -> None:
    pump = treat(session, world)
    explant = treat(session, world, "explant", date(2026, 2, 10), follows_id=pump.id)
    celiac = session.get_one(Procedure, (world.north, world.celiac))
    for procedure in (celiac, explant):
        with pytest.raises(RuleViolation, match="no device"):
            check(session, world, procedure)
    with pytest.raises(RuleViolation) as late:
        check(session, world, pump, checked_on=date(2026, 2, 11), refill_due_on=None)
    assert [p.field for p in late.value.problems] == ["checked_on"]
    check(session, world, pump, checked_on=date(2026, 2, 10))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"performed_on": CHECKED + timedelta(days=1)}, "performed_on"),
        ({"technique": "coeliac-plexus", "intent": "therapeutic"}, "technique"),
        ({"intent": "explant"}, "intent"),
    ],
)
def test_a_procedure_keeps_the_device_that_was_checked(
    session: Session, world: World, changes: dict[str, Any], field: str
) -> None:
    pump = treat(session, world)
    check(session, world, pump)
    values = {"performed_on": PLACED, "technique": PUMP, "intent": "implant", **changes}
    draft = procedure_draft(**values, baseline_missing_reason="not asked", confirmed=None)
    with pytest.raises(RuleViolation) as refused:
        amend_procedure(
            session,
            actor=world.alice,
            procedure_id=pump.id,
            draft=draft,
            amendment=Amendment(1, "Wrong box"),
            today=TODAY,
        )
    assert field in {p.field for p in refused.value.problems}


def test_a_stranger_finds_nothing_and_a_reader_may_not(session: Session, world: World) -> None:
    pump = treat(session, world)
    for actor, error in ((world.charlie, NotFound), (world.quinn, NotPermitted)):
        with pytest.raises(error):
            add_device_check(session, actor=actor, procedure_id=pump.id, draft=CHECK, today=TODAY)


def test_a_death_cannot_lie_before_a_check(session: Session, world: World) -> None:
    check(session, world, treat(session, world))
    with pytest.raises(RuleViolation):
        record_death(
            session,
            actor=world.alice,
            patient_id=world.pat,
            died_on=CHECKED - timedelta(days=1),
            today=TODAY,
        )


def test_a_devices_course_runs_from_trial_to_removal(session: Session, world: World) -> None:
    trial = treat(session, world, "trial")
    pump = treat(session, world, "implant", date(2026, 1, 19), follows_id=trial.id)
    refill = treat(session, world, "refill", date(2026, 2, 9), follows_id=pump.id)
    first = check(session, world, pump)
    second = check(session, world, refill, checked_on=date(2026, 2, 9))
    course = read_course(session, actor=world.alice, patient_id=world.pat)
    (device,) = device_courses(course.procedures, course.device_checks)
    assert [p.id for p in device.procedures] == [trial.id, pump.id, refill.id]
    assert [c.id for c in device.checks] == [first.id, second.id]
    assert (device.served_by.id, device.removed_on) == (refill.id, None)
    assert last_check(course, trial) is second
    assert last_check(course, trial, until=CHECKED) is first
    assert last_check(course, trial, until=PLACED) is None


@pytest.mark.parametrize(
    ("later", "due"),
    [
        ({"status": "working", "refill_due_on": None, "refilled_ml": None}, date(2026, 3, 9)),
        ({"refill_due_on": date(2026, 3, 12)}, date(2026, 3, 12)),
        ({"refill_due_on": None}, None),
        ({"status": "removed", "refill_due_on": None, "refilled_ml": None}, None),
    ],
)
def test_the_last_check_that_tells_says_when_to_refill(
    session: Session, world: World, later: dict[str, Any], due: date | None
) -> None:
    pump = treat(session, world)
    check(session, world, pump)
    check(session, world, pump, **{"checked_on": date(2026, 2, 20), **later})
    listed = list_refills_due(session, actor=world.alice, today=TODAY)
    assert [r.due_on for r in listed] == ([due] if due else [])


def test_a_refill_that_was_logged_is_no_longer_due(session: Session, world: World) -> None:
    pump = treat(session, world)
    check(session, world, pump)
    treat(session, world, "refill", date(2026, 2, 27), follows_id=pump.id)
    assert list_refills_due(session, actor=world.alice, today=TODAY) == []


@pytest.mark.parametrize(
    ("today", "late"),
    [
        (date(2026, 2, 22), None),
        (date(2026, 2, 23), -14),
        (date(2026, 3, 9), 0),
        (date(2026, 7, 7), 120),
        (date(2026, 7, 8), None),
    ],
)
def test_a_refill_is_listed_from_two_weeks_before_until_others_care(
    session: Session, world: World, today: date, late: int | None
) -> None:
    pump = treat(session, world)
    check(session, world, pump)
    listed = list_refills_due(session, actor=world.alice, today=today)
    assert [r.days_late for r in listed] == ([] if late is None else [late])
    assert all(r.procedure_id == pump.id and r.technique == PUMP for r in listed)


def test_the_dead_the_voided_and_strangers_are_not_refilled(session: Session, world: World) -> None:
    row = check(session, world, treat(session, world))
    assert len(list_refills_due(session, actor=world.bob, today=TODAY)) == 1
    assert list_refills_due(session, actor=world.charlie, today=TODAY) == []
    assert list_refills_due(session, actor=world.quinn, today=TODAY) == []
    with session.begin_nested() as undo:
        record_death(session, actor=world.alice, patient_id=world.pat, died_on=CHECKED, today=TODAY)
        assert list_refills_due(session, actor=world.alice, today=TODAY) == []
        undo.rollback()
    void_record(
        session, DeviceCheck, actor=world.alice, record_id=row.id, amendment=Amendment(1, "Twice")
    )
    assert list_refills_due(session, actor=world.alice, today=TODAY) == []


def test_a_second_record_of_a_person_is_refilled_under_the_first(
    session: Session, world: World
) -> None:
    other = _another(session, world, "H2")
    check(session, world, treat(session, world, patient=other.id))
    other.merged_into_id = world.pat
    session.add(other)
    session.flush()
    (listed,) = list_refills_due(session, actor=world.alice, today=TODAY)
    assert (listed.patient_id, listed.hospital_number) == (world.pat, "H1")
    record_death(session, actor=world.alice, patient_id=world.pat, died_on=CHECKED, today=TODAY)
    assert list_refills_due(session, actor=world.alice, today=TODAY) == []


def test_the_list_takes_the_same_queries_for_many_as_for_one(engine: Engine, world: World) -> None:
    with transaction(engine) as session:
        check(session, world, treat(session, world))

    def count() -> tuple[int, int]:
        with transaction(engine, write=False) as session, counted(engine) as statements:
            found = len(list_refills_due(session, actor=world.alice, today=TODAY))
        return found, len(statements)

    one, queries = count()
    with transaction(engine) as session:
        for number in range(2, 6):
            other = _another(session, world, f"H{number}")
            check(session, world, treat(session, world, patient=other.id))
    assert (one, count()) == (1, (5, queries))


def _another(session: Session, world: World, number: str) -> Patient:
    draft: PatientDraft = patient_draft(number)
    return register_patient(
        session, actor=world.alice, site_id=world.north, draft=draft, today=TODAY
    )


def test_a_device_is_not_taken_out_before_it_was_checked(session: Session, world: World) -> None:
    pump = treat(session, world)
    check(session, world, pump)
    before = CHECKED - timedelta(days=1)
    with pytest.raises(RuleViolation, match="checked after this day"):
        treat(session, world, "explant", before, follows_id=pump.id)
    treat(session, world, "explant", CHECKED, follows_id=pump.id)


@pytest.mark.parametrize(
    "slip", [{"rate_ml_per_day": 50.0}, {"refilled_ml": 200.0}, {"reservoir_ml": 180.0}]
)
def test_a_setting_that_looks_like_a_slip_is_asked_about(
    session: Session, world: World, slip: dict[str, float]
) -> None:
    pump = treat(session, world)
    with pytest.raises(Doubtful) as asked:
        check(session, world, pump, infusate=(), confirmed=frozenset(), **slip)
    codes = frozenset(d.code for d in asked.value.doubts)
    assert check(session, world, pump, infusate=(), confirmed=codes, **slip).version == 1
