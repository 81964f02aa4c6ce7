"""What a system administrator does: who works where, as what, and who no longer does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from registry.db.queries import people as queries
from registry.db.queries.sign_in import (
    delete_links,
    delete_pending,
    delete_sessions,
    latest_sessions,
    people_with_second_factor,
)
from registry.db.tables import Membership, Site, UserAccount
from registry.domain.access import Actor, Role, require_account_manager
from registry.domain.errors import Conflict, NotFound
from registry.services.audit import Changes, record_event

OWN = (
    "Nobody changes their own rights. Ask another system administrator, or whoever runs the server."
)


@dataclass(frozen=True, slots=True)
class Person:
    """An account as its manager sees it."""

    user: UserAccount
    roles: tuple[tuple[Site, Role], ...]
    second_factor: bool
    seen_at: datetime | None


def list_people(session: Session, *, actor: Actor) -> list[Person]:
    """List all accounts, by name."""
    require_account_manager(actor)
    roles: dict[UUID, list[tuple[Site, Role]]] = {}
    for membership, site in queries.list_all_memberships(session):
        roles.setdefault(membership.user_id, []).append((site, Role(membership.role)))
    guarded, seen = people_with_second_factor(session), latest_sessions(session)
    return [
        Person(user, tuple(roles.get(user.id, ())), user.id in guarded, seen.get(user.id))
        for user in queries.list_accounts(session)
    ]


def get_person(session: Session, *, actor: Actor, user_id: UUID) -> Person:
    """Read one account."""
    found = next((p for p in list_people(session, actor=actor) if p.user.id == user_id), None)
    if found is None:
        raise NotFound("There is no such account.")
    return found


def list_all_sites(session: Session, *, actor: Actor) -> list[Site]:
    """List the sites at which people can be given roles."""
    require_account_manager(actor)
    return queries.list_sites(session)


def set_role(
    session: Session, *, actor: Actor, user_id: UUID, site_id: UUID, role: Role | None
) -> None:
    """Give somebody a role at a site in the place of the one they had, or none any more."""
    _managed(session, actor, user_id)
    site = session.get(Site, site_id)
    if site is None:
        raise NotFound("There is no such site.")
    kept = session.get(Membership, (site_id, user_id))
    before, after = (kept.role if kept else None), (role.value if role else None)
    if before == after:
        return
    if kept is None and role is not None:
        session.add(Membership(site_id=site_id, user_id=user_id, role=role.value))
    elif kept is not None and role is not None:
        kept.role = role.value
    elif kept is not None:
        session.delete(kept)
    action = "grant_role" if before is None else ("change_role" if after else "take_role")
    changes = {"user": [None, str(user_id)], "role": [before, after]}
    record_event(session, actor, action, site_id=site_id, changes=changes)
    session.flush()


def set_system_admin(session: Session, *, actor: Actor, user_id: UUID, value: bool) -> None:
    """Let somebody manage sites and accounts, or no longer."""
    user = _managed(session, actor, user_id)
    if user.system_admin != value:
        user.system_admin = value
        changes: Changes = {
            "user": [None, str(user_id)],
            "system_admin": [not value, value],
        }
        record_event(session, actor, "set_system_admin", changes=changes)
        session.flush()


def set_active(session: Session, *, actor: Actor, user_id: UUID, value: bool) -> None:
    """Close an account, which ends its sessions, links and tokens, or open it again."""
    user = _managed(session, actor, user_id)
    if user.active == value:
        return
    user.active = value
    if not value:
        delete_sessions(session, user_id)
        delete_pending(session, user_id)
        delete_links(session, user_id)
    action = "reopen_account" if value else "close_account"
    record_event(session, actor, action, changes={"user": [None, str(user_id)]})
    session.flush()


def _managed(session: Session, actor: Actor, user_id: UUID) -> UserAccount:
    require_account_manager(actor)
    if actor.user_id == user_id:
        raise Conflict(OWN)
    user = queries.get_account(session, user_id)
    if user is None:
        raise NotFound("There is no such account.")
    return user
