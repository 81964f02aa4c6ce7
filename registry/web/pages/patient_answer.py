"""The pages behind a patient's link: large, plain, without a name, a menu, a cookie or a script.

Whoever holds the link may answer once. A link that can't be used gets one kind page that doesn't
say why, so that nothing can be learnt by trying.
"""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from registry.db.queries.people import has_synthetic_site
from registry.domain.errors import Conflict, NotFound, RuleViolation
from registry.domain.instruments import PGIC_WORDS
from registry.domain.regimens import LONGEST
from registry.domain.rules.patient_answer import PatientAnswer
from registry.services.patient_links import Invitation, answer_by_link, look_at_link
from registry.web.deps import Now, ReadSession, Today, Typed, WriteSession
from registry.web.forms.form import Form
from registry.web.forms.patient_answer import CHANGE, SEND, STEP, read_patient_answer
from registry.web.render import environment
from registry.web.views.patient_answer import said_by

router = APIRouter(max_body_size=50_000)

_ALONE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "Cache-Control": "no-store"}


@router.get("/a/thank-you")
def thank(session: ReadSession) -> Response:
    """Say what happens with the answers, and whom to call if the pain is bad."""
    return _page(session, "thanks", {})


@router.get("/a/{secret}")
def ask_patient(session: ReadSession, now: Now, secret: str) -> Response:
    """Ask the patient, one question a screenful."""
    try:
        invitation = look_at_link(session, secret=secret, now=now)
    except NotFound:
        return _closed(session)
    return _ask(session, Form(), invitation)


@router.post("/a/{secret}")
def hear_patient(
    request: Request, session: WriteSession, now: Now, today: Today, secret: str, typed: Typed
) -> Response:
    """Show the answers to be checked, the questions again, or keep what was checked."""
    form = Form(typed)
    try:
        invitation = look_at_link(session, secret=secret, now=now)
        answer = read_patient_answer(form, asks_change=invitation.asks_change)
        if form.value(STEP) == CHANGE:
            return _ask(session, form, invitation)
        said = said_by(answer, asks_change=invitation.asks_change)
        if form.value(STEP) != SEND or any(s.doubt for s in said):
            return _page(session, "check", {"said": said, "values": _values(answer)})
        session.expunge_all()  # what was read before the patient's lock may be stale
        with session.begin_nested():
            answer_by_link(
                session,
                secret=secret,
                answer=answer,
                now=now,
                today=today,
                request_id=request.state.request_id,
            )
    except (NotFound, RuleViolation):
        return _closed(session)
    except Conflict:  # records are merged this very moment: nothing is lost, it is sent once more
        return _page(session, "check", {"said": said, "values": _values(answer)})
    return RedirectResponse("/a/thank-you", status_code=HTTPStatus.SEE_OTHER, headers=_ALONE)


def _ask(session: ReadSession, form: Form, invitation: Invitation) -> Response:
    context = {
        "form": form,
        "asks_change": invitation.asks_change,
        "changes": PGIC_WORDS,
        "longest": LONGEST,
    }
    return _page(session, "ask", context)


def _values(answer: PatientAnswer) -> dict[str, str]:
    """Give the answers as the check page carries them on, unseen."""
    given = asdict(answer)
    return {name: "" if value is None else str(value) for name, value in given.items()}


def _closed(session: ReadSession) -> Response:
    return _page(session, "closed", {}, HTTPStatus.NOT_FOUND)


def _page(
    session: ReadSession, name: str, context: dict[str, Any], status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """Draw a page of its own: the house's frame would show a menu and could set a cookie."""
    template = environment.get_template(f"pages/patient_answer/{name}.html")
    html = template.render(synthetic=has_synthetic_site(session), **context)
    return HTMLResponse(html, status_code=status, headers=_ALONE)
