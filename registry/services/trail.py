"""Proving that the audit trail is whole, and giving its ends away to be kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from registry.db.queries.people import list_sites
from registry.db.queries.trail import list_chains, list_heads, stream_chain
from registry.domain.trail import REGISTRY_CHAIN, Break, Entry, Link, find_breaks
from registry.services.audit import says

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


def verify_trail(
    session: Session, *, anchors: Mapping[str, Link] | None = None
) -> Iterator[ChainCheck]:
    """Walk every chain of the trail; `anchors` are links written down earlier, by chain.

    A chain that an anchor speaks of and that is gone counts as cut short.
    """
    wanted = anchors or {}
    heads = {h.chain: Link(h.number, h.seal) for h in list_heads(session)}
    names = _names(session)
    for chain in sorted({*list_chains(session), *wanted}):
        found = find_breaks(chain, _entries(session, chain), heads.get(chain), wanted.get(chain))
        told = [b for b, _ in zip(found, range(MOST_TOLD + 1), strict=False)]
        yield ChainCheck(
            chain,
            names.get(chain, chain),
            heads.get(chain),
            tuple(told[:MOST_TOLD]),
            len(told) > MOST_TOLD,
        )


def chain_ends(session: Session) -> list[ChainCheck]:
    """Give where every chain ends, to be written down outside of the registry."""
    names = _names(session)
    return [
        ChainCheck(h.chain, names.get(h.chain, h.chain), Link(h.number, h.seal), (), more=False)
        for h in list_heads(session)
    ]


def _names(session: Session) -> dict[str, str]:
    return {REGISTRY_CHAIN: REGISTRY_CHAIN, **{str(s.id): s.code for s in list_sites(session)}}


def _entries(session: Session, chain: str) -> Iterator[Entry]:
    for event in stream_chain(session, chain):
        yield Entry(event.number, says(event), event.previous, event.seal)
