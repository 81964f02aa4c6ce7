"""Finding the links by which patients answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from registry.db.tables import PatientLink


def find_link(session: Session, token_hash: str, *, lock: bool = False) -> PatientLink | None:
    """Find a link by its secret's hash; `lock` reads it anew and makes other users of it wait."""
    query = select(PatientLink).where(PatientLink.token_hash == token_hash)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.exec(query).first()


def find_link_by_id(session: Session, sites: Collection[UUID], link_id: UUID) -> PatientLink | None:
    """Find a link of these sites."""
    query = select(PatientLink).where(
        col(PatientLink.site_id).in_(sites), PatientLink.id == link_id
    )
    return session.exec(query).first()


def list_open_links(
    session: Session, site_id: UUID, patients: Collection[UUID], now: datetime
) -> Sequence[PatientLink]:
    """List the links of a person's records that can still be used, latest first."""
    query = select(PatientLink).where(
        PatientLink.site_id == site_id,
        col(PatientLink.patient_id).in_(patients),
        col(PatientLink.used_at).is_(None),
        col(PatientLink.revoked_at).is_(None),
        col(PatientLink.expires_at) > now,
    )
    return session.exec(query.order_by(col(PatientLink.created_at).desc())).all()
