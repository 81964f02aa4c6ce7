"""Signing in with a password, and out."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from registry.db.engine import transaction
from registry.domain.errors import NotAuthenticated
from registry.services.sessions import close_session
from registry.services.sign_in import authenticate, record_refused_sign_in
from registry.settings import Settings
from registry.web.cookies import came_from_our_form, local, login_token, set_cookie
from registry.web.deps import (
    LOGIN_CSRF_COOKIE,
    SESSION_COOKIE,
    AppEngine,
    AppSettings,
    CurrentActor,
    Guarded,
    Now,
    Typed,
    WriteSession,
)
from registry.web.entry import doors_of, go_on, knock_at, open_doors
from registry.web.forms.form import Form
from registry.web.render import render

router = APIRouter()

EXPIRED = "This form has expired. Enter your password again."
BACK = "/login/done"
"""Where a tab ends up that was opened only to sign in again for another."""


@router.head("/login")
@router.get("/login")
def show_sign_in(request: Request, settings: AppSettings, next: str = "/") -> Response:  # noqa: A002
    """Ask who it is."""
    return _ask(request, settings, Form.starting(next=local(next)))


@router.post("/login")
def sign_in(
    request: Request, typed: Typed, settings: AppSettings, now: Now, engine: AppEngine
) -> Response:
    """Check e-mail and password and go on to where the person wanted to go.

    A password is slow to check on purpose: nobody who writes waits for it.
    """
    form = Form(typed)
    if not came_from_our_form(request, form.value("csrf_token")):
        form.refuse("password", EXPIRED)
        return _ask(request, settings, form)
    email = form.value("email")
    doors = doors_of(request, email)
    if wait := knock_at(request, doors, now, email=email):
        form.refuse("email", str(wait))
        return _ask(request, settings, form, HTTPStatus.TOO_MANY_REQUESTS)
    try:
        with transaction(engine, write=False) as session:
            user = authenticate(session, email=email, password=form.value("password"))
    except NotAuthenticated as refused:
        with transaction(engine) as session:
            record_refused_sign_in(session, email=email, request_id=request.state.request_id)
        form.refuse("email", str(refused))
        return _ask(request, settings, form)
    with transaction(engine) as session:
        open_doors(request, session, doors, now)
        return go_on(request, session, user=user, now=now, then=form.value("next"), how="password")


@router.post("/logout", dependencies=[Guarded])
def sign_out(request: Request, session: WriteSession, actor: CurrentActor) -> Response:
    """Forget this browser's sign-in, here and in the registry."""
    close_session(session, secret=request.cookies.get(SESSION_COOKIE, ""), actor=actor)
    response = RedirectResponse("/login", status_code=HTTPStatus.SEE_OTHER)
    response.delete_cookie(SESSION_COOKIE)
    return response


@router.get(BACK)
def show_done(request: Request, actor: CurrentActor) -> Response:
    """Say that the other tab can go on."""
    return render(request, "pages/signed_in_again.html", {})


def _ask(
    request: Request, settings: Settings, form: Form, status: HTTPStatus | None = None
) -> Response:
    """Show the form. Nobody is signed in yet, so its token is matched against a cookie."""
    token = login_token(request)
    context = {
        "form": form,
        "csrf_token": token,
        "oidc_name": settings.oidc_name if settings.oidc_issuer else None,
    }
    response = render(request, "pages/sign_in.html", context, status=status or form.status)
    set_cookie(response, LOGIN_CSRF_COOKIE, token, settings)
    return response
