"""Proving that the audit trail is whole, and giving its ends away to be kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from sqlmodel import Session

from registry.db.queries import trail as queries
from registry.db.queries.people import list_sites
from registry.db.queries.trail import TrailQuestion
from registry.db.tables import AuditEvent, Site
from registry.domain.access import Actor, Permission
from registry.domain.errors import NotFound
from registry.domain.identifiers import withhold
from registry.domain.trail import REGISTRY_CHAIN, Break, Entry, Link, find_breaks
from registry.services.audit import says, unsealed
from registry.services.readings import note_trail

MOST_TOLD = 20
"""Breaks told of one chain: who seals anew from a place on breaks everything behind it."""


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """One chain, walked from end to end: how many lines, where it ends, where it is broken."""

    chain: str
    name: str
    head: Link | None
    breaks: tuple[Break, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trail as somebody may see it: the event, its site, what changed."""

    event: AuditEvent
    site: str
    changes: Mapping[str, Any]


def verify_trail(
    session: Session, *, anchors: Mapping[str, Link] | None = None
) -> Iterator[ChainCheck]:
    """Walk every chain of the trail; `anchors` are links written down earlier, by chain.

    A chain that an anchor speaks of and that is gone counts as cut short.
    """
    wanted = anchors or {}
    for chain in sorted({*queries.list_chains(session), *wanted}):
        yield _check(session, chain, wanted.get(chain))


def _check(session: Session, chain: str, anchor: Link | None) -> ChainCheck:
    head = {h.chain: Link(h.number, h.seal) for h in queries.list_heads(session)}.get(chain)
    found = find_breaks(chain, _entries(session, chain), head, anchor)
    told = [b for b, _ in zip(found, range(MOST_TOLD + 1), strict=False)]
    name = _names(session).get(chain, chain)
    return ChainCheck(chain, name, head, tuple(told[:MOST_TOLD]), len(told) > MOST_TOLD)


def chain_ends(session: Session) -> list[ChainCheck]:
    """Give where every chain ends, to be written down outside of the registry."""
    names = _names(session)
    return [
        ChainCheck(h.chain, names.get(h.chain, h.chain), Link(h.number, h.seal), (), more=False)
        for h in queries.list_heads(session)
    ]


def search_trail(
    session: Session, *, actor: Actor, asked: TrailQuestion, site: str | None, limit: int
) -> list[Line]:
    """List lines of the trails that an actor may read, latest first, as they may see them.

    Where they may not read records, what points to a patient is withheld. That they looked is in
    the trail, too.
    """
    sites = trail_sites(session, actor)
    chosen = {s.id: s for s in sites if site in (None, s.code)}
    events = queries.search_trail(session, chosen, asked, limit)
    note_trail(session, actor, chosen, told_of(asked))
    return [_line(actor, event, chosen) for event in events]


def trail_sites(session: Session, actor: Actor) -> list[Site]:
    """List the sites whose trail an actor may read."""
    allowed = actor.sites(Permission.READ_TRAIL)
    return [s for s in list_sites(session) if s.id in allowed]


def _line(actor: Actor, event: AuditEvent, sites: Mapping[UUID, Site]) -> Line:
    site = sites[event.site_id] if event.site_id else None
    withheld = site is None or not actor.may(Permission.READ_RECORDS, site.id)
    changes = withhold(event.changes) if withheld else unsealed(event.changes)
    return Line(event, site.name if site else "", changes)


def told_of(asked: TrailQuestion) -> dict[str, Any]:
    """Give what was asked of the trail as plain JSON."""
    told = {name: value for name, value in asdict(asked).items() if value}
    return {
        name: sorted(value) if isinstance(value, frozenset) else str(value)
        for name, value in told.items()
    }


def check_site(session: Session, *, actor: Actor, site: str) -> ChainCheck:
    """Walk the chain of a site whose trail an actor may read."""
    found = next((s for s in trail_sites(session, actor) if s.code == site), None)
    if found is None:
        raise NotFound("There is no such site.")
    return replace(_check(session, str(found.id), None), name=found.name)


def _names(session: Session) -> dict[str, str]:
    return {REGISTRY_CHAIN: REGISTRY_CHAIN, **{str(s.id): s.code for s in list_sites(session)}}


def _entries(session: Session, chain: str) -> Iterator[Entry]:
    for event in queries.stream_chain(session, chain):
        yield Entry(event.number, says(event), event.previous, event.seal)
