"""Browsers that are signed in: opened, resumed, listed and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from registry.db.queries import sign_in as queries
from registry.db.queries.people import get_account, get_user, list_memberships
from registry.db.tables import UserAccount, UserSession
from registry.domain.access import Actor, require_account_manager
from registry.domain.errors import NotFound
from registry.services.audit import Changes, record_event
from registry.services.people import actor_of, actor_with
from registry.services.secrets import digest, new_secret

SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is kept when a session was last seen."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, with the secret that guards their writes.

    `confirmed_at` is when they last gave a password or a code.
    """

    actor: Actor
    csrf_token: str
    synthetic: bool
    session_id: UUID
    seen_at: datetime
    confirmed_at: datetime


def open_session(
    session: Session,
    *,
    user: UserAccount,
    now: datetime,
    hours: int,
    replaces: str | None = None,
    request_id: str | None = None,
    device: str = "",
    how: str | None = None,
) -> str:
    """Sign somebody in; gives the secret for the browser's cookie.

    Their expired sessions are forgotten, and the one that the browser had until now. When that was
    theirs, forms that stand open in the browser can still be sent. `how` they proved who they are
    is for the trail.
    """
    before = queries.find_session(session, digest(replaces or ""))
    csrf_token = before.csrf_token if before and before.user_id == user.id else new_secret()
    close_session(session, secret=replaces or "")
    queries.delete_expired_sessions(session, user.id, now)
    secret = new_secret()
    session.add(_begun(user, secret, csrf_token, device[:80], now, timedelta(hours=hours)))
    changes = {"by": [None, how]} if how else None
    record_event(session, actor_of(session, user, request_id), "sign_in", changes=changes)
    session.flush()
    return secret


def _begun(
    user: UserAccount, secret: str, csrf_token: str, device: str, now: datetime, lasts: timedelta
) -> UserSession:
    return UserSession(
        token_hash=digest(secret),
        user_id=user.id,
        csrf_token=csrf_token,
        device=device,
        created_at=now,
        last_seen_at=now,
        confirmed_at=now,
        expires_at=now + lasts,
    )


def close_session(session: Session, *, secret: str, actor: Actor | None = None) -> None:
    """Sign a browser out."""
    if kept := queries.find_session(session, digest(secret)):
        session.delete(kept)
        if actor:
            record_event(session, actor, "sign_out")
        session.flush()


def resume_session(
    session: Session,
    *,
    secret: str,
    now: datetime,
    request_id: str | None = None,
    idle: timedelta | None = None,
) -> SignedIn | None:
    """Find who a browser's cookie belongs to; None when it is unknown, expired or was idle."""
    kept = queries.find_session(session, digest(secret))
    if kept is None or kept.expires_at <= now or (idle and kept.last_seen_at + idle <= now):
        return None
    user = get_user(session, kept.user_id)
    if user is None:
        return None
    memberships = list_memberships(session, user.id)
    return SignedIn(
        actor=actor_with(user, memberships, request_id),
        csrf_token=kept.csrf_token,
        synthetic=any(site.synthetic for _, site in memberships),
        session_id=kept.id,
        seen_at=kept.last_seen_at,
        confirmed_at=kept.confirmed_at,
    )


def note_seen(session: Session, *, secret: str, now: datetime) -> None:
    """Note that a browser was heard of."""
    queries.mark_session(session, digest(secret), last_seen_at=now)


def note_confirmed(session: Session, *, secret: str, now: datetime) -> None:
    """Note that a browser's person gave a password or code once more."""
    queries.mark_session(session, digest(secret), confirmed_at=now, last_seen_at=now)


def owner_of(session: Session, *, secret: str) -> UUID | None:
    """Say whose session it was, though it may have run out."""
    kept = queries.find_session(session, digest(secret)) if secret else None
    return kept.user_id if kept else None


def list_own_sessions(
    session: Session, *, actor: Actor, now: datetime, idle: timedelta
) -> list[UserSession]:
    """List where the actor is signed in, the last seen first."""
    if actor.user_id is None:
        return []
    found = queries.list_sessions(session, actor.user_id, now)
    return [kept for kept in found if kept.last_seen_at + idle > now]


def end_own_session(session: Session, *, actor: Actor, session_id: UUID, now: datetime) -> None:
    """End one of the actor's sessions, wherever it is."""
    own = queries.list_sessions(session, actor.user_id, now) if actor.user_id else []
    kept = next((kept for kept in own if kept.id == session_id), None)
    if kept is None:
        raise NotFound("There is no such session: it has ended already.")
    session.delete(kept)
    record_event(session, actor, "end_session", changes={"device": [kept.device, None]})
    session.flush()


def end_other_sessions(session: Session, *, actor: Actor, secret: str) -> int:
    """End all of the actor's sessions but this browser's; says how many."""
    if actor.user_id is None:
        return 0
    ended = queries.delete_sessions(session, actor.user_id, but=digest(secret))
    record_event(session, actor, "end_sessions", changes={"ended": [None, ended]})
    session.flush()
    return ended


def end_sessions_of(session: Session, *, actor: Actor, user_id: UUID) -> int:
    """End all sessions of somebody; says how many."""
    require_account_manager(actor)
    if get_account(session, user_id) is None:
        raise NotFound("There is no such account.")
    ended = queries.delete_sessions(session, user_id)
    changes: Changes = {"user": [None, str(user_id)], "ended": [None, ended]}
    record_event(session, actor, "end_sessions", changes=changes)
    session.flush()
    return ended
