"""Finding single records of the timeline, standing or voided."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session, col, select

from registry.db.base import KeptRow
from registry.db.queries.parts import with_parts
from registry.db.queries.patients import EventT

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


def find_voided(
    session: Session, table: type[Kept], sites: Collection[UUID], record_id: UUID
) -> Kept | None:
    """Find a voided record of these sites with all its parts, as it stands in the database now."""
    query = (
        select(table)
        .where(
            col(table.site_id).in_(sites), table.id == record_id, col(table.voided_at).is_not(None)
        )
        .options(*with_parts(table))
        .execution_options(populate_existing=True)
    )
    return session.exec(query).first()


def list_voided(
    session: Session, table: type[EventT], site_id: UUID, patients: Collection[UUID]
) -> Sequence[EventT]:
    """List the voided records of one kind of these patients, the latest voided first."""
    query = (
        select(table)
        .where(
            col(table.site_id) == site_id,
            col(table.patient_id).in_(patients),
            col(table.voided_at).is_not(None),
        )
        .order_by(col(table.voided_at).desc(), col(table.id))
        .options(*with_parts(table))
    )
    return session.exec(query).all()
