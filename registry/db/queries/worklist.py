"""What is waiting to be done at a site."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import InstrumentedAttribute, load_only
from sqlmodel import Session, col, select

from registry.db.tables import Patient, Procedure, ProcedureOutcomeRow
from registry.domain.links import UPKEEP
from registry.domain.windows import Window


@dataclass(frozen=True, slots=True)
class Waiting:
    """Which windows wait: from `behind` days after their close to `ahead` days before their target.

    `operator` and `patient_id` narrow to one clinician's procedures and to one patient.
    """

    windows: Collection[Window]
    today: date
    ahead: int
    behind: int = 0
    operator: str | None = None
    patient_id: UUID | None = None


def list_unassessed(
    session: Session, sites: Collection[UUID], waiting: Waiting
) -> list[tuple[ProcedureOutcomeRow, str, Patient]]:
    """List procedures of the living with a window that waits: no score in it, no reason for none.

    Each comes with its operator, and once, whichever of its windows matched; the caller knows
    which from its dates.
    """
    query = (
        select(ProcedureOutcomeRow, col(Procedure.operator), Patient)
        .join(Procedure, _procedure_of_row())
        .join(Patient, _patient_of_row())
        .where(*_waits(sites, waiting))
        .options(load_only(*_needed(waiting.windows), raiseload=True))
        .order_by(col(ProcedureOutcomeRow.performed_on), col(ProcedureOutcomeRow.procedure_id))
    )
    return list(session.exec(query).all())


def list_waiting_operators(
    session: Session, sites: Collection[UUID], waiting: Waiting
) -> list[str]:
    """List who did the procedures that wait for a follow-up."""
    query = (
        select(col(Procedure.operator))
        .join(ProcedureOutcomeRow, _procedure_of_row())
        .where(*_waits(sites, waiting))
        .distinct()
        .order_by(col(Procedure.operator))
    )
    return list(session.exec(query).all())


def _needed(windows: Collection[Window]) -> list[InstrumentedAttribute[Any]]:
    """Name the columns that a list of calls needs of the widest table there is."""
    names = ["site_id", "procedure_id", "patient_id", "technique", "performed_on"]
    names += [f"{value}_{window.slug}" for window in windows for value in ("nrs", "missed")]
    return [getattr(ProcedureOutcomeRow, name) for name in names]


def _waits(sites: Collection[UUID], waiting: Waiting) -> list[ColumnElement[bool]]:
    row = ProcedureOutcomeRow
    conditions = [
        col(row.site_id).in_(sites),
        col(row.days_to_death).is_(None),
        col(row.intent).not_in(UPKEEP),  # a refill treats no new pain: nobody is rung about it
        or_(*(_window_waits(window, waiting) for window in waiting.windows)),
    ]
    if waiting.operator is not None:
        conditions.append(col(Procedure.operator) == waiting.operator)
    if waiting.patient_id is not None:
        conditions.append(col(row.patient_id) == waiting.patient_id)
    return conditions


def _window_waits(window: Window, waiting: Waiting) -> ColumnElement[bool]:
    row = ProcedureOutcomeRow
    earliest = waiting.today - timedelta(days=window.closes + waiting.behind)
    latest = waiting.today + timedelta(days=waiting.ahead - window.target)
    return and_(
        col(row.performed_on).between(earliest, latest),
        col(getattr(row, f"nrs_{window.slug}")).is_(None),
        col(getattr(row, f"missed_{window.slug}")).is_(None),
    )


def _procedure_of_row() -> ColumnElement[bool]:
    row = ProcedureOutcomeRow
    return and_(col(Procedure.site_id) == row.site_id, col(Procedure.id) == row.procedure_id)


def _patient_of_row() -> ColumnElement[bool]:
    row = ProcedureOutcomeRow
    return and_(col(Patient.site_id) == row.site_id, col(Patient.id) == row.patient_id)


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
