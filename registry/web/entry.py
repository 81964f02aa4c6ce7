"""The way in: from who somebody is to a browser that is signed in, and back to what they did."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from registry.db.engine import transaction
from registry.db.tables import UserAccount
from registry.domain.errors import TooManyTries
from registry.domain.throttling import Door
from registry.services.held_forms import recall_form
from registry.services.second_factor import is_enrolled, must_enrol
from registry.services.sessions import open_session
from registry.services.sign_in import PENDING_FOR, begin_pending, record_refused_sign_in
from registry.services.throttle import Doors, knock, let_through
from registry.web.browsers import name_browser
from registry.web.cookies import HELD_COOKIE, PENDING_COOKIE, local, set_cookie
from registry.web.deps import (
    LOGIN_CSRF_COOKIE,
    SESSION_COOKIE,
    get_app_settings,
    get_engine,
    get_vault,
)

UNSENT = "/unsent"


def doors_of(request: Request, email: str) -> Doors:
    """Name the doors at which a password is tried."""
    address = request.client.host if request.client else "unknown"
    return {Door.ACCOUNT: email.strip().lower(), Door.ADDRESS: address}


def knock_at(request: Request, doors: Doors, now: datetime, *, email: str) -> TooManyTries | None:
    """Count a try before it is looked at; says when it comes too soon, which is on record then."""
    engine = get_engine(request)
    try:
        with transaction(engine) as session:
            knock(session, get_vault(request), doors, now)
    except TooManyTries as wait:
        with transaction(engine) as session:
            record_refused_sign_in(
                session, email=email, request_id=request.state.request_id, why="too many tries"
            )
        return wait
    return None


def go_on(
    request: Request,
    session: Session,
    *,
    user: UserAccount,
    now: datetime,
    then: str,
    how: str,
    second_factor: bool = False,
) -> Response:
    """Let somebody in whose password was right, or ask for the second factor first."""
    if not second_factor:
        enrolled = is_enrolled(session, user.id)
        if enrolled or must_enrol(session, user):
            secret = begin_pending(session, user=user, now=now)
            page = "/login/code" if enrolled else "/login/second-factor"
            response = _see(f"{page}?next={quote(local(then))}")
            seconds = int(PENDING_FOR.total_seconds())
            settings = get_app_settings(request)
            set_cookie(response, PENDING_COOKIE, secret, settings, max_age=seconds)
            return response
    response = _see(_where(request, session, user, now, then))
    sign_in_with(request, response, session, user=user, now=now, how=how)
    return response


def sign_in_with(
    request: Request,
    response: Response,
    session: Session,
    *,
    user: UserAccount,
    now: datetime,
    how: str,
) -> None:
    """Sign somebody in with the browser that gets this response."""
    settings = get_app_settings(request)
    secret = open_session(
        session,
        user=user,
        now=now,
        hours=settings.session_hours,
        replaces=request.cookies.get(SESSION_COOKIE),
        request_id=request.state.request_id,
        device=name_browser(request.headers.get("user-agent", "")),
        how=how,
    )
    set_cookie(response, SESSION_COOKIE, secret, settings)
    for name in (LOGIN_CSRF_COOKIE, PENDING_COOKIE):
        response.delete_cookie(name)


def open_doors(request: Request, session: Session, doors: Doors, now: datetime) -> None:
    """Take a try that succeeded off the count."""
    let_through(session, get_vault(request), doors, now)


def _where(request: Request, session: Session, user: UserAccount, now: datetime, then: str) -> str:
    """Say where somebody goes on: to what they had sent in vain, or to where they wanted to go."""
    secret, vault = request.cookies.get(HELD_COOKIE, ""), get_vault(request)
    held = recall_form(session, vault, user_id=user.id, secret=secret, now=now)
    return UNSENT if held and local(then) == "/" else local(then)


def _see(address: str) -> Response:
    return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)
