"""Recording and correcting what a look at a device or a catheter found."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Session

from registry.db.queries.patients import Course
from registry.db.tables import DeviceCheck, InfusateItem, Procedure
from registry.domain.access import Actor
from registry.domain.devices import (
    EXPLANT,
    DeviceKind,
    doubts_about_infusate,
    doubts_about_settings,
    explanted_on,
)
from registry.domain.drafts import DeviceCheckDraft
from registry.domain.errors import Doubt, RuleViolation, refuse
from registry.domain.rules import NO_DEVICE, check_device_check
from registry.domain.techniques import taxonomy
from registry.services.audit import created, record_event
from registry.services.corrections import Amendment, amending, open_record
from registry.services.outcomes import refresh_outcomes
from registry.services.patients import bounds_of
from registry.services.plausibility import ask, remember
from registry.services.timelines import to_event, to_timeline

_PLAIN_FIELDS = (
    "checked_on",
    "status",
    "mode",
    "rate_ml_per_day",
    "reservoir_ml",
    "refilled_ml",
    "refill_due_on",
    "amplitude",
    "amplitude_unit",
    "frequency_hz",
    "pulse_width_us",
    "hours_on_per_day",
    "note",
)


def device_of(procedure: Procedure) -> DeviceKind:
    """Give the kind of device that a procedure left in place; `RuleViolation` when it left none."""
    device = taxonomy().techniques[procedure.technique].device
    if device is None or procedure.intent == EXPLANT:
        raise RuleViolation.at("", NO_DEVICE)
    return device


def add_device_check(
    session: Session,
    *,
    actor: Actor,
    procedure_id: UUID,
    draft: DeviceCheckDraft,
    today: date,
) -> DeviceCheck:
    """Record a look at the device that a procedure placed or served."""
    procedure, course = open_record(session, Procedure, actor=actor, record_id=procedure_id)
    _check(draft, procedure, course, today)
    answered = ask(session, _doubts(draft, procedure), draft.confirmed)
    row = new_device_check(procedure, draft)
    session.add(row)
    record_event(session, actor, "add_device_check", record=row, changes=created(row))
    remember(session, actor, row, answered)
    refresh_outcomes(session, course.plus(row))
    return row


def new_device_check(procedure: Procedure, draft: DeviceCheckDraft) -> DeviceCheck:
    """Make the row of a look at what a procedure left in place, with its parts."""
    row = DeviceCheck(
        site_id=procedure.site_id,
        patient_id=procedure.patient_id,
        procedure_id=procedure.id,
        checked_on=draft.checked_on,
    )
    _fill(row, draft)
    _fill_parts(row, draft)
    return row


def amend_device_check(
    session: Session,
    *,
    actor: Actor,
    check_id: UUID,
    draft: DeviceCheckDraft,
    amendment: Amendment,
    today: date,
) -> DeviceCheck:
    """Correct a device check; the earlier version stays in the trail."""
    row, course = open_record(session, DeviceCheck, actor=actor, record_id=check_id)
    procedure = next(p for p in course.procedures if p.id == row.procedure_id)
    _check(draft, procedure, course, today)
    answered = ask(session, _doubts(draft, procedure), draft.confirmed, row)
    with amending(session, row, actor=actor, amendment=amendment):
        _fill(row, draft)
        row.infusate = []
        session.flush()  # what is replaced must be gone before the new parts take its place
        _fill_parts(row, draft)
    remember(session, actor, row, answered)
    refresh_outcomes(session, course)
    return row


def _check(draft: DeviceCheckDraft, procedure: Procedure, course: Course, today: date) -> None:
    device = device_of(procedure)
    removed_on = explanted_on(to_event(procedure), to_timeline(course).procedures)
    bounds = bounds_of(course, today)
    refuse(check_device_check(draft, device, procedure.performed_on, removed_on, bounds))


def _doubts(draft: DeviceCheckDraft, procedure: Procedure) -> list[Doubt]:
    device = device_of(procedure)
    return [*doubts_about_infusate(draft), *doubts_about_settings(draft, device)]


def _fill(row: DeviceCheck, draft: DeviceCheckDraft) -> None:
    for name in _PLAIN_FIELDS:
        setattr(row, name, getattr(draft, name))
    row.events = ";".join(draft.events) or None


def _fill_parts(row: DeviceCheck, draft: DeviceCheckDraft) -> None:
    row.infusate = [
        InfusateItem(
            site_id=row.site_id,
            device_check_id=row.id,
            position=position,
            drug=item.drug,
            concentration=item.concentration,
            concentration_unit=item.concentration_unit,
            daily_dose=item.daily_dose,
            daily_unit=item.daily_unit,
        )
        for position, item in enumerate(draft.infusate)
    ]
