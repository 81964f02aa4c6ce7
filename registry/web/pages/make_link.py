"""Sending a patient a link by which to answer, and withdrawing it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.domain.access import Actor, Permission
from registry.services.patient_links import (
    VALID_DAYS,
    list_open_links,
    make_patient_link,
    withdraw_link,
)
from registry.services.patients import peek_course
from registry.web.deps import CurrentActor, Guarded, Now, ReadSession, Today, Typed, WriteSession
from registry.web.forms.form import Form
from registry.web.forms.saving import save
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.make_link import DAYS, HandedLink, hand_over
from registry.web.views.patient import heading

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])


@router.get("/patients/{patient_id}/links")
def show_links(
    request: Request,
    session: ReadSession,
    actor: CurrentActor,
    today: Today,
    now: Now,
    patient_id: UUID,
) -> Response:
    """Offer to make a link, and show those that are open."""
    form = Form.starting(valid_days=VALID_DAYS)
    return _show(request, session, actor, today, now, patient_id, form)


@router.post("/patients/{patient_id}/links", dependencies=[Guarded])
def make_link(
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    now: Now,
    patient_id: UUID,
    typed: Typed,
) -> Response:
    """Make a link and show its address, this once."""
    form = Form(typed)
    days = form.whole("valid_days", "Choose how long it is valid.") or VALID_DAYS

    def write() -> HandedLink:
        link, secret = make_patient_link(
            session, actor=actor, patient_id=patient_id, now=now, valid_days=days
        )
        return hand_over(request, secret, link.expires_at)

    handed = save(session, form, write)
    return _show(request, session, actor, today, now, patient_id, form, handed)


@router.post("/links/{link_id}/withdraw", dependencies=[Guarded])
def withdraw(
    request: Request, session: WriteSession, actor: CurrentActor, now: Now, link_id: UUID
) -> Response:
    """Withdraw a link, and go back to the patient's links."""
    link = withdraw_link(session, actor=actor, link_id=link_id, now=now)
    return redirect(request, f"/patients/{link.patient_id}/links", flash="Link withdrawn.")


def _show(
    request: Request,
    session: Session,
    actor: Actor,
    today: date,
    now: Now,
    patient_id: UUID,
    form: Form,
    handed: HandedLink | None = None,
) -> Response:
    course = peek_course(session, actor=actor, patient_id=patient_id)
    context = {
        **heading(course, today),
        "form": form,
        "days": DAYS,
        "handed": handed,
        "links": list_open_links(session, actor=actor, course=course, now=now),
    }
    return render(request, "pages/make_link.html", context, status=form.status)
