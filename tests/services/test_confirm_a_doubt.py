"""A doubt is asked once; the answer is kept, with who gave it, and stands for that value alone."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from registry.db.engine import transaction
from registry.db.tables import Assessment, Confirmation, Procedure
from registry.domain.errors import Doubtful
from registry.services.assessments import add_assessment, amend_assessment
from registry.services.corrections import Amendment
from registry.services.procedures import log_procedure
from tests.world import PERFORMED, TODAY, World, assessment_draft, morphine, procedure_draft

DAY = PERFORMED + timedelta(days=30)
HIGH = "medd-high:900"


def _add(session: Session, world: World, *confirmed: str, mg: int = 450) -> UUID:
    draft = assessment_draft(DAY, 5, regimen=morphine(mg), confirmed=frozenset(confirmed))
    return add_assessment(
        session, actor=world.alice, patient_id=world.pat, draft=draft, today=TODAY
    ).id


def _amend(
    session: Session, world: World, record: UUID, version: int, *confirmed: str, mg: int
) -> None:
    draft = assessment_draft(DAY, 4, regimen=morphine(mg), confirmed=frozenset(confirmed))
    amend_assessment(
        session,
        actor=world.alice,
        assessment_id=record,
        draft=draft,
        amendment=Amendment(version, "misheard"),
        today=TODAY,
    )


def _kept(engine: Engine) -> list[tuple[str, str, UUID]]:
    with transaction(engine, write=False) as session:
        rows = session.exec(select(Confirmation).order_by(col(Confirmation.id))).all()
        return [(row.code, row.actor, row.record_id) for row in rows]


def test_it_is_asked_and_nothing_is_written(engine: Engine, world: World) -> None:
    with pytest.raises(Doubtful) as asked, transaction(engine) as session:
        _add(session, world)
    assert [d.code for d in asked.value.doubts] == [HIGH]
    with transaction(engine, write=False) as session:
        assert len(session.exec(select(Assessment)).all()) == 1


def test_the_answer_is_kept_with_who_gave_it(engine: Engine, world: World) -> None:
    with transaction(engine) as session:
        record = _add(session, world, HIGH)
    assert _kept(engine) == [(HIGH, "Alice", record)]


def test_it_is_not_asked_again_when_the_record_is_corrected(engine: Engine, world: World) -> None:
    with transaction(engine) as session:
        record = _add(session, world, HIGH)
    with transaction(engine) as session:
        _amend(session, world, record, 1, mg=450)
    assert len(_kept(engine)) == 1


def test_another_value_is_asked_about_anew(engine: Engine, world: World) -> None:
    with transaction(engine) as session:
        record = _add(session, world, HIGH)
    with pytest.raises(Doubtful), transaction(engine) as session:
        _amend(session, world, record, 1, HIGH, mg=500)
    with transaction(engine) as session:
        _amend(session, world, record, 1, "medd-high:1000", mg=500)
    assert [code for code, _, _ in _kept(engine)] == [HIGH, "medd-high:1000"]


def test_an_answer_to_what_was_not_asked_is_not_kept(engine: Engine, world: World) -> None:
    with transaction(engine) as session:
        _add(session, world, HIGH, mg=30)
    assert _kept(engine) == []


def test_where_nobody_can_be_asked_the_record_is_kept_as_it_came(
    engine: Engine, world: World
) -> None:
    draft = assessment_draft(DAY, 5, regimen=morphine(450), confirmed=None)
    with transaction(engine) as session:
        add_assessment(session, actor=world.alice, patient_id=world.pat, draft=draft, today=TODAY)
    assert _kept(engine) == []


def test_procedure_and_baseline_are_asked_about_together(engine: Engine, world: World) -> None:
    baseline = assessment_draft(DAY, 0, regimen=morphine(450))

    def log(*confirmed: str) -> Procedure:
        with transaction(engine) as session:
            return log_procedure(
                session,
                actor=world.alice,
                patient_id=world.pat,
                draft=procedure_draft(
                    DAY, technique="stellate-ganglion", confirmed=frozenset(confirmed)
                ),
                baseline=baseline,
                today=TODAY,
            )

    with pytest.raises(Doubtful) as asked:
        log()
    assert {d.code for d in asked.value.doubts} == {"no-pain", HIGH}
    row = log("no-pain", HIGH)
    kept = _kept(engine)
    assert {code for code, _, _ in kept} == {"no-pain", HIGH}
    assert {record for code, _, record in kept if code == "no-pain"} == {row.id}
