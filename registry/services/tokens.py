"""Keys for programs: made once, narrowed by scopes, revoked at any time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from registry.db.queries import sign_in as queries
from registry.db.queries.people import find_user, get_user
from registry.db.tables import ApiToken
from registry.domain.access import EVERY_SCOPE, Actor, Scope
from registry.domain.errors import NotAuthenticated, NotFound, Problem, refuse
from registry.services.audit import Changes, record_event
from registry.services.people import actor_of
from registry.services.secrets import digest, new_secret

TOKEN_DAYS = 365
MOST_DAYS = 365
LONGEST_NAME = 80
USED_EVERY = timedelta(minutes=1)
"""How exactly it is kept when a token was last used."""


def create_token(
    session: Session,
    *,
    actor: Actor,
    email: str,
    now: datetime,
    scopes: Collection[Scope] = EVERY_SCOPE,
    days: int = TOKEN_DAYS,
    name: str = "unnamed",
) -> str:
    """Make an API token for a person's programs; this is the only time it can be seen."""
    user = find_user(session, email)
    if user is None or not (actor.local or actor.user_id == user.id):
        raise NotFound("There is no account with this e-mail address. Add one first.")
    refuse(_problems(scopes, days, name))
    secret, kept = new_secret(), sorted(scope.value for scope in scopes)
    token = ApiToken(
        user_id=user.id,
        name=name.strip(),
        scopes=" ".join(kept),
        token_hash=digest(secret),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(token)
    changes: Changes = {
        "user": [None, str(user.id)],
        "token": [None, str(token.id)],
        "scopes": [None, kept],
    }
    record_event(session, actor, "create_token", changes=changes)
    session.flush()
    return secret


def _problems(scopes: Collection[Scope], days: int, name: str) -> list[Problem]:
    found = []
    if not scopes:
        found.append(Problem("scopes", "Choose at least one thing that the token is for."))
    if not 1 <= days <= MOST_DAYS:
        found.append(Problem("days", f"A token lasts 1 to {MOST_DAYS} days."))
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        found.append(Problem("name", f"Name the program, in at most {LONGEST_NAME} characters."))
    return found


def list_own_tokens(session: Session, *, actor: Actor) -> list[ApiToken]:
    """List the actor's tokens that were not revoked, the newest first."""
    return queries.list_tokens(session, actor.user_id) if actor.user_id else []


def list_tokens_of(session: Session, *, email: str) -> list[ApiToken]:
    """List a person's tokens that were not revoked, the newest first."""
    user = find_user(session, email)
    if user is None:
        raise NotFound("There is no account with this e-mail address.")
    return queries.list_tokens(session, user.id)


def revoke_token(session: Session, *, actor: Actor, token_id: UUID, now: datetime) -> None:
    """Revoke a token, of one's own or, at the command line, anybody's."""
    token = queries.get_token(session, token_id)
    if token is None or not (actor.local or token.user_id == actor.user_id):
        raise NotFound("There is no such token.")
    if token.revoked_at is None:
        token.revoked_at = now
        record_event(session, actor, "revoke_token", changes={"token": [str(token.id), None]})
        session.flush()


def use_token(
    session: Session, *, secret: str, now: datetime, request_id: str | None = None
) -> tuple[Actor, UUID | None]:
    """Find who a bearer token acts for, narrowed to its scopes.

    Gives the token's id as well when it should be noted that it was used.
    """
    kept = queries.find_token(session, digest(secret))
    user = get_user(session, kept.user_id) if kept else None
    if kept is None or user is None or kept.revoked_at is not None or kept.expires_at <= now:
        raise NotAuthenticated("The token is unknown, was revoked or has expired. Make a new one.")
    scopes = frozenset(Scope(scope) for scope in kept.scopes.split())
    stale = kept.last_used_at is None or kept.last_used_at + USED_EVERY <= now
    actor = replace(actor_of(session, user, request_id), scopes=scopes)
    return actor, kept.id if stale else None


def note_used(session: Session, *, token_id: UUID, now: datetime) -> None:
    """Note that a token was used."""
    queries.mark_token(session, token_id, now)
