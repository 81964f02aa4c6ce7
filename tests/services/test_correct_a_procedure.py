"""Correcting a procedure: what hangs on it stays true."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session

from registry.db.tables import AdverseEvent, Procedure
from registry.domain.drafts import AdverseEventDraft, ProcedureDraft
from registry.domain.errors import Conflict, RuleViolation
from registry.services.adverse_events import add_adverse_event
from registry.services.corrections import Amendment, void_record
from registry.services.procedures import amend_procedure
from tests.world import PERFORMED, TODAY, World, procedure_draft


def amend(session: Session, world: World, draft: ProcedureDraft, version: int = 1) -> Procedure:
    return amend_procedure(
        session,
        actor=world.alice,
        procedure_id=world.celiac,
        draft=draft,
        amendment=Amendment(version, "typed wrongly"),
        today=TODAY,
    )


def event_on(session: Session, world: World, day: int, name: str) -> AdverseEvent:
    return add_adverse_event(
        session,
        actor=world.alice,
        procedure_id=world.celiac,
        draft=AdverseEventDraft(onset_on=PERFORMED + timedelta(days=day), complication=name),
        today=TODAY,
    )


def test_it_is_not_moved_past_its_own_adverse_event(session: Session, world: World) -> None:
    event_on(session, world, 0, "hypotension")
    with pytest.raises(RuleViolation) as refused:
        amend(session, world, procedure_draft(PERFORMED + timedelta(days=1)))
    assert [p.field for p in refused.value.problems] == ["performed_on"]


def test_moved_away_from_its_baseline_it_needs_a_reason(session: Session, world: World) -> None:
    later = PERFORMED + timedelta(days=10)
    with pytest.raises(RuleViolation) as refused:
        amend(session, world, procedure_draft(later))
    assert [p.field for p in refused.value.problems] == ["baseline_missing_reason"]
    assert amend(session, world, procedure_draft(later, baseline_missing_reason="drowsy"))


def test_what_is_to_be_expected_follows_the_technique(session: Session, world: World) -> None:
    event = event_on(session, world, 1, "transient-diarrhoea")
    assert event.expected
    amend(session, world, procedure_draft(technique="stellate-ganglion"))
    assert not event.expected


def test_a_stale_version_is_refused(session: Session, world: World) -> None:
    amend(session, world, procedure_draft(operator="Dr Baker"))
    with pytest.raises(Conflict):
        amend(session, world, procedure_draft(operator="Dr Cole"))


def test_a_procedure_with_events_is_not_voided_from_under_them(
    session: Session, world: World
) -> None:
    event_on(session, world, 1, "hypotension")
    with pytest.raises(RuleViolation):
        void_record(
            session,
            Procedure,
            actor=world.alice,
            record_id=world.celiac,
            amendment=Amendment(1, "wrong patient"),
        )
