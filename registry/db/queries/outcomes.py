"""Reading the derived rows, settled for the day one asks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, exists, insert, literal
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from registry.db.tables import (
    UNDECIDED,
    Patient,
    Procedure,
    ProcedureMeddRow,
    ProcedureOutcomeRow,
)
from registry.domain.outcomes import State
from registry.domain.windows import WINDOWS, Window

CHUNK = 5_000


def delete_outcomes(session: Session, patient: Patient) -> None:
    """Clear a patient's derived rows before they are written anew."""
    for derived in (ProcedureOutcomeRow, ProcedureMeddRow):
        session.exec(
            delete(derived).where(
                col(derived.site_id) == patient.site_id, col(derived.patient_id) == patient.id
            )
        )


def insert_outcome_rows(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write derived rows: plain ones, since nothing ever changes one."""
    if rows:
        session.connection().execute(insert(ProcedureOutcomeRow), rows)


def insert_medd_rows(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write derived doses, which nothing changes either."""
    if rows:
        session.connection().execute(insert(ProcedureMeddRow), rows)


def list_patients_of_site(session: Session, site_id: UUID) -> list[Patient]:
    """List all patients of a site in the order of their entry; a merged record is none."""
    return list(
        session.exec(
            select(Patient)
            .where(
                Patient.site_id == site_id,
                col(Patient.merged_into_id).is_(None),
                col(Patient.voided_at).is_(None),
            )
            .order_by(col(Patient.id))
        ).all()
    )


def has_stale_outcomes(session: Session, site_id: UUID, rules_version: str) -> bool:
    """Say whether a site has rows by other rules, or procedures without a row."""
    row = ProcedureOutcomeRow
    by_other_rules = select(row.procedure_id).where(
        row.site_id == site_id, row.rules_version != rules_version
    )
    without_row = select(Procedure.id).where(
        Procedure.site_id == site_id,
        col(Procedure.voided_at).is_(None),
        ~exists().where(
            col(row.site_id) == Procedure.site_id, col(row.procedure_id) == Procedure.id
        ),
    )
    return any(session.exec(q.limit(1)).first() for q in (by_other_rules, without_row))


def read_outcome_rows(
    session: Session, sites: Collection[UUID], as_of: date
) -> Iterator[Mapping[str, Any]]:
    """Stream the outcome rows of these sites, earliest first, with states settled on a day."""
    table = ProcedureOutcomeRow
    query = (
        sa_select(*settled_columns(as_of))
        .where(col(table.site_id).in_(sites))
        .order_by(col(table.performed_on), col(table.procedure_id))
        .execution_options(yield_per=CHUNK)
    )
    for row in session.execute(query).mappings():
        yield {str(name): value for name, value in row.items()}


def settled_columns(as_of: date) -> list[ColumnElement[Any]]:
    """Select every column; an undecided state becomes `not_due` or `alive_not_assessed`."""
    states = {f"state_{w.slug}": _settled(w, as_of) for w in WINDOWS}
    columns = ProcedureOutcomeRow.__table__.columns  # type: ignore[attr-defined]
    return [states.get(c.name, c).label(c.name) for c in columns]


def _settled(window: Window, as_of: date) -> ColumnElement[Any]:
    """Put `registry.domain.outcomes.settle` into SQL: still open means performed on or after."""
    state = col(getattr(ProcedureOutcomeRow, f"state_{window.slug}"))
    still_open_since = as_of - timedelta(days=window.closes)
    undecided = case(
        (
            col(ProcedureOutcomeRow.performed_on) >= still_open_since,
            literal(State.NOT_DUE.value),
        ),
        else_=literal(State.ALIVE_NOT_ASSESSED.value),
    )
    return case((state == UNDECIDED, undecided), else_=state)


def read_medd_rows(session: Session, sites: Collection[UUID]) -> Iterator[Mapping[str, Any]]:
    """Stream the doses of these sites under every conversion table."""
    table = ProcedureMeddRow
    columns = table.__table__.columns  # type: ignore[attr-defined]
    query = (
        sa_select(*columns)
        .where(col(table.site_id).in_(sites))
        .order_by(col(table.procedure_id), col(table.table_id))
        .execution_options(yield_per=CHUNK)
    )
    for row in session.execute(query).mappings():
        yield {str(name): value for name, value in row.items()}
