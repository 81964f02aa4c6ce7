"""Finding patients and reading their whole course."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from registry.db.queries.parts import with_parts
from registry.db.tables import AdverseEvent, Assessment, Death, Patient, Procedure

Event = TypeVar("Event", Procedure, Assessment, AdverseEvent, Death)


@dataclass(frozen=True, slots=True)
class Course:
    """Everything that stands on a patient's timeline; voided records are left out."""

    patient: Patient
    procedures: tuple[Procedure, ...]
    assessments: tuple[Assessment, ...]
    adverse_events: tuple[AdverseEvent, ...]
    death: Death | None

    def plus(self, record: Procedure | Assessment | AdverseEvent | Death) -> Course:
        """Give the course with a record added, without reading it all again."""
        return self._with(record, lambda kept: (*kept, record))

    def minus(self, record: Procedure | Assessment | AdverseEvent | Death) -> Course:
        """Give the course without a record."""
        return self._with(record, lambda kept: tuple(r for r in kept if r.id != record.id))

    def _with(
        self,
        record: Procedure | Assessment | AdverseEvent | Death,
        change: Callable[[tuple[Any, ...]], tuple[Any, ...]],
    ) -> Course:
        if isinstance(record, Procedure):
            return replace(self, procedures=change(self.procedures))
        if isinstance(record, Assessment):
            return replace(self, assessments=change(self.assessments))
        if isinstance(record, AdverseEvent):
            return replace(self, adverse_events=change(self.adverse_events))
        return replace(self, death=next(iter(change(())), None))

    def records(self) -> Iterator[Procedure | Assessment | AdverseEvent | Death]:
        """Give every record on the timeline."""
        yield from self.procedures
        yield from self.assessments
        yield from self.adverse_events
        if self.death is not None:
            yield self.death


def find_patient(
    session: Session, sites: Collection[UUID], patient_id: UUID, *, lock: bool = False
) -> Patient | None:
    """Find a patient of these sites; `lock` makes writers of one patient wait for each other."""
    query = select(Patient).where(col(Patient.site_id).in_(sites), Patient.id == patient_id)
    return session.exec(query.with_for_update() if lock else query).first()


def find_by_hospital_number(session: Session, site_id: UUID, number: str) -> Patient | None:
    """Find the one patient of a site with this hospital number."""
    return session.exec(
        select(Patient).where(Patient.site_id == site_id, Patient.hospital_number == number)
    ).first()


def search_patients(
    session: Session, sites: Collection[UUID], text: str, *, limit: int, offset: int = 0
) -> list[Patient]:
    """List patients whose hospital number or name starts with a text, newest records first."""
    query = select(Patient).where(col(Patient.site_id).in_(sites))
    if text:
        query = query.where(
            or_(
                col(Patient.hospital_number).istartswith(text, autoescape=True),
                col(Patient.name).istartswith(text, autoescape=True),
                col(Patient.name).icontains(f" {text}", autoescape=True),
            )
        )
    query = query.order_by(col(Patient.id).desc()).limit(limit).offset(offset)
    return list(session.exec(query).all())


def load_course(session: Session, patient: Patient) -> Course:
    """Read a patient's timeline, earliest first, in a fixed number of queries."""
    procedures = session.exec(
        _standing(Procedure, patient).order_by(col(Procedure.performed_on), col(Procedure.id))
    ).all()
    assessments = session.exec(
        _standing(Assessment, patient).order_by(col(Assessment.assessed_on), col(Assessment.id))
    ).all()
    events = session.exec(
        _standing(AdverseEvent, patient).order_by(col(AdverseEvent.onset_on), col(AdverseEvent.id))
    ).all()
    death = session.exec(_standing(Death, patient)).first()
    return Course(patient, tuple(procedures), tuple(assessments), tuple(events), death)


def _standing(table: type[Event], patient: Patient) -> SelectOfScalar[Event]:
    return (
        select(table)
        .where(
            col(table.site_id) == patient.site_id,
            col(table.patient_id) == patient.id,
            col(table.voided_at).is_(None),
        )
        .options(*with_parts(table))
    )
