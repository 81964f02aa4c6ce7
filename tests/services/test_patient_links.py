"""A link: one patient, one answer, for some days, and nothing of it kept that could be used."""

from __future__ import annotations

import hashlib
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from registry.db.engine import transaction
from registry.db.tables import Assessment, AuditEvent, PatientLink, ProcedureOutcomeRow
from registry.domain.access import Actor
from registry.domain.errors import Conflict, NotFound, NotPermitted, RegistryError, RuleViolation
from registry.domain.rules.patient_answer import PatientAnswer, regimen_in
from registry.services.corrections import get_record
from registry.services.patient_links import (
    answer_by_link,
    list_open_links,
    look_at_link,
    make_patient_link,
    withdraw_link,
)
from registry.services.patients import read_course, register_patient
from tests.world import PERFORMED, TODAY, World, dies, patient_draft

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AT_SEVEN_DAYS = PERFORMED + timedelta(days=7)
ANSWER = PatientAnswer(average=4, worst=6, pgic=2, taken="MST 20 bd")


def make(session: Session, world: World, **changes: object) -> str:
    values = {"actor": world.alice, "patient_id": world.pat, "now": NOW, **changes}
    return make_patient_link(session, **values)[1]  # type: ignore[arg-type]


def answer(
    session: Session, secret: str, said: PatientAnswer = ANSWER, today: date = AT_SEVEN_DAYS
) -> Assessment:
    return answer_by_link(session, secret=secret, answer=said, now=NOW, today=today)


def test_only_a_hash_of_a_secret_of_32_bytes_is_kept(session: Session, world: World) -> None:
    link, secret = make_patient_link(session, actor=world.alice, patient_id=world.pat, now=NOW)
    assert len(secret) == 43  # 32 bytes in base64 without padding
    assert link.token_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert link.expires_at == NOW + timedelta(days=7)
    session.flush()
    trail = json.dumps([e.changes for e in session.exec(select(AuditEvent)).all()])
    assert secret not in trail
    assert link.token_hash not in trail


def test_an_answer_is_a_self_report_by_link_and_moves_the_outcome(
    session: Session, world: World
) -> None:
    secret = make(session, world)
    row = answer(session, secret)
    kept = get_record(session, Assessment, actor=world.alice, record_id=row.id)
    assert (kept.source, kept.assessed_on) == ("link", AT_SEVEN_DAYS)
    assert {(s.kind, s.recall, s.respondent, s.score) for s in kept.scores} == {
        ("average", "24h", "self", 4),
        ("worst", "24h", "self", 6),
    }
    assert [(m.instrument, m.respondent, m.value) for m in kept.measures] == [("pgic", "self", 2)]
    assert (kept.regimen_recorded, kept.medd_mg, kept.regimen_text) == (True, 40, "MST 20 bd")
    outcome = session.get_one(ProcedureOutcomeRow, (world.north, world.celiac))
    assert (outcome.nrs_7d, outcome.pgic_7d, outcome.state_7d) == (4, 2, "responder")
    link = session.exec(select(PatientLink)).one()
    assert (link.used_at, link.assessment_id) == (NOW, row.id)


def test_the_trail_says_that_it_was_the_patient(session: Session, world: World) -> None:
    row = answer(session, make(session, world))
    event = session.exec(select(AuditEvent).where(AuditEvent.record_id == row.id)).one()
    assert (event.action, event.actor) == ("add_assessment", "the patient, by link")
    assert (event.user_id, event.role) == (None, "none")


def test_it_works_once(session: Session, world: World) -> None:
    secret = make(session, world)
    answer(session, secret)
    for again in (ANSWER, PatientAnswer(average=9)):
        with pytest.raises(NotFound):
            answer(session, secret, again)
    with pytest.raises(NotFound):
        look_at_link(session, secret=secret, now=NOW)
    assert len(read_course(session, actor=world.alice, patient_id=world.pat).assessments) == 2


def test_a_new_one_withdraws_the_one_before(session: Session, world: World) -> None:
    first, second = make(session, world), make(session, world)
    with pytest.raises(NotFound):
        answer(session, first)
    course = read_course(session, actor=world.alice, patient_id=world.pat)
    assert len(list_open_links(session, actor=world.alice, course=course, now=NOW)) == 1
    assert answer(session, second)


def test_it_expires(session: Session, world: World) -> None:
    secret = make(session, world, valid_days=1)
    just_before = NOW + timedelta(hours=23, minutes=59)
    assert look_at_link(session, secret=secret, now=just_before).asks_change
    with pytest.raises(NotFound):
        look_at_link(session, secret=secret, now=NOW + timedelta(days=1))


def test_it_can_be_withdrawn(session: Session, world: World) -> None:
    link, secret = make_patient_link(session, actor=world.bob, patient_id=world.pat, now=NOW)
    withdraw_link(session, actor=world.bob, link_id=link.id, now=NOW)
    withdraw_link(session, actor=world.bob, link_id=link.id, now=NOW)  # twice is no mistake
    with pytest.raises(NotFound):
        answer(session, secret)


def test_a_used_one_has_nothing_to_withdraw(session: Session, world: World) -> None:
    link, secret = make_patient_link(session, actor=world.alice, patient_id=world.pat, now=NOW)
    answer(session, secret)
    with pytest.raises(Conflict):
        withdraw_link(session, actor=world.alice, link_id=link.id, now=NOW)


def test_who_may_not_write_records_can_neither_make_nor_withdraw(
    session: Session, world: World
) -> None:
    link, _ = make_patient_link(session, actor=world.alice, patient_id=world.pat, now=NOW)
    refused: tuple[tuple[Actor, type[RegistryError]], ...] = (
        (world.quinn, NotPermitted),
        (world.charlie, NotFound),
    )
    for actor, error in refused:
        with pytest.raises(error):
            make(session, world, actor=actor)
        with pytest.raises(NotFound):
            withdraw_link(session, actor=actor, link_id=link.id, now=NOW)
    assert session.exec(select(PatientLink)).one().revoked_at is None


def test_after_a_death_there_is_nobody_to_answer(session: Session, world: World) -> None:
    secret = make(session, world)
    dies(session, world, 5)
    with pytest.raises(NotFound):
        answer(session, secret)
    with pytest.raises(RuleViolation):
        make(session, world)


@pytest.mark.parametrize("days", [0, 31, -1])
def test_it_is_never_valid_for_ever(session: Session, world: World, days: int) -> None:
    with pytest.raises(RuleViolation):
        make(session, world, valid_days=days)


@pytest.mark.parametrize(
    ("words", "medd"),
    [
        ("MST 30 bd, oramorph 10mg prn x4", 100),
        ("no opioids", 0),
        ("the purple ones, and a patch", None),
        ("MST 30 bd and something at night", None),
        ("nothing", None),  # of tablets, says who wears a patch
        ("", None),
    ],
)
def test_medicines_count_only_when_every_word_was_understood(
    session: Session, world: World, words: str, medd: float | None
) -> None:
    row = answer(session, make(session, world), PatientAnswer(average=4, taken=words or None))
    assert row.medd_mg == medd
    assert row.regimen_recorded is (medd is not None)
    assert row.regimen_text == (words or None)
    assert (regimen_in(words) is None) is (medd is None)


@pytest.mark.parametrize(
    "said",
    [
        PatientAnswer(),
        PatientAnswer(average=6, worst=3),
        PatientAnswer(average=11),
        PatientAnswer(average=4, taken="x" * 2001),
    ],
)
def test_what_cannot_be_kept_leaves_the_link_open(
    session: Session, world: World, said: PatientAnswer
) -> None:
    secret = make(session, world)
    with pytest.raises(RuleViolation):
        answer(session, secret, said)
    assert answer(session, secret)


def test_an_answer_on_the_day_of_a_procedure_is_nobodys_baseline(
    session: Session, world: World
) -> None:
    row = answer(session, make(session, world), today=PERFORMED)
    assert row.after_procedure
    outcome = session.get_one(ProcedureOutcomeRow, (world.north, world.celiac))
    assert outcome.nrs_baseline == 8


def test_nothing_that_is_logged_holds_the_secret(
    session: Session, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        secret = make(session, world)
        answer(session, secret)
        with pytest.raises(NotFound) as refused:
            answer(session, secret)
    assert secret not in caplog.text + str(refused.value)


def test_two_answers_at_once_are_one_record(engine: Engine, world: World) -> None:
    with transaction(engine) as session:
        secret = make(session, world)

    def send(score: int) -> UUID | None:
        try:
            with transaction(engine) as session:
                return answer(session, secret, PatientAnswer(average=score)).id
        except NotFound:
            return None

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(send, (1, 2, 3, 4)))
    assert len([d for d in done if d]) == 1
    with transaction(engine, write=False) as session:
        course = read_course(session, actor=world.alice, patient_id=world.pat)
        assert len(course.assessments) == 2


def test_a_patient_without_a_procedure_is_not_asked_what_changed(
    session: Session, world: World
) -> None:

    new = register_patient(
        session, actor=world.alice, site_id=world.north, draft=patient_draft("H2"), today=TODAY
    )
    secret = make(session, world, patient_id=new.id)
    assert not look_at_link(session, secret=secret, now=NOW).asks_change
    with pytest.raises(RuleViolation) as refused:
        answer(session, secret)
    assert [p.field for p in refused.value.problems] == ["pgic"]
