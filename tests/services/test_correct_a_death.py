"""Correcting the day of a death moves along what else tells of that day."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session

from registry.db.tables import AdverseEvent, Death
from registry.domain.drafts import AdverseEventDraft
from registry.domain.errors import RuleViolation
from registry.services.adverse_events import add_adverse_event
from registry.services.corrections import Amendment
from registry.services.particulars import amend_death
from registry.services.patients import record_death
from tests.world import PERFORMED, TODAY, World, dies

EARLY, LATE = PERFORMED + timedelta(days=5), PERFORMED + timedelta(days=20)


def _event(session: Session, world: World, resolution: str, resolved_on: date) -> AdverseEvent:
    fatal = resolution == "fatal"
    draft = AdverseEventDraft(
        onset_on=PERFORMED,
        complication="haemorrhage",
        grade=5 if fatal else 2,
        resolution=resolution,
        resolved_on=resolved_on,
    )
    return add_adverse_event(
        session, actor=world.alice, procedure_id=world.celiac, draft=draft, today=TODAY
    )


def _amend(session: Session, world: World, death: UUID, died_on: date) -> Death:
    return amend_death(
        session,
        actor=world.alice,
        death_id=death,
        died_on=died_on,
        amendment=Amendment(1, "misread"),
        today=TODAY,
    )


@pytest.mark.parametrize("died_on", [EARLY, LATE + timedelta(days=2)])
def test_a_fatal_event_ends_on_the_day_of_death(
    session: Session, world: World, died_on: date
) -> None:
    death = dies(session, world, 20)
    event = _event(session, world, "fatal", LATE)
    _amend(session, world, death, died_on)
    assert (event.resolved_on, event.version) == (died_on, 2)


def test_what_healed_after_a_day_keeps_the_death_from_being_that_early(
    session: Session, world: World
) -> None:
    _event(session, world, "resolved", LATE)
    with pytest.raises(RuleViolation):
        record_death(session, actor=world.alice, patient_id=world.pat, died_on=EARLY, today=TODAY)
    death = dies(session, world, 20)
    with pytest.raises(RuleViolation):
        _amend(session, world, death, EARLY)
