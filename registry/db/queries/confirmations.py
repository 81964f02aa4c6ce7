"""Reading what was confirmed about records."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, col, select

from registry.db.tables import Confirmation


def list_confirmations(
    session: Session, site_id: UUID, record_ids: Collection[UUID]
) -> list[Confirmation]:
    """List what was confirmed about records of a site, in the order of the answers."""
    return list(
        session.exec(
            select(Confirmation)
            .where(Confirmation.site_id == site_id, col(Confirmation.record_id).in_(record_ids))
            .order_by(col(Confirmation.id))
        ).all()
    )
