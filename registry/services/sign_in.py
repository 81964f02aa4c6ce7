"""Proving who one is: a password, counted and never hurried, and what comes after it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from registry.db.queries import people as queries
from registry.db.queries import sign_in as doors
from registry.db.tables import PendingSignIn, UserAccount
from registry.domain.access import Actor
from registry.domain.errors import NotAuthenticated, RuleViolation
from registry.services.audit import record_event
from registry.services.passwords import require_good_password
from registry.services.people import actor_of
from registry.services.secrets import digest, hash_password, new_secret, verify_password

PENDING_FOR = timedelta(minutes=10)
"""How long a right password waits for its second factor."""


def authenticate(session: Session, *, email: str, password: str) -> UserAccount:
    """Check an e-mail and password; the refusal never says which of the two was wrong."""
    user = queries.find_user(session, email)
    if not verify_password(password, user.password_hash if user else None) or user is None:
        raise NotAuthenticated("E-mail or password is not right. Check both and try again.")
    return user


def is_password_of(session: Session, actor: Actor, password: str) -> bool:
    """Say whether it is the actor's password, which they are asked for once more."""
    user = queries.get_user(session, actor.user_id) if actor.user_id else None
    return verify_password(password, user.password_hash if user else None)


def record_refused_sign_in(
    session: Session, *, email: str, request_id: str | None = None, why: str | None = None
) -> None:
    """Leave a line about a refused sign-in: at whose account, if at any, never what was typed."""
    user = queries.find_user(session, email)
    stranger = Actor(name="unknown", request_id=request_id)
    actor = actor_of(session, user, request_id) if user else stranger
    record_event(session, actor, "refuse_sign_in", reason=why)
    session.flush()


def begin_pending(session: Session, *, user: UserAccount, now: datetime) -> str:
    """Let somebody with the right password wait for the second factor; gives a cookie's secret."""
    doors.delete_pending(session, user.id)
    secret = new_secret()
    expires_at = now + PENDING_FOR
    session.add(PendingSignIn(token_hash=digest(secret), user_id=user.id, expires_at=expires_at))
    session.flush()
    return secret


def resume_pending(session: Session, *, secret: str, now: datetime) -> UserAccount:
    """Find whose second factor is waited for."""
    kept = doors.find_pending(session, digest(secret)) if secret else None
    user = queries.get_user(session, kept.user_id) if kept and kept.expires_at > now else None
    if user is None:
        raise NotAuthenticated("Too long ago. Enter your password again.")
    return user


def end_pending(session: Session, *, user: UserAccount) -> None:
    """Forget that a second factor was waited for."""
    doors.delete_pending(session, user.id)


def change_password(
    session: Session,
    *,
    actor: Actor,
    user: UserAccount,
    password: str,
    keep: str | None = None,
    breached: Path | None = None,
) -> None:
    """Give an account another password. Its sessions end, but the one with the secret `keep`."""
    require_good_password(password, about=(user.email, user.name), breached=breached)
    if verify_password(password, user.password_hash):
        raise RuleViolation.at("password", "This is the password you have. Choose another.")
    user.password_hash = hash_password(password)
    doors.delete_sessions(session, user.id, but=digest(keep) if keep else None)
    doors.delete_pending(session, user.id)
    record_event(session, actor, "change_password")
    session.flush()


def has_password(session: Session, actor: Actor) -> bool:
    """Say whether the actor has a password here, or only comes through a provider."""
    user = queries.get_user(session, actor.user_id) if actor.user_id else None
    return user is not None and user.password_hash is not None
