"""Reading what was done to records."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from registry.db.tables import AuditEvent, AuditHead
from registry.domain.trail import NOTHING_BEFORE

CHUNK = 1_000


def list_trail(session: Session, site_id: UUID, record_ids: Collection[UUID]) -> list[AuditEvent]:
    """List what was done to records of a site, latest first."""
    return list(
        session.exec(
            select(AuditEvent)
            .where(AuditEvent.site_id == site_id, col(AuditEvent.record_id).in_(record_ids))
            .order_by(col(AuditEvent.id).desc())
        ).all()
    )


def hold_head(session: Session, chain: str) -> AuditHead:
    """Find where a chain ends and hold it until the commit: who would add to it too, waits."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    begin = insert(AuditHead).values(chain=chain, number=0, seal=NOTHING_BEFORE)
    session.connection().execute(begin.on_conflict_do_nothing())
    return session.exec(
        select(AuditHead)
        .where(AuditHead.chain == chain)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def list_heads(session: Session) -> list[AuditHead]:
    """List where every chain ends."""
    return list(session.exec(select(AuditHead).order_by(AuditHead.chain)).all())


def list_chains(session: Session) -> list[str]:
    """List the chains that have a line or an end."""
    told = {head.chain for head in list_heads(session)}
    return sorted(told | set(session.exec(select(AuditEvent.chain).distinct()).all()))


def stream_chain(session: Session, chain: str) -> Iterator[AuditEvent]:
    """Stream the lines of a chain by their numbers."""
    query = select(AuditEvent).where(AuditEvent.chain == chain)
    ordered = query.order_by(col(AuditEvent.number), col(AuditEvent.id))
    for event in session.exec(ordered.execution_options(yield_per=CHUNK)):
        yield event
        session.expunge(event)
