"""Reading what was done to records."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Text, bindparam, cast
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from registry.db.tables import AuditEvent, AuditHead
from registry.domain.trail import NOTHING_BEFORE

CHUNK = 1_000

_HELD_HEAD = (
    select(AuditHead)
    .where(AuditHead.chain == bindparam("chain"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


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
    told = {"chain": chain}
    if (head := session.exec(_HELD_HEAD, params=told).first()) is not None:
        return head
    # A chain's first line. Of two who begin it at once the second waits here for the first.
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    begin = insert(AuditHead).values(chain=chain, number=0, seal=NOTHING_BEFORE)
    session.connection().execute(begin.on_conflict_do_nothing())
    return session.exec(_HELD_HEAD, params=told).one()


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


@dataclass(frozen=True, slots=True)
class TrailQuestion:
    """Which lines of the trail are asked for; None or nothing: of all.

    `actions` are wanted, or all but those where `not_actions` is set. `since` and `until` are days,
    UTC, both included. `who` is a part of the actor's name. `before` is the line after which an
    earlier page ended.
    """

    actions: frozenset[str] = frozenset()
    not_actions: bool = False
    since: date | None = None
    until: date | None = None
    who: str | None = None
    record_id: UUID | None = None
    request_id: str | None = None
    before: UUID | None = None


def search_trail(
    session: Session, sites: Collection[UUID], asked: TrailQuestion, limit: int
) -> list[AuditEvent]:
    """List lines of these sites' trails, latest first."""
    query = select(AuditEvent).where(col(AuditEvent.site_id).in_(sites))
    if asked.actions:
        among = col(AuditEvent.action).in_(asked.actions)
        query = query.where(~among if asked.not_actions else among)
    if asked.since:
        query = query.where(col(AuditEvent.at) >= _start_of(asked.since))
    if asked.until:
        query = query.where(col(AuditEvent.at) < _start_of(asked.until + timedelta(days=1)))
    if asked.who:
        query = query.where(col(AuditEvent.actor).icontains(asked.who, autoescape=True))
    if asked.record_id:
        query = query.where(AuditEvent.record_id == asked.record_id)
    if asked.request_id:
        query = query.where(AuditEvent.request_id == asked.request_id)
    if asked.before:
        query = query.where(col(AuditEvent.id) < asked.before)
    return list(session.exec(query.order_by(col(AuditEvent.id).desc()).limit(limit)).all())


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def last_change(session: Session, site_id: UUID, kinds: Collection[str]) -> AuditEvent | None:
    """Find the last line of a site's chain that changed a record of these kinds."""
    changed = cast(col(AuditEvent.changes), Text) != "{}"
    query = select(AuditEvent).where(
        AuditEvent.chain == str(site_id),
        col(AuditEvent.record_type).in_(kinds),
        changed,
        ~col(AuditEvent.action).startswith("view_", autoescape=True),
    )
    return session.exec(query.order_by(col(AuditEvent.number).desc()).limit(1)).first()
