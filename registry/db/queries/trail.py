"""Reading what was done to records."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, col, select

from registry.db.tables import AuditEvent


def list_trail(session: Session, site_id: UUID, record_ids: Collection[UUID]) -> list[AuditEvent]:
    """List what was done to records of a site, latest first."""
    return list(
        session.exec(
            select(AuditEvent)
            .where(AuditEvent.site_id == site_id, col(AuditEvent.record_id).in_(record_ids))
            .order_by(col(AuditEvent.id).desc())
        ).all()
    )
