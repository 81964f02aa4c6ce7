"""Reading adverse events across patients: how they were graded, and for reports."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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


def list_adverse_events(session: Session, sites: Collection[UUID]) -> Sequence[AdverseEvent]:
    """List the adverse events that stand at these sites, earliest first."""
    return session.exec(
        select(AdverseEvent)
        .where(col(AdverseEvent.site_id).in_(sites), col(AdverseEvent.voided_at).is_(None))
        .order_by(col(AdverseEvent.onset_on), col(AdverseEvent.id))
    ).all()
