"""Signing in and out."""

from __future__ import annotations

import re
import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.domain.errors import NotAuthenticated
from registry.services.people import (
    authenticate,
    close_session,
    open_session,
    record_refused_sign_in,
)
from registry.settings import Settings
from registry.web.deps import (
    LOGIN_CSRF_COOKIE,
    SESSION_COOKIE,
    AppSettings,
    Guarded,
    Now,
    Typed,
    WriteSession,
    get_engine,
)
from registry.web.forms.form import Form
from registry.web.render import render

router = APIRouter()

# One slash, then anything a browser can't take for another host: no second slash, no backslash and
# none of the blanks and controls that browsers drop before they look.
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")

EXPIRED = "This form has expired. Enter your password again."


@router.head("/login")
@router.get("/login")
def show_sign_in(request: Request, settings: AppSettings, next: str = "/") -> Response:  # noqa: A002
    """Ask who it is."""
    return _ask(request, settings, Form.starting(next=_local(next)))


@router.post("/login")
def sign_in(
    request: Request,
    typed: Typed,
    settings: AppSettings,
    now: Now,
    engine: Annotated[Engine, Depends(get_engine)],
) -> Response:
    """Check e-mail and password and go on to where the person wanted to go.

    A password is slow to check on purpose: nobody who writes waits for it.
    """
    form = Form(typed)
    if not _came_from_our_form(request, form):
        form.refuse("password", EXPIRED)
        return _ask(request, settings, form)
    request_id: str = request.state.request_id
    email = form.value("email")
    try:
        with transaction(engine, write=False) as session:
            user = authenticate(session, email=email, password=form.value("password"))
    except NotAuthenticated as refused:
        with transaction(engine) as session:
            record_refused_sign_in(session, email=email, request_id=request_id)
        form.refuse("email", str(refused))
        return _ask(request, settings, form)
    before, hours = request.cookies.get(SESSION_COOKIE), settings.session_hours
    with transaction(engine) as session:
        secret = open_session(
            session, user=user, now=now, hours=hours, replaces=before, request_id=request_id
        )
    response = RedirectResponse(_local(form.value("next")), status_code=HTTPStatus.SEE_OTHER)
    _set_cookie(response, SESSION_COOKIE, secret, settings)
    response.delete_cookie(LOGIN_CSRF_COOKIE)
    return response


@router.post("/logout", dependencies=[Guarded])
def sign_out(request: Request, session: WriteSession) -> Response:
    """Forget this browser's sign-in, here and in the registry."""
    close_session(session, secret=request.cookies.get(SESSION_COOKIE, ""))
    response = RedirectResponse("/login", status_code=HTTPStatus.SEE_OTHER)
    response.delete_cookie(SESSION_COOKIE)
    return response


def _ask(request: Request, settings: Settings, form: Form) -> Response:
    """Show the form. Nobody is signed in yet, so its token is matched against a cookie."""
    token = request.cookies.get(LOGIN_CSRF_COOKIE) or secrets.token_urlsafe(32)
    response = render(
        request, "pages/sign_in.html", {"form": form, "csrf_token": token}, status=form.status
    )
    _set_cookie(response, LOGIN_CSRF_COOKIE, token, settings)
    return response


def _came_from_our_form(request: Request, form: Form) -> bool:
    kept, sent = request.cookies.get(LOGIN_CSRF_COOKIE, ""), form.value("csrf_token")
    return bool(kept) and secrets.compare_digest(kept.encode(), sent.encode())


def _set_cookie(response: Response, name: str, value: str, settings: Settings) -> None:
    response.set_cookie(name, value, httponly=True, samesite="lax", secure=settings.secure_cookies)


def _local(target: str) -> str:
    return target if _LOCAL.fullmatch(target) else "/"
