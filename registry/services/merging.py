"""Merging two records of one person, and parting them again.

Nothing is moved: the second record points to the first, and the course of the first is read from
both. So an undo brings back exactly what was, and what was added since stays with the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from registry.db.queries import patients as queries
from registry.db.queries.patients import Course, load_course
from registry.db.queries.trail import list_trail
from registry.db.tables import Patient
from registry.domain.access import Actor, Permission, require
from registry.domain.dates import show_day
from registry.domain.drafts import Confirmed
from registry.domain.errors import Conflict, Doubt, NotFound, Problem, RuleViolation, refuse
from registry.domain.techniques import taxonomy
from registry.domain.timeline import Sex
from registry.services.audit import Changes, record_event
from registry.services.corrections import Amendment, require_reason
from registry.services.outcomes import refresh_outcomes
from registry.services.patients import days_alive
from registry.services.plausibility import ask

MERGE, UNDO = "merge_patients", "undo_merge"


@dataclass(frozen=True, slots=True)
class Merge:
    """A record that was merged into another one: when and by whom."""

    patient: Patient
    at: datetime
    by: str


def merge_patients(
    session: Session,
    *,
    actor: Actor,
    keep_id: UUID,
    merge_id: UUID,
    reason: str,
    confirmed: Confirmed = frozenset(),
) -> Patient:
    """Let the record `keep_id` stand for both; gives it. What is unlikely is asked (`Doubtful`)."""
    keep, other = _open_both(session, actor, keep_id, merge_id)
    require_reason(reason)
    one, two = load_course(session, keep), load_course(session, other)
    refuse(_problems(one, two))
    answered = ask(session, _doubts(one, two), confirmed)
    other.merged_into_id = keep.id
    other.version += 1
    changes: Changes = {"merged_into": [None, keep.hospital_number]}
    if answered:
        changes["confirmed"] = [None, [doubt.message for doubt in answered]]
    record_event(session, actor, MERGE, record=other, changes=changes, reason=reason.strip())
    holds: Changes = {"holds_also": [None, other.hospital_number]}
    record_event(session, actor, MERGE, record=keep, changes=holds, reason=reason.strip())
    session.flush()
    refresh_outcomes(session, load_course(session, keep))
    return keep


def undo_merge(session: Session, *, actor: Actor, merged_id: UUID, amendment: Amendment) -> Patient:
    """Let a merged record stand for itself again, as it was; gives it."""
    seen = peek_merged(session, actor=actor, merged_id=merged_id)
    keep, other = _open_both(session, actor, seen.merged_into_id or merged_id, merged_id)
    if other.merged_into_id != keep.id or other.version != amendment.expected_version:
        raise Conflict("Somebody changed this merge since you opened it. Open the patient again.")
    require_reason(amendment.reason)
    other.merged_into_id = None
    other.version += 1
    reason = amendment.reason.strip()
    parted: Changes = {"merged_into": [keep.hospital_number, None]}
    record_event(session, actor, UNDO, record=other, changes=parted, reason=reason)
    held: Changes = {"holds_also": [other.hospital_number, None]}
    record_event(session, actor, UNDO, record=keep, changes=held, reason=reason)
    session.flush()
    for patient in (keep, other):  # in this order: the kept one's rows were those of both
        refresh_outcomes(session, load_course(session, patient))
    return other


def peek_merged(session: Session, *, actor: Actor, merged_id: UUID) -> Patient:
    """Read a merged record itself to show beside the undo of its merge."""
    found = queries.find_patient(session, actor.roles.keys(), merged_id)
    if found is None or found.merged_into_id is None:
        raise NotFound("There is no such merged record.")
    require(actor, Permission.WRITE_RECORDS, found.site_id)
    session.expunge(found)
    return found


def read_own_course(session: Session, merged: Patient) -> Course:
    """Read what hangs on a merged record alone, to show what an undo would give back to it."""
    return load_course(session, merged)


def list_merges(session: Session, course: Course) -> list[Merge]:
    """List the records that a patient's course holds also, the latest merged first."""
    records = {p.id: p for p in course.merged}
    merges: dict[UUID, Merge] = {}
    if records:
        for event in list_trail(session, course.patient.site_id, records):
            patient = records.get(event.record_id) if event.record_id else None
            if patient is not None and event.action == MERGE:
                merges.setdefault(patient.id, Merge(patient, event.at, event.actor))
    return list(merges.values())


def _open_both(
    session: Session, actor: Actor, keep_id: UUID, other_id: UUID
) -> tuple[Patient, Patient]:
    """Lock both records, in the order of their ids, so that nobody writes to either meanwhile."""
    if keep_id == other_id:
        raise RuleViolation.at("number", "This is the same record. Give the number of the other.")
    seen = queries.find_patient(session, actor.roles.keys(), keep_id)
    if seen is None:
        raise NotFound("There is no such patient.")
    require(actor, Permission.WRITE_RECORDS, seen.site_id)
    locked = {p.id: p for p in queries.lock_patients(session, seen.site_id, [keep_id, other_id])}
    if len(locked) < 2:
        raise NotFound("There is no such patient at this site.")
    return locked[keep_id], locked[other_id]


def _problems(keep: Course, other: Course) -> Iterator[Problem]:
    if keep.patient.merged_into_id or other.patient.merged_into_id:
        yield Problem("number", "One of the two is merged into another record already.")
    if other.merged:
        yield Problem(
            "number",
            "The record that goes holds a merged one itself. Let it stay instead, or undo that "
            "merge first.",
        )
    if keep.death and other.death and keep.death.died_on != other.death.died_on:
        yield Problem(
            "number", "The two tell of different days of death. Void the wrong one first."
        )
    for one, two in ((keep, other), (other, keep)):
        if one.death and any(day > one.death.died_on for day in days_alive(two)):
            yield Problem(
                "number",
                "One has procedures, assessments or events after the death that the other tells "
                "of. Correct what is wrong first.",
            )
    if any(day < keep.patient.birth_date for day in _days(other)):
        yield Problem(
            "number",
            "The record that goes has something dated before the birth of the one that stays. "
            "Check the birth dates.",
        )


def _days(course: Course) -> Iterator[date]:
    yield from days_alive(course)
    if course.death is not None:
        yield course.death.died_on


def _doubts(keep: Course, other: Course) -> Iterator[Doubt]:
    one, two = keep.patient, other.patient
    if one.birth_date != two.birth_date:
        yield Doubt("birth-dates", "number", "The two records have different birth dates.")
    if one.sex != two.sex and Sex.UNKNOWN not in (one.sex, two.sex):
        yield Doubt("sexes", "number", "The two records tell of different sexes.")
    done = {(p.technique, p.performed_on) for p in keep.procedures}
    for technique, day in sorted(done & {(p.technique, p.performed_on) for p in other.procedures}):
        yield Doubt(
            f"twice:{technique}:{day}",
            "number",
            f"Both records have {taxonomy().techniques[technique].label} of {show_day(day)}. If it "
            "was done once, void one of the two after merging.",
        )
