"""Registering and finding patients, and the end of their course."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from registry.db.patient_marks import number_mark
from registry.db.queries import patients as queries
from registry.db.queries.patients import Course
from registry.db.tables import Death, Patient
from registry.domain.access import Actor, Permission, require
from registry.domain.drafts import PatientDraft
from registry.domain.errors import Conflict, NotFound, RuleViolation, refuse
from registry.domain.grading import Resolution
from registry.domain.rules import Bounds, check_death, check_patient
from registry.services.audit import created, record_event
from registry.services.outcomes import refresh_outcomes
from registry.services.readings import note_patient, note_patients

TAKEN = "This site has a patient with this hospital number. Open that record instead."


def normal_number(hospital_number: str) -> str:
    """Write a hospital number in one way: no spaces, capital letters; leading zeros stay."""
    return "".join(hospital_number.split()).upper()


def register_patient(
    session: Session, *, actor: Actor, site_id: UUID, draft: PatientDraft, today: date
) -> Patient:
    """Register a person at a site."""
    require(actor, Permission.WRITE_RECORDS, site_id)
    draft = replace(draft, hospital_number=normal_number(draft.hospital_number))
    refuse(check_patient(draft, today))
    if queries.find_by_hospital_number(session, site_id, draft.hospital_number):
        raise RuleViolation.at("hospital_number", TAKEN)
    patient = new_patient(site_id, draft)
    try:
        with session.begin_nested():
            session.add(patient)
    except IntegrityError:  # somebody registered the number since it was looked up
        raise RuleViolation.at("hospital_number", TAKEN) from None
    record_event(session, actor, "register_patient", record=patient, changes=created(patient))
    session.flush()
    return patient


def new_patient(site_id: UUID, draft: PatientDraft) -> Patient:
    """Make the row of a person at a site."""
    return Patient(
        site_id=site_id,
        hospital_number=draft.hospital_number,
        hospital_number_mark=number_mark(site_id, draft.hospital_number),
        name=draft.name,
        birth_date=draft.birth_date,
        sex=draft.sex,
        phone=draft.phone,
        diagnosis_group=draft.diagnosis_group,
        diagnosis=draft.diagnosis,
        metastases=draft.metastases,
    )


def get_patient(
    session: Session,
    *,
    actor: Actor,
    patient_id: UUID,
    permission: Permission = Permission.READ_RECORDS,
    lock: bool = False,
) -> Patient:
    """Read a patient; who belongs to another site doesn't exist.

    A record that was merged into another one of the same person stands for that one. `lock` makes
    other writers of this person wait; `Conflict` when one of them has just merged the records.
    """
    sites = actor.roles.keys()
    asked = found = queries.find_patient(session, sites, patient_id)
    if asked is not None and (lock or asked.merged_into_id is not None):
        kept_id = asked.merged_into_id or asked.id
        found = queries.find_patient(session, sites, kept_id, lock=lock)
    if asked is None or found is None:
        raise NotFound("There is no such patient.")
    require(actor, permission, found.site_id)
    if lock:
        _check_still_stands(session, found, asked.id)
    note_patient(session, actor, found)
    return found


def _check_still_stands(session: Session, locked: Patient, asked_id: UUID) -> None:
    """Make sure that nobody merged records, or undid a merge, while the lock was waited for."""
    parted = False
    if asked_id != locked.id:
        asked = queries.find_patient(session, [locked.site_id], asked_id)
        parted = asked is None or asked.merged_into_id != locked.id
    if parted or locked.merged_into_id is not None:
        raise Conflict(
            "Somebody merged this patient's records, or undid that, a moment ago. Open the patient "
            "again."
        )


def find_patient_by_number(
    session: Session, *, actor: Actor, site_id: UUID, hospital_number: str
) -> Patient | None:
    """Look a patient up at a site by hospital number, that of a merged record included."""
    require(actor, Permission.READ_RECORDS, site_id)
    found = queries.find_by_hospital_number(session, site_id, normal_number(hospital_number))
    if found is not None and found.merged_into_id is not None:
        found = queries.find_patient(session, [site_id], found.merged_into_id)
    if found is not None:
        note_patient(session, actor, found)
    return found


def search_patients(
    session: Session, *, actor: Actor, text: str, limit: int = 20, offset: int = 0
) -> Sequence[Patient]:
    """List the patients of the actor's sites whose number or name starts with a text."""
    sites = actor.sites(Permission.READ_RECORDS)
    found = queries.search_patients(session, sites, text.strip(), limit=limit, offset=offset)
    note_patients(session, actor, ((p.site_id, p.id) for p in found))
    return found


def further_numbers(session: Session, patients: Sequence[Patient]) -> dict[UUID, list[str]]:
    """Give the hospital numbers of the records merged into these patients', by patient."""
    numbers: dict[UUID, list[str]] = {p.id: [] for p in patients}
    for merged in queries.list_merged(session, *patients) if patients else ():
        if merged.merged_into_id in numbers:
            numbers[merged.merged_into_id].append(merged.hospital_number)
    return numbers


def read_course(session: Session, *, actor: Actor, patient_id: UUID) -> Course:
    """Read a patient's whole timeline."""
    return queries.load_course(session, get_patient(session, actor=actor, patient_id=patient_id))


def peek_course(session: Session, *, actor: Actor, patient_id: UUID) -> Course:
    """Read a patient's timeline to show beside a write of the same request.

    What is read before the patient's lock is held may be stale once it is, so the session forgets
    it, and the verb that writes reads anew.
    """
    patient = get_patient(
        session, actor=actor, patient_id=patient_id, permission=Permission.WRITE_RECORDS
    )
    course = queries.load_course(session, patient)
    session.expunge_all()
    return course


def open_course(session: Session, *, actor: Actor, patient_id: UUID) -> Course:
    """Read a patient's timeline in order to add to it: other writers of this patient wait."""
    patient = get_patient(
        session, actor=actor, patient_id=patient_id, permission=Permission.WRITE_RECORDS, lock=True
    )
    return queries.load_course(session, patient)


def bounds_of(course: Course, today: date) -> Bounds:
    """Give the days between which something can have happened to this patient."""
    return Bounds(
        born_on=course.patient.birth_date,
        died_on=course.death.died_on if course.death else None,
        today=today,
        treated_on=min((p.performed_on for p in course.procedures), default=None),
    )


def days_alive(course: Course) -> Iterator[date]:
    """Give the day of everything on record that presumes a living patient."""
    yield from (p.performed_on for p in course.procedures)
    yield from (a.assessed_on for a in course.assessments)
    for event in course.adverse_events:
        fatal = event.resolution == Resolution.FATAL  # what ended in death moves with its day
        yield event.onset_on if fatal else event.resolved_on or event.onset_on
    yield from (c.checked_on for c in course.device_checks)


def record_death(
    session: Session, *, actor: Actor, patient_id: UUID, died_on: date, today: date
) -> Death:
    """Record a patient's death: the end of the timeline."""
    course = open_course(session, actor=actor, patient_id=patient_id)
    if course.death is not None:
        raise Conflict("The death is recorded already. Correct that record if its date is wrong.")
    patient = course.patient
    refuse(check_death(died_on, patient.birth_date, days_alive(course), today))
    death = Death(site_id=patient.site_id, patient_id=patient.id, died_on=died_on)
    session.add(death)
    record_event(session, actor, "record_death", record=death, changes=created(death))
    refresh_outcomes(session, course.plus(death))
    return death
