"""Registering and finding patients, and the end of their course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from registry.db.queries import patients as queries
from registry.db.queries.patients import Course
from registry.db.tables import Death, Patient
from registry.domain.access import Actor, Permission, require
from registry.domain.drafts import PatientDraft
from registry.domain.errors import Conflict, NotFound, RuleViolation, refuse
from registry.domain.rules import Bounds, check_death, check_patient
from registry.services.audit import created, record_event
from registry.services.outcomes import refresh_outcomes
from registry.services.timelines import to_timeline

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
    patient = Patient(
        site_id=site_id,
        hospital_number=draft.hospital_number,
        name=draft.name,
        birth_date=draft.birth_date,
        sex=draft.sex,
        diagnosis_group=draft.diagnosis_group,
        diagnosis=draft.diagnosis,
        metastases=draft.metastases,
    )
    try:
        with session.begin_nested():
            session.add(patient)
    except IntegrityError:  # somebody registered the number since it was looked up
        raise RuleViolation.at("hospital_number", TAKEN) from None
    record_event(session, actor, "register_patient", record=patient, changes=created(patient))
    session.flush()
    return patient


def get_patient(
    session: Session,
    *,
    actor: Actor,
    patient_id: UUID,
    permission: Permission = Permission.READ_RECORDS,
    lock: bool = False,
) -> Patient:
    """Read a patient; who belongs to another site doesn't exist."""
    found = queries.find_patient(session, actor.roles.keys(), patient_id, lock=lock)
    if found is None:
        raise NotFound("There is no such patient.")
    require(actor, permission, found.site_id)
    return found


def find_patient_by_number(
    session: Session, *, actor: Actor, site_id: UUID, hospital_number: str
) -> Patient | None:
    """Look a patient up at a site by hospital number."""
    require(actor, Permission.READ_RECORDS, site_id)
    return queries.find_by_hospital_number(session, site_id, normal_number(hospital_number))


def search_patients(
    session: Session, *, actor: Actor, text: str, limit: int = 20, offset: int = 0
) -> Sequence[Patient]:
    """List the patients of the actor's sites whose number or name starts with a text."""
    sites = actor.sites(Permission.READ_RECORDS)
    return queries.search_patients(session, sites, text.strip(), limit=limit, offset=offset)


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
    )


def record_death(
    session: Session, *, actor: Actor, patient_id: UUID, died_on: date, today: date
) -> Death:
    """Record a patient's death: the end of the timeline."""
    course = open_course(session, actor=actor, patient_id=patient_id)
    if course.death is not None:
        raise Conflict(
            "The death is recorded already. Void that record first if its date is wrong."
        )
    refuse(check_death(died_on, to_timeline(course), today))
    death = Death(site_id=course.patient.site_id, patient_id=patient_id, died_on=died_on)
    session.add(death)
    record_event(session, actor, "record_death", record=death, changes=created(death))
    refresh_outcomes(session, course.plus(death))
    return death
