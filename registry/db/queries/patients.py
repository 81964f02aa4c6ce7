"""Finding patients and reading their whole course."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from registry.db.base import KeptRow
from registry.db.queries.parts import with_parts
from registry.db.tables import (
    AdverseEvent,
    Assessment,
    Death,
    DeviceCheck,
    MissedFollowUp,
    Patient,
    Procedure,
)

Event = Procedure | Assessment | AdverseEvent | DeviceCheck | MissedFollowUp | Death
EventT = TypeVar("EventT", Procedure, Assessment, AdverseEvent, DeviceCheck, MissedFollowUp, Death)


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
        .where(col(Patient.site_id).in_(sites), Patient.id == patient_id)
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


def find_by_hospital_number(session: Session, site_id: UUID, number: str) -> Patient | None:
    """Find the one patient of a site with this hospital number."""
    return session.exec(
        select(Patient).where(Patient.site_id == site_id, Patient.hospital_number == number)
    ).first()


def search_patients(
    session: Session, sites: Collection[UUID], text: str, *, limit: int, offset: int = 0
) -> list[Patient]:
    """List patients whose hospital number or name starts with a text, newest records first.

    A record that was merged into another is listed as that one, found by either's particulars.
    """
    query = select(Patient).where(
        col(Patient.site_id).in_(sites), col(Patient.merged_into_id).is_(None)
    )
    if text:
        matches = or_(
            col(Patient.hospital_number).istartswith(text, autoescape=True),
            col(Patient.name).istartswith(text, autoescape=True),
            col(Patient.name).icontains(f" {text}", autoescape=True),
        )
        further = select(Patient.merged_into_id).where(
            col(Patient.site_id).in_(sites), col(Patient.merged_into_id).is_not(None), matches
        )
        query = query.where(or_(matches, col(Patient.id).in_(further)))
    query = query.order_by(col(Patient.id).desc()).limit(limit).offset(offset)
    return list(session.exec(query).all())


def load_course(session: Session, patient: Patient) -> Course:
    """Read a patient's timeline, earliest first, in a fixed number of queries."""
    merged = list_merged(session, patient)
    everyone = [patient.id, *(p.id for p in merged)]

    def read(table: type[EventT], on: str) -> tuple[EventT, ...]:
        query = _standing(table, patient.site_id, everyone)
        order = (col(getattr(table, on)), col(table.id))
        return tuple(session.exec(query.order_by(*order)).all())

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
    return session.exec(_standing(Death, course.patient.site_id, everyone)).all()


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


def _standing(
    table: type[EventT], site_id: UUID, patients: Collection[UUID]
) -> SelectOfScalar[EventT]:
    return (
        select(table)
        .where(
            col(table.site_id) == site_id,
            col(table.patient_id).in_(patients),
            col(table.voided_at).is_(None),
        )
        .options(*with_parts(table))
    )
