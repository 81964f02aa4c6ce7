"""What was recorded last time, offered again: nobody types the same block twice."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from registry.db.queries import procedures as queries
from registry.db.tables import Procedure
from registry.domain.access import Actor, Permission, require


def last_of_technique(
    session: Session, *, actor: Actor, site_id: UUID, technique: str
) -> Procedure | None:
    """Find the last procedure of a technique at a site: the actor's own, else anybody's."""
    require(actor, Permission.READ_RECORDS, site_id)
    own = (
        queries.find_last_by(session, [site_id], actor.user_id, technique)
        if actor.user_id
        else None
    )
    return own or queries.find_last_of_technique(session, [site_id], technique)


def usual_operator(session: Session, *, actor: Actor) -> str:
    """Name the operator of the procedure that the actor logged last, else the actor."""
    sites = actor.sites(Permission.READ_RECORDS)
    last = queries.find_last_by(session, sites, actor.user_id) if actor.user_id else None
    return last.operator if last else actor.name
