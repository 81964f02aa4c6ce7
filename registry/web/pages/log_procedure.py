"""Logging a procedure on one page."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from registry.db.tables import Procedure
from registry.domain.access import Actor, Permission
from registry.domain.errors import Conflict
from registry.domain.techniques import find_techniques, taxonomy
from registry.services.corrections import get_record
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms.form import Form
from registry.web.forms.link import with_link
from registry.web.forms.log_procedure import (
    after_log_step,
    in_page_order,
    read_entry,
    starting_form,
    write_entry,
)
from registry.web.forms.opioids import OPIOIDS
from registry.web.forms.patient import Who, find_who
from registry.web.forms.rows import STEP, with_even_rows, without_blank_rows
from registry.web.forms.saving import save_once
from registry.web.forms.technique import AGENTS, named_technique, with_details
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.log_procedure import log_context

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])

PAGE = "/procedures/new"
TEMPLATE = "pages/log_procedure.html"
SHOWN = 12

LOGGED_BEFORE = (
    "This form was logged already and has been changed since. To correct that record, open the "
    "patient; to log a second procedure, press Log procedure again."
)


@router.get(PAGE)
def open_log(
    request: Request,
    session: ReadSession,
    actor: CurrentActor,
    today: Today,
    patient: UUID | None = None,
) -> Response:
    """Show the empty form, for a patient if one was chosen already."""
    form = starting_form(session, actor, today, patient)
    return render(request, TEMPLATE, log_context(form, find_who(session, actor, form), today))


@router.post(f"{PAGE}/step", dependencies=[Guarded])
def take_step(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, typed: Typed
) -> Response:
    """Show the form a step further: a row more, the patient found, a technique's details."""
    return _show_step(request, session, actor, today, Form(typed))


@router.get(f"{PAGE}/step")
def reopen_log() -> Response:
    """Open the form afresh for who reloads a step's address."""
    return RedirectResponse(PAGE, status_code=HTTPStatus.SEE_OTHER)


@router.post(f"{PAGE}/sentence", dependencies=[Guarded])
def tell_so_far(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, typed: Typed
) -> Response:
    """Say what the record would be as it stands."""
    form = with_even_rows(Form(typed), OPIOIDS, AGENTS)
    context = log_context(form, find_who(session, actor, form), today)
    return render(request, TEMPLATE, context, block="sentence")


@router.get("/procedures/techniques")
def list_techniques(request: Request, _actor: CurrentActor, q: str = "") -> Response:
    """List the techniques that a half-typed name may mean."""
    found, tree = find_techniques(q), taxonomy()
    options = [{"text": t.label, "note": tree.category_label(t.category)} for t in found[:SHOWN]]
    context = {"options": options, "total": len(found)}
    return render(request, "pages/technique_options.html", context, block="options")


@router.post(PAGE, dependencies=[Guarded])
def log(
    request: Request, session: WriteSession, actor: CurrentActor, today: Today, typed: Typed
) -> Response:
    """Log the procedure, with its patient and baseline where they are new: all or nothing."""
    if Form(typed).has(STEP):
        return _show_step(request, session, actor, today, Form(typed))
    form = without_blank_rows(Form(typed), OPIOIDS, AGENTS)
    who = find_who(session, actor, form)
    entry = read_entry(form, who, today)
    try:
        receipt = save_once(
            session, request, actor, form, lambda: write_entry(session, actor, entry, today)
        )
    except Conflict:
        form.refuse("", LOGGED_BEFORE)
        return _show_problems(request, form, who, today, HTTPStatus.CONFLICT)
    if receipt is None:
        return _show_problems(request, form, who, today)
    done = get_record(session, Procedure, actor=actor, record_id=receipt.record_id)
    return redirect(request, f"/patients/{done.patient_id}", flash="Procedure logged.")


def _show_step(
    request: Request, session: Session, actor: Actor, today: date, form: Form
) -> Response:
    form = with_even_rows(form, OPIOIDS, AGENTS)
    who = find_who(session, actor, form)
    form = after_log_step(session, actor, form, who, today)
    return render(request, TEMPLATE, log_context(form, who, today))


def _show_problems(
    request: Request,
    form: Form,
    who: Who,
    today: date,
    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> Response:
    in_page_order(form)
    if technique := named_technique(form):
        form = with_link(with_details(form, technique, None), who.course, today)
    return render(request, TEMPLATE, log_context(form, who, today), status=status)
