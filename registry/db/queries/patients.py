"""Finding patients and reading their whole course."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import bindparam, tuple_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from registry.db.base import KeptRow
from registry.db.patient_marks import begins_so, keys_of_text, number_marks
from registry.db.queries.parts import with_parts
from registry.db.tables import (
    AdverseEvent,
    Assessment,
    Death,
    DeviceCheck,
    MissedFollowUp,
    Patient,
    PatientSearchKey,
    Procedure,
)

Event = Procedure | Assessment | AdverseEvent | DeviceCheck | MissedFollowUp | Death
EventT = TypeVar("EventT", Procedure, Assessment, AdverseEvent, DeviceCheck, MissedFollowUp, Death)

CHUNK = 100
"""Patients that a search unseals at a time."""


@dataclass(frozen=True, slots=True)
class Course:
    """Everything that stands on a patient's timeline; voided records are left out.

    `merged` are further records of the same person, whose events are among these.
    """

    patient: Patient
    procedures: tuple[Procedure, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    adverse_events: tuple[AdverseEvent, ...] = ()
    device_checks: tuple[DeviceCheck, ...] = ()
    missed: tuple[MissedFollowUp, ...] = ()
    death: Death | None = None
    merged: tuple[Patient, ...] = ()

    def plus(self, record: Event) -> Course:
        """Give the course with a record added, without reading it all again."""
        if isinstance(record, Death):
            return replace(self, death=record)
        place = _PLACES[type(record)]
        return self._with(place, (*getattr(self, place), record))

    def minus(self, record: Event) -> Course:
        """Give the course without a record."""
        if isinstance(record, Death):
            return replace(self, death=None)
        place = _PLACES[type(record)]
        return self._with(place, tuple(r for r in getattr(self, place) if r.id != record.id))

    def _with(self, place: str, records: tuple[Any, ...]) -> Course:
        changes: dict[str, Any] = {place: records}
        return replace(self, **changes)

    def records(self) -> Iterator[Event]:
        """Give every record on the timeline."""
        for place in _PLACES.values():
            yield from getattr(self, place)
        if self.death is not None:
            yield self.death


_PLACES: dict[type[KeptRow], str] = {
    Procedure: "procedures",
    Assessment: "assessments",
    AdverseEvent: "adverse_events",
    DeviceCheck: "device_checks",
    MissedFollowUp: "missed",
}


def find_patient(
    session: Session, sites: Collection[UUID], patient_id: UUID, *, lock: bool = False
) -> Patient | None:
    """Find a patient of these sites; `lock` makes writers of one patient wait for each other."""
    query = (
        select(Patient)
        .where(
            col(Patient.site_id).in_(sites),
            Patient.id == patient_id,
            col(Patient.voided_at).is_(None),
        )
        .execution_options(populate_existing=True)
    )
    return session.exec(query.with_for_update() if lock else query).first()


def lock_patients(session: Session, site_id: UUID, ids: Collection[UUID]) -> list[Patient]:
    """Read patients of a site by id, each locked in turn: two who ask for the same can't block."""
    query = (
        select(Patient)
        .where(Patient.site_id == site_id, col(Patient.id).in_(ids))
        .order_by(col(Patient.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.exec(query).all())


def any_patient(session: Session) -> Patient | None:
    """Read one patient, whoever it is."""
    return session.exec(select(Patient).limit(1)).first()


def list_patients_after(
    session: Session, last: tuple[UUID, UUID] | None, *, limit: int
) -> list[Patient]:
    """List patients of all sites by their keys, from the one after `last`."""
    key = tuple_(col(Patient.site_id), col(Patient.id))
    query = select(Patient).order_by(col(Patient.site_id), col(Patient.id)).limit(limit)
    return list(session.exec(query.where(key > tuple_(*last)) if last else query).all())


def find_by_hospital_number(session: Session, site_id: UUID, number: str) -> Patient | None:
    """Find the one patient of a site with this hospital number."""
    marks = number_marks(site_id, number)
    return session.exec(
        select(Patient).where(
            Patient.site_id == site_id,
            col(Patient.hospital_number_mark).in_(marks),
            col(Patient.voided_at).is_(None),
        )
    ).first()


def search_patients(
    session: Session, sites: Collection[UUID], text: str, *, limit: int, offset: int = 0
) -> list[Patient]:
    """List patients whose hospital number or name starts with a text, newest records first.

    A record that was merged into another is listed as that one, found by either's particulars.
    """
    if text:
        found = _find_by_text(session, sites, text, offset + limit)
        return sorted(found, key=lambda p: p.id, reverse=True)[offset:]
    query = select(Patient).where(
        col(Patient.site_id).in_(sites),
        col(Patient.merged_into_id).is_(None),
        col(Patient.voided_at).is_(None),
    )
    query = query.order_by(col(Patient.id).desc()).limit(limit).offset(offset)
    return list(session.exec(query).all())


def _find_by_text(
    session: Session, sites: Collection[UUID], text: str, enough: int
) -> list[Patient]:
    """Find by short marks, newest first, and unseal what they leave to see whom it means."""
    keys = {key for site in sites for key in keys_of_text(site, text)}
    among = select(PatientSearchKey.site_id, PatientSearchKey.patient_id).where(
        col(PatientSearchKey.site_id).in_(sites), col(PatientSearchKey.search_key).in_(keys)
    )
    query = (
        select(Patient)
        .where(
            tuple_(col(Patient.site_id), col(Patient.id)).in_(among),
            col(Patient.voided_at).is_(None),
        )
        .order_by(col(Patient.id).desc())
        .execution_options(yield_per=CHUNK)
    )
    found: dict[UUID, Patient] = {}
    with closing(session.exec(query)) as candidates:
        for patient in candidates:
            if not begins_so(patient.hospital_number, patient.name, text):
                continue
            kept = patient
            if patient.merged_into_id is not None:
                kept = session.get_one(Patient, (patient.site_id, patient.merged_into_id))
            found[kept.id] = kept
            if len(found) == enough:
                break
    return list(found.values())


def load_course(session: Session, patient: Patient) -> Course:
    """Read a patient's timeline, earliest first, in a fixed number of queries."""
    merged = list_merged(session, patient)
    everyone = [patient.id, *(p.id for p in merged)]

    def read(table: type[EventT], on: str) -> tuple[EventT, ...]:
        told = {"site": patient.site_id, "everyone": everyone}
        return tuple(session.exec(_standing(table, on), params=told).all())

    return Course(
        patient,
        procedures=read(Procedure, "performed_on"),
        assessments=read(Assessment, "assessed_on"),
        adverse_events=read(AdverseEvent, "onset_on"),
        device_checks=read(DeviceCheck, "checked_on"),
        missed=read(MissedFollowUp, "noted_on"),
        # Two merged records may both tell of the death, on one day: the kept record's stands.
        death=min(read(Death, "died_on"), key=lambda d: d.patient_id != patient.id, default=None),
        merged=tuple(merged),
    )


def list_deaths(session: Session, course: Course) -> Sequence[Death]:
    """List the deaths that a patient's records tell of; merged ones may each tell of the same."""
    everyone = [course.patient.id, *(p.id for p in course.merged)]
    told = {"site": course.patient.site_id, "everyone": everyone}
    return session.exec(_standing(Death, "died_on"), params=told).all()


def list_merged(session: Session, *patients: Patient) -> Sequence[Patient]:
    """List the further records of persons that were merged into these."""
    return session.exec(
        select(Patient)
        .where(
            col(Patient.site_id).in_({p.site_id for p in patients}),
            col(Patient.merged_into_id).in_([p.id for p in patients]),
        )
        .order_by(col(Patient.id))
    ).all()


@cache
def _standing(table: type[EventT], on: str) -> SelectOfScalar[EventT]:
    """Ask for what stands on the timeline of these patients, by day: made once, asked often."""
    return (
        select(table)
        .where(
            col(table.site_id) == bindparam("site"),
            col(table.patient_id).in_(bindparam("everyone", expanding=True)),
            col(table.voided_at).is_(None),
        )
        .order_by(col(getattr(table, on)), col(table.id))
        .options(*with_parts(table))
    )
