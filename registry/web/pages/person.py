"""One person's account, for whoever manages accounts."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.domain.access import Actor, Role
from registry.domain.errors import RuleViolation
from registry.services.account_links import make_password_link
from registry.services.accounts import (
    get_person,
    list_all_sites,
    set_active,
    set_role,
    set_system_admin,
)
from registry.services.second_factor import reset_factor
from registry.services.sessions import end_sessions_of
from registry.web.deps import (
    CurrentActor,
    Guarded,
    Now,
    ReadSession,
    SteppedUp,
    Typed,
    WriteSession,
)
from registry.web.needs import ACCOUNTS, page_needs
from registry.web.render import redirect, render
from registry.web.views.people import address_of, roles_of, state_of

router = APIRouter(dependencies=[page_needs(ACCOUNTS)])

PAGE = "/people/{user_id}"
WRITE = [Guarded, SteppedUp]


@router.get(PAGE)
def show_person(
    request: Request, session: ReadSession, actor: CurrentActor, user_id: UUID
) -> Response:
    """Show what somebody is where, and what can be done about it."""
    return _show(request, session, actor, user_id)


@router.post(f"{PAGE}/role", dependencies=WRITE)
def give_role(
    request: Request, session: WriteSession, actor: CurrentActor, user_id: UUID, typed: Typed
) -> Response:
    """Give, change or take a role at a site."""
    code, chosen = typed.get("site", [""])[0], typed.get("role", [""])[0]
    site = next((s for s in list_all_sites(session, actor=actor) if s.code == code), None)
    if site is None or (chosen and chosen not in set(Role)):
        raise RuleViolation.at("role", "Choose a site and a role from the lists.")
    role = Role(chosen) if chosen else None
    set_role(session, actor=actor, user_id=user_id, site_id=site.id, role=role)
    return _back(request, user_id, "Role changed.")


@router.post(f"{PAGE}/system-admin", dependencies=WRITE)
def give_system(
    request: Request, session: WriteSession, actor: CurrentActor, user_id: UUID, typed: Typed
) -> Response:
    """Let somebody manage sites and accounts, or no longer."""
    value = typed.get("value", [""])[0] == "yes"
    set_system_admin(session, actor=actor, user_id=user_id, value=value)
    return _back(request, user_id, "Changed.")


@router.post(f"{PAGE}/link", dependencies=WRITE)
def make_link(
    request: Request, session: WriteSession, actor: CurrentActor, now: Now, user_id: UUID
) -> Response:
    """Make a link by which they choose a password, and show it, this once."""
    secret = make_password_link(session, actor=actor, user_id=user_id, now=now)
    return _show(request, session, actor, user_id, address_of(request, secret))


@router.post(f"{PAGE}/sessions/end", dependencies=WRITE)
def end_sessions(
    request: Request, session: WriteSession, actor: CurrentActor, user_id: UUID
) -> Response:
    """Sign somebody out everywhere."""
    ended = end_sessions_of(session, actor=actor, user_id=user_id)
    return _back(request, user_id, f"Signed out in {ended} places.")


@router.post(f"{PAGE}/second-factor/reset", dependencies=WRITE)
def reset(request: Request, session: WriteSession, actor: CurrentActor, user_id: UUID) -> Response:
    """Take somebody's second factor away: they set up another when they next sign in."""
    reset_factor(session, actor=actor, user_id=user_id)
    end_sessions_of(session, actor=actor, user_id=user_id)
    return _back(request, user_id, "The second factor was taken away.")


@router.post(f"{PAGE}/active", dependencies=WRITE)
def close_or_open(
    request: Request, session: WriteSession, actor: CurrentActor, user_id: UUID, typed: Typed
) -> Response:
    """Close an account, or open it again."""
    value = typed.get("value", [""])[0] == "yes"
    set_active(session, actor=actor, user_id=user_id, value=value)
    return _back(request, user_id, "Account opened again." if value else "Account closed.")


def _back(request: Request, user_id: UUID, said: str) -> Response:
    return redirect(request, f"/people/{user_id}", flash=said)


def _show(
    request: Request, session: Session, actor: Actor, user_id: UUID, link: str | None = None
) -> Response:
    person = get_person(session, actor=actor, user_id=user_id)
    roles = {site.id: role.value for site, role in person.roles}
    context = {
        "person": person,
        "told": roles_of(person),
        "state": state_of(person),
        "own": actor.user_id == user_id,
        "places": [(s, roles.get(s.id, "")) for s in list_all_sites(session, actor=actor)],
        "roles": [(role.value, role.value) for role in Role],
        "link": link,
    }
    return render(request, "pages/person.html", context)
