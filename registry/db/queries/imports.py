"""Logbooks on their way in, and which of their lines a site has brought in before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Update, and_, case, delete, func, or_, update
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from registry.db.fingerprints import row_marks
from registry.db.tables import ImportBatch, ImportedRow, LogbookImport, Procedure
from registry.domain.imports import ImportState

_CHUNK = 500


def list_imported(
    session: Session, site_id: UUID, fingerprints: Collection[str], batch_id: UUID | None = None
) -> set[str]:
    """Give those of the fingerprints that a site has rows of, from one import or from any."""
    marked = {mark: one for one in fingerprints for mark in row_marks(site_id, one)}
    wanted, found = sorted(marked), set[str]()
    for start in range(0, len(wanted), _CHUNK):
        query = select(ImportedRow.fingerprint).where(
            ImportedRow.site_id == site_id,
            col(ImportedRow.fingerprint).in_(wanted[start : start + _CHUNK]),
        )
        if batch_id is not None:
            query = query.where(ImportedRow.batch_id == batch_id)
        found.update(marked[mark] for mark in session.exec(query))
    return found


def list_patients_of_batch(session: Session, site_id: UUID, batch_id: UUID) -> list[UUID]:
    """List the patients of whom an import brought procedures in, in the order of their lines."""
    query = (
        select(Procedure.patient_id)
        .join(
            ImportedRow,
            and_(
                col(ImportedRow.site_id) == Procedure.site_id,
                col(ImportedRow.procedure_id) == Procedure.id,
            ),
        )
        .where(ImportedRow.site_id == site_id, ImportedRow.batch_id == batch_id)
        .group_by(col(Procedure.patient_id))
        .order_by(func.min(ImportedRow.line))
    )
    return list(session.exec(query))


def forget_rows(session: Session, site_id: UUID, batch_id: UUID, patient_id: UUID) -> None:
    """Let a patient's lines of an import come in again."""
    of_patient = select(Procedure.id).where(
        Procedure.site_id == site_id, Procedure.patient_id == patient_id
    )
    session.connection().execute(
        delete(ImportedRow).where(
            col(ImportedRow.site_id) == site_id,
            col(ImportedRow.batch_id) == batch_id,
            col(ImportedRow.procedure_id).in_(of_patient),
        )
    )


def get_batch(session: Session, site_id: UUID, batch_id: UUID) -> ImportBatch:
    """Read an import by its id."""
    return session.get_one(ImportBatch, (site_id, batch_id))


def find_import(
    session: Session, sites: Collection[UUID], import_id: UUID, *, lock: bool = False
) -> LogbookImport | None:
    """Find a logbook on its way in, as it stands now."""
    query = (
        select(LogbookImport)
        .where(col(LogbookImport.site_id).in_(sites), LogbookImport.id == import_id)
        .execution_options(populate_existing=True)
    )
    return session.exec(query.with_for_update() if lock else query).first()


def list_imports(session: Session, sites: Collection[UUID], *, limit: int) -> list[LogbookImport]:
    """List the logbooks of these sites, the latest first, without what is in them."""
    query = (
        select(LogbookImport)
        .where(col(LogbookImport.site_id).in_(sites))
        .options(defer(_column("content")), defer(_column("findings")))
        .order_by(col(LogbookImport.created_at).desc())
        .limit(limit)
    )
    return list(session.exec(query))


def list_sealed_imports(session: Session) -> list[LogbookImport]:
    """List the logbooks of all sites of which anything sealed is kept."""
    kept = or_(col(LogbookImport.content).is_not(None), col(LogbookImport.findings).is_not(None))
    return list(session.exec(select(LogbookImport).where(kept)))


def _column(name: str) -> Any:
    return getattr(LogbookImport, name)


def list_mappings(session: Session, site_id: UUID, *, limit: int) -> list[Mapping[str, Any]]:
    """List how a site's latest logbooks were read, the latest first."""
    query = (
        select(LogbookImport.mapping)
        .where(LogbookImport.site_id == site_id, col(LogbookImport.is_matched))
        .order_by(col(LogbookImport.created_at).desc())
        .limit(limit)
    )
    return list(session.exec(query))


def claim_import(
    session: Session, site_id: UUID, import_id: UUID, now: datetime, silent_since: datetime
) -> bool:
    """Take the work on a logbook on; False when somebody is at it, or nothing is to be done."""
    working = [state.value for state in ImportState if state.is_working]
    free = _change(site_id, import_id, beat_at=now).where(
        col(LogbookImport.state).in_(working), col(LogbookImport.beat_at) < silent_since
    )
    return session.connection().execute(free).rowcount == 1


def state_of_import(session: Session, site_id: UUID, import_id: UUID) -> str:
    """Say how a logbook stands at this moment."""
    query = select(LogbookImport.state).where(
        LogbookImport.site_id == site_id, LogbookImport.id == import_id
    )
    return session.exec(query).one()


def beat_import(session: Session, site_id: UUID, import_id: UUID, **told: Any) -> None:
    """Say how far the work on a logbook is."""
    session.connection().execute(_change(site_id, import_id, **told))


def drop_old_files(session: Session, sites: Collection[UUID], before: datetime) -> None:
    """Remove the files that nobody went on with since a moment. What came in of one stays in."""
    waiting = [state.value for state in ImportState if state.is_open]
    session.connection().execute(
        update(LogbookImport)
        .where(
            col(LogbookImport.site_id).in_(sites),
            col(LogbookImport.state).in_(waiting),
            col(LogbookImport.beat_at) < before,
        )
        .values(
            state=case(
                (col(LogbookImport.batch_id).is_(None), ImportState.DISCARDED.value),
                else_=ImportState.IMPORTED.value,
            ),
            content=None,
            findings=None,
        )
    )


def _change(site_id: UUID, import_id: UUID, **values: Any) -> Update:
    return (
        update(LogbookImport)
        .where(col(LogbookImport.site_id) == site_id, col(LogbookImport.id) == import_id)
        .values(values)
    )
