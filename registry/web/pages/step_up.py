"""Proving once more who one is, before something that can't be taken back."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.engine import transaction
from registry.domain.access import Actor
from registry.domain.throttling import Door
from registry.services.audit import record_event
from registry.services.held_forms import recall_form
from registry.services.second_factor import check_code, is_enrolled
from registry.services.sessions import note_confirmed
from registry.services.sign_in import has_password, is_password_of, record_refused_sign_in
from registry.web.cookies import HELD_COOKIE, local
from registry.web.deps import (
    SESSION_COOKIE,
    AppEngine,
    AppSettings,
    AppVault,
    CurrentActor,
    Guarded,
    Now,
    ReadSession,
    Typed,
    get_now,
    get_vault,
)
from registry.web.entry import UNSENT, knock_at, open_doors
from registry.web.forms.form import Form
from registry.web.needs import SIGNED_IN, page_needs
from registry.web.render import redirect, render

router = APIRouter(dependencies=[page_needs(SIGNED_IN)])


@router.get("/step-up")
def ask_again(
    request: Request,
    session: ReadSession,
    actor: CurrentActor,
    next: str = "/",  # noqa: A002
) -> Response:
    """Ask for a code of the second factor, or for the password where there is none."""
    return _show(request, session, actor, Form.starting(next=local(next)))


@router.post("/step-up", dependencies=[Guarded])
def prove(
    request: Request,
    engine: AppEngine,
    vault: AppVault,
    settings: AppSettings,
    actor: CurrentActor,
    now: Now,
    typed: Typed,
) -> Response:
    """Check what was given, counted as at sign-in, and go on to what was wanted."""
    form, doors = Form(typed), {Door.CODE: str(actor.user_id)}
    field = "code" if form.has("code") else "password"
    if wait := knock_at(request, doors, now, email=actor.email or ""):
        form.refuse(field, str(wait))
        with transaction(engine, write=False) as session:
            return _show(request, session, actor, form, HTTPStatus.TOO_MANY_REQUESTS)
    with transaction(engine, write=False) as session:
        enrolled = actor.user_id is not None and is_enrolled(session, actor.user_id)
        right = not enrolled and is_password_of(session, actor, form.value("password"))
    with transaction(engine) as session:
        if actor.user_id and enrolled:
            code = form.value("code")
            right = (
                check_code(session, vault, user_id=actor.user_id, code=code, now=now) is not None
            )
        if right:
            open_doors(request, session, doors, now)
            note_confirmed(session, secret=request.cookies.get(SESSION_COOKIE, ""), now=now)
            record_event(session, actor, "step_up")
            return redirect(request, _where(request, session, actor, form))
        record_refused_sign_in(
            session, email=actor.email or "", request_id=actor.request_id, why="wrong at step-up"
        )
        form.refuse(field, "This is not right. Try again.")
        return _show(request, session, actor, form)


def _where(request: Request, session: Session, actor: Actor, form: Form) -> str:
    """Go on to what was sent in vain, or to the page that asked."""
    secret, then = request.cookies.get(HELD_COOKIE, ""), local(form.value("next"))
    held = actor.user_id and recall_form(
        session, get_vault(request), user_id=actor.user_id, secret=secret, now=get_now()
    )
    return UNSENT if held and then == "/" else then


def _show(
    request: Request,
    session: Session,
    actor: Actor,
    form: Form,
    status: HTTPStatus | None = None,
) -> Response:
    enrolled = actor.user_id is not None and is_enrolled(session, actor.user_id)
    context = {
        "form": form,
        "enrolled": enrolled,
        "has_password": has_password(session, actor),
    }
    return render(request, "pages/step_up.html", context, status=status or form.status)
