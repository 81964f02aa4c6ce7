"""Finding single records of the timeline."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session, col, select

from registry.db.base import KeptRow
from registry.db.queries.parts import with_parts
from registry.db.tables import AuditEvent

Kept = TypeVar("Kept", bound=KeptRow)


def find_record(
    session: Session, table: type[Kept], sites: Collection[UUID], record_id: UUID
) -> Kept | None:
    """Find a standing record of these sites with all its parts."""
    query = (
        select(table)
        .where(col(table.site_id).in_(sites), table.id == record_id, col(table.voided_at).is_(None))
        .options(*with_parts(table))
    )
    return session.exec(query).first()


def list_history(session: Session, site_id: UUID, record_id: UUID) -> list[AuditEvent]:
    """List what was done to a record, latest first."""
    return list(
        session.exec(
            select(AuditEvent)
            .where(AuditEvent.site_id == site_id, AuditEvent.record_id == record_id)
            .order_by(col(AuditEvent.id).desc())
        ).all()
    )
