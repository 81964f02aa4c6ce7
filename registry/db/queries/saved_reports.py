"""Finding the reports that people keep."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, col, select

from registry.db.tables import SavedReport


def list_saved(session: Session, sites: Collection[UUID]) -> list[SavedReport]:
    """List the saved reports of these sites by name."""
    query = select(SavedReport).where(col(SavedReport.site_id).in_(sites))
    return list(session.exec(query.order_by(SavedReport.name, col(SavedReport.id))).all())


def find_saved(session: Session, sites: Collection[UUID], saved_id: UUID) -> SavedReport | None:
    """Find a saved report of one of these sites."""
    return session.exec(
        select(SavedReport).where(col(SavedReport.site_id).in_(sites), SavedReport.id == saved_id)
    ).first()


def find_saved_by_name(session: Session, site_id: UUID, name: str) -> SavedReport | None:
    """Find a site's saved report by its name."""
    return session.exec(
        select(SavedReport).where(SavedReport.site_id == site_id, SavedReport.name == name)
    ).first()
