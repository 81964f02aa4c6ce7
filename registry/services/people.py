"""Sites, accounts and roles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from sqlmodel import Session

from registry.db.queries import people as queries
from registry.db.tables import Membership, Site, UserAccount
from registry.domain.access import Actor, Role
from registry.domain.errors import Conflict, RuleViolation
from registry.services.audit import Changes, record_event
from registry.services.passwords import require_good_password
from registry.services.secrets import hash_password

LONGEST_EMAIL = 254
LONGEST_NAME = 200


def ensure_site(
    session: Session, code: str, *, name: str | None = None, synthetic: bool = False
) -> Site:
    """Find a site by its code, or open it."""
    if site := queries.find_site(session, code):
        return site
    site = Site(code=code, name=name or code, synthetic=synthetic)
    session.add(site)
    session.flush()
    return site


def read_email(text: str) -> str:
    """Read an e-mail address as the registry keeps it: in lower case."""
    email = text.strip().lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise RuleViolation.at("email", "Enter an e-mail address: one @, no spaces.")
    if len(email) > LONGEST_EMAIL:
        raise RuleViolation.at("email", f"Enter an address of at most {LONGEST_EMAIL} characters.")
    return email


def read_name(text: str) -> str:
    """Read a person's name."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise RuleViolation.at("name", f"Enter a name of at most {LONGEST_NAME} characters.")
    return name


def has_account(session: Session, email: str) -> bool:
    """Say whether somebody with this e-mail address can sign in already."""
    return queries.find_user(session, email) is not None


def add_person(
    session: Session,
    *,
    actor: Actor,
    email: str,
    name: str,
    password: str | None,
    site: Site,
    role: Role,
    breached: Path | None = None,
) -> UserAccount:
    """Give somebody a role at a site; who has no account gets one, who has keeps their password.

    `Conflict` when they have a role at the site already.
    """
    if user := queries.find_user(session, email):
        grant_role(session, actor=actor, user=user, site=site, role=role)
        return user
    return create_user(
        session,
        actor=actor,
        email=email,
        name=name,
        password=password,
        site=site,
        role=role,
        breached=breached,
    )


def create_user(
    session: Session,
    *,
    actor: Actor,
    email: str,
    name: str,
    password: str | None,
    site: Site,
    role: Role,
    breached: Path | None = None,
) -> UserAccount:
    """Give somebody an account with a role at a site.

    Without a password they choose one by a link, or come through the organisation's provider.
    """
    user = open_account(
        session, actor=actor, email=email, name=name, password=password, breached=breached
    )
    grant_role(session, actor=actor, user=user, site=site, role=role)
    return user


def open_account(
    session: Session,
    *,
    actor: Actor,
    email: str,
    name: str,
    password: str | None,
    breached: Path | None = None,
    system_admin: bool = False,
) -> UserAccount:
    """Open an account that has no role at any site yet."""
    email, name = read_email(email), read_name(name)
    if password is not None:
        require_good_password(password, about=(email, name), breached=breached)
    if queries.find_account(session, email):
        raise Conflict("There is an account with this e-mail address already.")
    kept = hash_password(password) if password is not None else None
    user = UserAccount(email=email, name=name, password_hash=kept, system_admin=system_admin)
    session.add(user)
    session.flush()
    changes: Changes = {"user": [None, str(user.id)], "system_admin": [None, system_admin]}
    record_event(session, actor, "open_account", changes=changes)
    return user


def grant_role(
    session: Session, *, actor: Actor, user: UserAccount, site: Site, role: Role
) -> None:
    """Make somebody a member of a site; `Conflict` when they are one already."""
    if any(at.id == site.id for _, at in queries.list_memberships(session, user.id)):
        raise Conflict("This person has a role at this site already.")
    session.add(Membership(site_id=site.id, user_id=user.id, role=role.value))
    record_event(
        session,
        actor,
        "grant_role",
        site_id=site.id,
        changes={"user": [None, str(user.id)], "role": [None, role.value]},
    )
    session.flush()


def actor_of(session: Session, user: UserAccount, request_id: str | None = None) -> Actor:
    """Give an account's holder as an actor with their roles."""
    return actor_with(user, queries.list_memberships(session, user.id), request_id)


def actor_with(
    user: UserAccount, memberships: Sequence[tuple[Membership, Site]], request_id: str | None
) -> Actor:
    """Give an account's holder as an actor with roles that were read already."""
    return Actor(
        name=user.name,
        email=user.email,
        user_id=user.id,
        roles={site.id: Role(membership.role) for membership, site in memberships},
        site_names=tuple(site.name for _, site in memberships),
        request_id=request_id,
        system_admin=user.system_admin,
    )


def local_actor(session: Session) -> Actor:
    """Give the command line as an actor: it can do what the holder of the database can do."""
    roles = {site.id: Role.ADMIN for site in queries.list_sites(session)}
    return Actor(name="command line", roles=roles, local=True)
