"""Finding how adverse events were graded."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from registry.db.tables import AdverseEvent


def find_last_graded(session: Session, site_id: UUID) -> AdverseEvent | None:
    """Find the adverse event with a grade that was recorded last at a site."""
    return session.exec(
        select(AdverseEvent)
        .where(
            AdverseEvent.site_id == site_id,
            col(AdverseEvent.voided_at).is_(None),
            col(AdverseEvent.scheme).is_not(None),
        )
        .order_by(col(AdverseEvent.id).desc())
        .limit(1)
    ).first()
