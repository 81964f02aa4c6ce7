"""The second step of signing in: a code, or the second factor's first set-up."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from registry.db.engine import transaction
from registry.db.tables import UserAccount
from registry.domain.errors import NotAuthenticated, RuleViolation
from registry.domain.throttling import Door
from registry.services.second_factor import (
    check_code,
    is_enrolled,
    offer_factor,
    take_up_factor,
)
from registry.services.sign_in import end_pending, record_refused_sign_in, resume_pending
from registry.settings import Settings
from registry.web.cookies import (
    PENDING_COOKIE,
    came_from_our_form,
    local,
    login_token,
    set_cookie,
)
from registry.web.deps import LOGIN_CSRF_COOKIE, AppEngine, AppSettings, AppVault, Now, Typed
from registry.web.entry import go_on, knock_at, open_doors, sign_in_with
from registry.web.forms.form import Form
from registry.web.render import render
from registry.web.views.second_factor import draw_offer

router = APIRouter()

EXPIRED = "This form has expired. Enter the code again."
WRONG = (
    "This code is not right, or was used already. Take the one that the app shows now, or one of "
    "your recovery codes."
)


@router.get("/login/code")
def ask_code(
    request: Request,
    engine: AppEngine,
    settings: AppSettings,
    now: Now,
    next: str = "/",  # noqa: A002
) -> Response:
    """Ask for the code of who gave the right password."""
    with transaction(engine, write=False) as session:
        if _waiting(request, session, now) is None:
            return _again(next)
    return _show(request, settings, "pages/sign_in_code.html", Form.starting(next=local(next)))


@router.post("/login/code")
def give_code(
    request: Request,
    engine: AppEngine,
    vault: AppVault,
    settings: AppSettings,
    now: Now,
    typed: Typed,
) -> Response:
    """Check a code, counted as passwords are, and sign in."""
    form, page = Form(typed), "pages/sign_in_code.html"
    with transaction(engine, write=False) as session:
        user = _waiting(request, session, now)
    if user is None:
        return _again(form.value("next"))
    if refused := _refuse_early(request, form, user, now):
        return _show(request, settings, page, form, refused)
    with transaction(engine) as session:
        how = check_code(session, vault, user_id=user.id, code=form.value("code"), now=now)
        if how is not None:
            open_doors(request, session, _doors(user), now)
            end_pending(session, user=user)
            by = f"password and {how}"
            then = form.value("next")
            return go_on(
                request, session, user=user, now=now, then=then, how=by, second_factor=True
            )
        _record_wrong(session, request, user)
    form.refuse("code", WRONG)
    return _show(request, settings, page, form)


@router.get("/login/second-factor")
def ask_to_enrol(
    request: Request,
    engine: AppEngine,
    vault: AppVault,
    settings: AppSettings,
    now: Now,
    next: str = "/",  # noqa: A002
) -> Response:
    """Offer the second factor that the role asks for."""
    return _offer(request, engine, vault, settings, now, Form.starting(next=local(next)))


@router.post("/login/second-factor")
def enrol(
    request: Request,
    engine: AppEngine,
    vault: AppVault,
    settings: AppSettings,
    now: Now,
    typed: Typed,
) -> Response:
    """Take up the second factor with its first code, show the recovery codes, and sign in."""
    form = Form(typed)
    with transaction(engine, write=False) as session:
        user = _waiting(request, session, now)
    if user is None:
        return _again(form.value("next"))
    if refused := _refuse_early(request, form, user, now):
        return _offer(request, engine, vault, settings, now, form, refused)
    try:
        return _take_up(request, engine, vault, user, form, now)
    except RuleViolation as wrong:
        with transaction(engine) as session:
            _record_wrong(session, request, user)
        form.add(wrong.problems)
    return _offer(request, engine, vault, settings, now, form)


def _take_up(
    request: Request, engine: AppEngine, vault: AppVault, user: UserAccount, form: Form, now: Now
) -> Response:
    with transaction(engine) as session:
        codes = take_up_factor(
            session,
            vault,
            user=user,
            code=form.value("code"),
            now=now,
            request_id=request.state.request_id,
        )
        open_doors(request, session, _doors(user), now)
        end_pending(session, user=user)
        context = {"codes": codes, "then": local(form.value("next")), "csrf_token": ""}
        response = render(request, "pages/recovery_codes.html", context)
        how = "password and first code"
        sign_in_with(request, response, session, user=user, now=now, how=how)
        return response


def _offer(
    request: Request,
    engine: AppEngine,
    vault: AppVault,
    settings: Settings,
    now: datetime,
    form: Form,
    status: HTTPStatus | None = None,
) -> Response:
    with transaction(engine) as session:
        user = _waiting(request, session, now)
        if user is None or is_enrolled(session, user.id):
            return _again(form.value("next"))
        offer = draw_offer(offer_factor(session, vault, user=user))
    return _show(request, settings, "pages/sign_in_enrol.html", form, status, offer=offer)


def _waiting(request: Request, session: Session, now: datetime) -> UserAccount | None:
    try:
        secret = request.cookies.get(PENDING_COOKIE, "")
        return resume_pending(session, secret=secret, now=now)
    except NotAuthenticated:
        return None


def _refuse_early(
    request: Request, form: Form, user: UserAccount, now: datetime
) -> HTTPStatus | None:
    """Refuse a form that isn't ours, and a try that comes too soon."""
    if not came_from_our_form(request, form.value("csrf_token")):
        form.refuse("code", EXPIRED)
        return HTTPStatus.UNPROCESSABLE_ENTITY
    if wait := knock_at(request, _doors(user), now, email=user.email):
        form.refuse("code", str(wait))
        return HTTPStatus.TOO_MANY_REQUESTS
    return None


def _doors(user: UserAccount) -> dict[Door, str]:
    return {Door.CODE: str(user.id)}


def _record_wrong(session: Session, request: Request, user: UserAccount) -> None:
    request_id: str = request.state.request_id
    record_refused_sign_in(session, email=user.email, request_id=request_id, why="wrong code")


def _again(then: str) -> Response:
    """Begin anew: the password was given too long ago."""
    address = "/login" if local(then) == "/" else f"/login?next={quote(local(then))}"
    return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)


def _show(
    request: Request,
    settings: Settings,
    page: str,
    form: Form,
    status: HTTPStatus | None = None,
    **more: object,
) -> Response:
    token = login_token(request)
    context = {"form": form, "csrf_token": token, **more}
    response = render(request, page, context, status=status or form.status)
    set_cookie(response, LOGIN_CSRF_COOKIE, token, settings)
    return response
