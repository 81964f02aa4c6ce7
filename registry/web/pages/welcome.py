"""What a link that works once opens: the first set-up, or a choice of password."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.tables import UserAccount
from registry.domain.errors import Conflict
from registry.services.account_links import choose_password, open_link, set_up
from registry.settings import Settings
from registry.web.cookies import came_from_our_form, login_token, set_cookie
from registry.web.deps import LOGIN_CSRF_COOKIE, AppSettings, Now, Typed, WriteSession
from registry.web.entry import go_on
from registry.web.forms.form import Form
from registry.web.forms.saving import save
from registry.web.render import render

router = APIRouter()

PAGE = "/welcome/{secret}"
EXPIRED = "This form has expired. Enter the password again."


@router.get(PAGE)
def welcome(
    request: Request, session: WriteSession, settings: AppSettings, now: Now, secret: str
) -> Response:
    """Ask for what the link is for."""
    user = open_link(session, secret=secret, now=now)
    return _show(request, settings, secret, user, Form.starting(site_code=settings.default_site))


@router.post(PAGE)
def accept(
    request: Request,
    session: WriteSession,
    settings: AppSettings,
    now: Now,
    secret: str,
    typed: Typed,
) -> Response:
    """Make the first account and site, or keep the chosen password; then sign in."""
    form = Form(typed)
    user = open_link(session, secret=secret, now=now)
    if not came_from_our_form(request, form.value("csrf_token")):
        form.refuse("password", EXPIRED)
    elif form.value("password") != form.value("repeated"):
        form.refuse("repeated", "The two are not the same. Type the password twice.")
    else:
        write = _write(request, session, settings, now, secret, form, first=user is None)
        try:
            done = save(session, form, write)
        except Conflict as known:
            form.refuse("email", str(known))
            done = None
        if done is not None:
            then, how = "/", "a link"
            return go_on(request, session, user=done, now=now, then=then, how=how)
    return _show(request, settings, secret, user, form)


def _write(
    request: Request,
    session: Session,
    settings: Settings,
    now: Now,
    secret: str,
    form: Form,
    *,
    first: bool,
) -> Callable[[], UserAccount]:
    request_id: str = request.state.request_id
    breached, password = settings.breached_passwords, form.value("password")
    if not first:
        return lambda: choose_password(
            session,
            secret=secret,
            now=now,
            password=password,
            breached=breached,
            request_id=request_id,
        )
    return lambda: set_up(
        session,
        secret=secret,
        now=now,
        email=form.value("email"),
        name=form.value("name"),
        password=password,
        site_code=form.value("site_code"),
        site_name=form.value("site_name"),
        breached=breached,
        request_id=request_id,
    )


def _show(
    request: Request, settings: Settings, secret: str, user: UserAccount | None, form: Form
) -> Response:
    token = login_token(request)
    context = {"form": form, "csrf_token": token, "secret": secret, "user": user}
    page = "pages/choose_password.html" if user else "pages/set_up.html"
    response = render(request, page, context, status=form.status)
    set_cookie(response, LOGIN_CSRF_COOKIE, token, settings)
    return response
