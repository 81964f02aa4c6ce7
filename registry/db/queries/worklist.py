"""What is waiting to be done at a site."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from registry.db.tables import Patient, Procedure, ProcedureOutcomeRow
from registry.domain.windows import Window


def list_unassessed(
    session: Session,
    sites: Collection[UUID],
    windows: Collection[Window],
    *,
    today: date,
    ahead: int,
) -> list[tuple[ProcedureOutcomeRow, Patient]]:
    """List procedures of the living with a window that is open or `ahead` days off, and no score.

    A row is listed once, whichever of its windows matched; the caller knows which from its dates.
    """
    row = ProcedureOutcomeRow
    waiting = [
        and_(
            col(row.performed_on) >= today - timedelta(days=w.closes),
            col(row.performed_on) <= today + timedelta(days=ahead) - timedelta(days=w.target),
            col(getattr(row, f"nrs_{w.slug}")).is_(None),
        )
        for w in windows
    ]
    query = (
        select(row, Patient)
        .join(Patient, and_(col(Patient.site_id) == row.site_id, col(Patient.id) == row.patient_id))
        .where(col(row.site_id).in_(sites), col(row.days_to_death).is_(None), or_(*waiting))
        .order_by(col(row.performed_on), col(row.procedure_id))
    )
    return list(session.exec(query).all())


def list_last_procedures(
    session: Session, sites: Collection[UUID], *, limit: int
) -> list[tuple[Procedure, Patient]]:
    """List the procedures logged last, latest first."""
    query = (
        select(Procedure, Patient)
        .join(
            Patient,
            and_(
                col(Patient.site_id) == Procedure.site_id, col(Patient.id) == Procedure.patient_id
            ),
        )
        .where(col(Procedure.site_id).in_(sites), col(Procedure.voided_at).is_(None))
        .order_by(col(Procedure.id).desc())
        .limit(limit)
    )
    return list(session.exec(query).all())
