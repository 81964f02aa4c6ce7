"""Records that were voided: listing them, and undoing a void."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from registry.db.queries import records as queries
from registry.db.queries.patients import Course, Event
from registry.db.queries.trail import list_trail
from registry.db.tables import (
    AdverseEvent,
    Assessment,
    AuditEvent,
    Death,
    DeviceCheck,
    MissedFollowUp,
    Procedure,
)
from registry.domain.access import Actor, Permission, require
from registry.domain.complications import complication
from registry.domain.devices import explanted_on
from registry.domain.errors import NotFound, Problem, refuse
from registry.domain.grading import Resolution
from registry.domain.links import check_link
from registry.domain.rules import Bounds, check_death, check_events_after
from registry.services.corrections import Amendment, TimelineRecord, amending
from registry.services.outcomes import refresh_outcomes
from registry.services.patients import bounds_of, days_alive, open_course
from registry.services.timelines import to_event, to_timeline

_PARENT_GONE = "It belongs to a procedure that was voided. Undo that void first."


@dataclass(frozen=True, slots=True)
class Voided:
    """A record that was taken out of everything derived: by whom, when and why."""

    record: Event
    at: datetime
    reason: str
    by: str


def list_voided(session: Session, course: Course) -> list[Voided]:
    """List the voided records of a patient, the latest voided first."""
    site_id = course.patient.site_id
    everyone = [course.patient.id, *(p.id for p in course.merged)]

    rows: list[Event] = [
        *queries.list_voided(session, Procedure, site_id, everyone),
        *queries.list_voided(session, Assessment, site_id, everyone),
        *queries.list_voided(session, AdverseEvent, site_id, everyone),
        *queries.list_voided(session, DeviceCheck, site_id, everyone),
        *queries.list_voided(session, MissedFollowUp, site_id, everyone),
        *queries.list_voided(session, Death, site_id, everyone),
    ]
    by = _who_voided(list_trail(session, site_id, [r.id for r in rows])) if rows else {}
    told = [
        Voided(r, r.voided_at, r.void_reason or "", by.get(r.id, "")) for r in rows if r.voided_at
    ]
    return sorted(told, key=lambda v: (v.at, v.record.id), reverse=True)


def _who_voided(trail: list[AuditEvent]) -> dict[UUID, str]:
    """Name who voided each record; the trail is latest first, so the latest void is told."""
    by: dict[UUID, str] = {}
    for event in trail:
        if event.record_id is not None and "voided_at" in event.changes:
            by.setdefault(event.record_id, event.actor)
    return by


def peek_voided(
    session: Session, table: type[TimelineRecord], *, actor: Actor, record_id: UUID
) -> TimelineRecord:
    """Read a voided record to show beside the undo of its void, as `peek_course` does."""
    row = _get_voided(session, table, actor, record_id)
    session.expunge_all()
    return row


def _get_voided(
    session: Session, table: type[TimelineRecord], actor: Actor, record_id: UUID
) -> TimelineRecord:
    row = queries.find_voided(session, table, actor.roles.keys(), record_id)
    if row is None:
        raise NotFound("There is no such voided record.")
    require(actor, Permission.WRITE_RECORDS, row.site_id)
    return row


def undo_void(
    session: Session,
    table: type[TimelineRecord],
    *,
    actor: Actor,
    record_id: UUID,
    amendment: Amendment,
    today: date,
) -> None:
    """Let a voided record stand again, if it still can beside what stands now."""
    seen = _get_voided(session, table, actor, record_id)
    course = open_course(session, actor=actor, patient_id=seen.patient_id)
    row = queries.find_voided(session, table, [seen.site_id], record_id)
    if row is None:
        raise NotFound("Somebody undid this void a moment ago.")
    refuse(Problem("", p.message) for p in _problems(session, row, course, today))
    with amending(session, row, actor=actor, amendment=amendment):
        row.voided_at = row.void_reason = None
        if isinstance(row, AdverseEvent):  # the procedure's technique may have been corrected since
            row.expected = complication(row.complication, after=_parent(row, course)).expected
    refresh_outcomes(session, course.plus(row))


def _parent(row: AdverseEvent, course: Course) -> str:
    return next(p.technique for p in course.procedures if p.id == row.procedure_id)


def _problems(session: Session, row: Event, course: Course, today: date) -> list[Problem]:
    """Find what keeps a voided record from standing again beside a course."""
    bounds = bounds_of(course, today)
    if isinstance(row, Death):
        if course.death is not None:
            return [Problem("", "Another death is recorded since. Void that one first.")]
        return check_death(row.died_on, bounds.born_on, days_alive(course), today)
    if isinstance(row, Assessment):
        return list(bounds.check("", row.assessed_on, "The assessment"))
    if isinstance(row, Procedure):
        return [
            *bounds.check("", row.performed_on, "The procedure"),
            *_check_place(session, row, course),
        ]
    parent = next((p for p in course.procedures if p.id == row.procedure_id), None)
    if parent is None:
        return [Problem("", _PARENT_GONE)]
    return _problems_under(parent, row, course, bounds)


def _check_place(session: Session, row: Procedure, course: Course) -> list[Problem]:
    """Find out whether a procedure still continues what it continued."""
    followed = row.follows_id
    if followed and not queries.find_record(session, Procedure, [row.site_id], followed):
        return [Problem("", "It continues a procedure that was voided. Undo that void first.")]
    all_of_them = to_timeline(course.plus(row)).procedures
    return check_link(next(p for p in all_of_them if p.id == row.id), all_of_them)


def _check_death_of_it(row: AdverseEvent, bounds: Bounds) -> Iterator[Problem]:
    """Find a fatal event whose death was voided or dated anew since."""
    if row.resolution != Resolution.FATAL:
        return
    if bounds.died_on is None:
        yield Problem("", "It was fatal, and no death is on record. Record the death first.")
    elif row.resolved_on not in (None, bounds.died_on):
        yield Problem("", "It ended on another day than the death. Check the day of death first.")


def _problems_under(
    parent: Procedure,
    row: AdverseEvent | DeviceCheck | MissedFollowUp,
    course: Course,
    bounds: Bounds,
) -> list[Problem]:
    if isinstance(row, MissedFollowUp):
        same = {(m.procedure_id, m.window_slug) for m in course.missed}
        if (row.procedure_id, row.window_slug) not in same:
            return []
        return [Problem("", "Another reason is recorded for this window. Void that one first.")]
    if isinstance(row, AdverseEvent):
        return [
            *bounds.check("", row.resolved_on or row.onset_on, "The event"),
            *check_events_after(parent.performed_on, [row.onset_on]),
            *_check_death_of_it(row, bounds),
        ]
    problems = list(bounds.check("", row.checked_on, "The device check"))
    if row.checked_on < parent.performed_on:
        problems.append(Problem("", "It lies before the procedure that placed the device."))
    removed_on = explanted_on(to_event(parent), to_timeline(course).procedures)
    if removed_on is not None and row.checked_on > removed_on:
        problems.append(Problem("", "The device was taken out before that day."))
    return problems
