"""Finding whose device is to be refilled."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func
from sqlmodel import Session, col, select

from registry.db.queries.parts import with_parts
from registry.db.tables import Death, DeviceCheck, Patient, Procedure

_PERSON = func.coalesce(col(Patient.merged_into_id), col(Patient.id))
"""The record under which a person is looked after, whichever of their records this is."""


def list_people_with_refill(
    session: Session, sites: Collection[UUID], *, since: date, until: date
) -> list[Patient]:
    """List all records of the living for whom a refill was noted as due between two days."""
    due = _people_with(DeviceCheck).where(
        col(Patient.site_id).in_(sites), col(DeviceCheck.refill_due_on).between(since, until)
    )
    died = _people_with(Death).where(col(Patient.site_id).in_(sites))
    query = select(Patient).where(
        col(Patient.site_id).in_(sites), _PERSON.in_(due), _PERSON.not_in(died)
    )
    return list(session.exec(query.order_by(col(Patient.id))).all())


def list_device_records(
    session: Session, patients: Collection[Patient]
) -> tuple[list[Procedure], list[DeviceCheck]]:
    """List the procedures and the device checks of these patients, earliest first."""
    sites, ids = {p.site_id for p in patients}, [p.id for p in patients]
    procedures = session.exec(
        select(Procedure)
        .where(col(Procedure.site_id).in_(sites), col(Procedure.patient_id).in_(ids))
        .where(col(Procedure.voided_at).is_(None))
        .order_by(col(Procedure.performed_on), col(Procedure.id))
    ).all()
    checks = session.exec(
        select(DeviceCheck)
        .where(col(DeviceCheck.site_id).in_(sites), col(DeviceCheck.patient_id).in_(ids))
        .where(col(DeviceCheck.voided_at).is_(None))
        .options(*with_parts(DeviceCheck))
        .order_by(col(DeviceCheck.checked_on), col(DeviceCheck.id))
    ).all()
    return list(procedures), list(checks)


def _people_with(table: type[DeviceCheck] | type[Death]) -> Any:
    return select(_PERSON).join(
        table,
        and_(
            col(table.site_id) == Patient.site_id,
            col(table.patient_id) == Patient.id,
            col(table.voided_at).is_(None),
        ),
    )
