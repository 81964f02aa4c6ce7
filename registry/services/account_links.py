"""Links that work once: for the first account of a new registry, and to choose a password."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlmodel import Session

from registry.db.queries import people as queries
from registry.db.queries.sign_in import delete_links, find_link
from registry.db.tables import AccountLink, UserAccount
from registry.domain.access import Actor, Role, require_account_manager
from registry.domain.errors import NotFound, RuleViolation
from registry.services.audit import record_event
from registry.services.people import actor_of, ensure_site, grant_role, open_account
from registry.services.secrets import digest, new_secret
from registry.services.sign_in import change_password
from registry.services.sites import read_code, read_site_name

SETUP_FOR = timedelta(hours=24)
INVITED_FOR = timedelta(days=7)
SETTING_UP = "first set-up"
"""Who the trail names for the first account: nobody could sign in yet."""
_CLOSED = "This link can't be used: it was used, has expired or was withdrawn. Ask for another."


def make_setup_link(session: Session, *, now: datetime) -> str | None:
    """Make the link for the first account; None once there is an account. Earlier ones end."""
    if queries.count_accounts(session):
        return None
    delete_links(session, None)
    return _make(session, "setup", None, now + SETUP_FOR)


def make_password_link(session: Session, *, actor: Actor, user_id: UUID, now: datetime) -> str:
    """Make a link by which somebody chooses a password; earlier ones of theirs end."""
    require_account_manager(actor)
    user = queries.get_user(session, user_id)
    if user is None:
        raise NotFound("There is no such account, or it is closed.")
    delete_links(session, user.id)
    record_event(session, actor, "make_password_link", changes={"user": [None, str(user.id)]})
    purpose = "reset" if user.password_hash else "invite"
    return _make(session, purpose, user.id, now + INVITED_FOR)


def _make(session: Session, purpose: str, user_id: UUID | None, until: datetime) -> str:
    secret = new_secret()
    session.add(
        AccountLink(token_hash=digest(secret), purpose=purpose, user_id=user_id, expires_at=until)
    )
    session.flush()
    return secret


def open_link(session: Session, *, secret: str, now: datetime) -> UserAccount | None:
    """Say whose link it is; None for the first account of all. `NotFound` when it doesn't work."""
    return _open(session, secret, now)[1]


def _open(session: Session, secret: str, now: datetime) -> tuple[AccountLink, UserAccount | None]:
    link = find_link(session, digest(secret))
    if link is None or link.expires_at <= now:
        raise NotFound(_CLOSED)
    if link.user_id is None:
        if queries.count_accounts(session):
            raise NotFound(_CLOSED)
        return link, None
    user = queries.get_user(session, link.user_id)
    if user is None:
        raise NotFound(_CLOSED)
    return link, user


def set_up(
    session: Session,
    *,
    secret: str,
    now: datetime,
    email: str,
    name: str,
    password: str,
    site_code: str,
    site_name: str,
    breached: Path | None = None,
    request_id: str | None = None,
) -> UserAccount:
    """Make the first account: its holder administers the system and the first site."""
    link, _ = _open(session, secret, now)
    if link.user_id is not None:
        raise NotFound(_CLOSED)
    code, title = read_code(site_code), read_site_name(site_name)
    actor = Actor(name=SETTING_UP, request_id=request_id)
    user = open_account(
        session,
        actor=actor,
        email=email,
        name=name,
        password=password,
        breached=breached,
        system_admin=True,
    )
    site = ensure_site(session, code, name=title)
    grant_role(session, actor=actor, user=user, site=site, role=Role.ADMIN)
    delete_links(session, None)
    return user


def choose_password(
    session: Session,
    *,
    secret: str,
    now: datetime,
    password: str,
    breached: Path | None = None,
    request_id: str | None = None,
) -> UserAccount:
    """Choose a password by a link, which is used up by it."""
    link, user = _open(session, secret, now)
    if user is None:
        raise RuleViolation.at("", "This link is for the first account.")
    actor = actor_of(session, user, request_id)
    change_password(session, actor=actor, user=user, password=password, breached=breached)
    session.delete(link)
    session.flush()
    return user
