"""Accounts, sign-in, sessions and tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from registry.db.queries import people as queries
from registry.db.tables import ApiToken, Membership, Site, UserAccount, UserSession
from registry.domain.access import Actor, Role
from registry.domain.errors import Conflict, NotAuthenticated, NotFound, RuleViolation
from registry.services.audit import record_event
from registry.services.secrets import digest, hash_password, new_secret, verify_password

SHORTEST_PASSWORD = 10
LONGEST_EMAIL = 254
TOKEN_LIFE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, with the secret that guards their writes."""

    actor: Actor
    csrf_token: str
    synthetic: bool


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


def has_account(session: Session, email: str) -> bool:
    """Say whether somebody with this e-mail address can sign in already."""
    return queries.find_user(session, email) is not None


def add_person(
    session: Session,
    *,
    actor: Actor,
    email: str,
    name: str,
    password: str,
    site: Site,
    role: Role,
) -> UserAccount:
    """Give somebody a role at a site; who has no account gets one, who has keeps their password.

    `Conflict` when they have a role at the site already.
    """
    if user := queries.find_user(session, email):
        grant_role(session, actor=actor, user=user, site=site, role=role)
        return user
    return create_user(
        session, actor=actor, email=email, name=name, password=password, site=site, role=role
    )


def create_user(
    session: Session,
    *,
    actor: Actor,
    email: str,
    name: str,
    password: str,
    site: Site,
    role: Role,
) -> UserAccount:
    """Give somebody an account with a role at a site."""
    email = read_email(email)
    if len(password) < SHORTEST_PASSWORD:
        raise RuleViolation.at(
            "password", f"Choose a password of at least {SHORTEST_PASSWORD} characters."
        )
    if queries.find_user(session, email):
        raise Conflict("There is an account with this e-mail address already.")
    user = UserAccount(email=email, name=name, password_hash=hash_password(password))
    session.add(user)
    session.flush()
    grant_role(session, actor=actor, user=user, site=site, role=role)
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


def authenticate(session: Session, *, email: str, password: str) -> UserAccount:
    """Check an e-mail and password; the refusal never says which of the two was wrong."""
    user = queries.find_user(session, email)
    if not verify_password(password, user.password_hash if user else None) or user is None:
        raise NotAuthenticated("E-mail or password is not right. Check both and try again.")
    return user


def record_refused_sign_in(session: Session, *, email: str, request_id: str | None = None) -> None:
    """Leave a line about a refused sign-in: at whose account, if at any, never what was typed."""
    user = queries.find_user(session, email)
    stranger = Actor(name="unknown", request_id=request_id)
    actor = actor_of(session, user, request_id) if user else stranger
    record_event(session, actor, "refuse_sign_in")
    session.flush()


def open_session(
    session: Session,
    *,
    user: UserAccount,
    now: datetime,
    hours: int,
    replaces: str | None = None,
    request_id: str | None = None,
) -> str:
    """Sign somebody in; gives the secret for the browser's cookie.

    Their expired sessions are forgotten, and the one whose secret the browser had until now.
    """
    queries.delete_expired_sessions(session, user.id, now)
    close_session(session, secret=replaces or "")
    secret = new_secret()
    session.add(
        UserSession(
            token_hash=digest(secret),
            user_id=user.id,
            csrf_token=new_secret(),
            expires_at=now + timedelta(hours=hours),
        )
    )
    record_event(session, actor_of(session, user, request_id), "sign_in")
    session.flush()
    return secret


def close_session(session: Session, *, secret: str) -> None:
    """Sign a browser out."""
    if kept := queries.find_session(session, digest(secret)):
        session.delete(kept)
        session.flush()


def resume_session(
    session: Session, *, secret: str, now: datetime, request_id: str | None = None
) -> SignedIn | None:
    """Find who a browser's cookie belongs to; None when it is unknown or has expired."""
    kept = queries.find_session(session, digest(secret))
    if kept is None or kept.expires_at <= now:
        return None
    user = queries.get_user(session, kept.user_id)
    if user is None:
        return None
    memberships = queries.list_memberships(session, user.id)
    return SignedIn(
        actor=_actor(user, memberships, request_id),
        csrf_token=kept.csrf_token,
        synthetic=any(site.synthetic for _, site in memberships),
    )


def create_token(session: Session, *, actor: Actor, email: str, now: datetime) -> str:
    """Make an API token for a person's programs; this is the only time it can be seen."""
    user = queries.find_user(session, email)
    if user is None:
        raise NotFound("There is no account with this e-mail address. Add one first.")
    secret = new_secret()
    session.add(ApiToken(user_id=user.id, token_hash=digest(secret), expires_at=now + TOKEN_LIFE))
    record_event(session, actor, "create_token", changes={"user": [None, str(user.id)]})
    session.flush()
    return secret


def use_token(
    session: Session, *, secret: str, now: datetime, request_id: str | None = None
) -> Actor:
    """Find who a bearer token acts for."""
    kept = queries.find_token(session, digest(secret))
    user = queries.get_user(session, kept.user_id) if kept else None
    if kept is None or user is None or kept.revoked_at is not None or kept.expires_at <= now:
        raise NotAuthenticated("The token is unknown, was revoked or has expired. Make a new one.")
    return actor_of(session, user, request_id)


def actor_of(session: Session, user: UserAccount, request_id: str | None = None) -> Actor:
    """Give an account's holder as an actor with their roles."""
    return _actor(user, queries.list_memberships(session, user.id), request_id)


def _actor(
    user: UserAccount, memberships: Sequence[tuple[Membership, Site]], request_id: str | None
) -> Actor:
    return Actor(
        name=user.name,
        email=user.email,
        user_id=user.id,
        roles={site.id: Role(membership.role) for membership, site in memberships},
        site_names=tuple(site.name for _, site in memberships),
        request_id=request_id,
    )


def local_actor(session: Session) -> Actor:
    """Give the command line as an actor: it can do what the holder of the database can do."""
    roles = {site.id: Role.ADMIN for site in queries.list_sites(session)}
    return Actor(name="command line", roles=roles, local=True)
