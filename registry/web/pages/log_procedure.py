"""Logging a procedure on one page."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from registry.db.base import new_id
from registry.db.tables import Procedure
from registry.domain.access import Actor
from registry.domain.errors import Conflict, RuleViolation
from registry.domain.techniques import find_techniques, taxonomy
from registry.services.corrections import get_record
from registry.services.submissions import Receipt, carry_out_once
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms import Form, all_or_nothing
from registry.web.log_entry import read_entry, write_entry
from registry.web.log_form import SUBMISSION, after_log_step, log_context, starting_form
from registry.web.opioid_rows import OPIOIDS
from registry.web.pages import opioids
from registry.web.procedure_form import tidy_problems
from registry.web.procedure_patient import Who, find_who
from registry.web.render import redirect, render
from registry.web.repeated_rows import STEP, with_even_rows, without_blank_rows
from registry.web.technique_details import AGENTS, named_technique, with_details

router = APIRouter()
router.include_router(opioids.router)

PAGE = "/procedures/new"
TEMPLATE = "pages/log_procedure.html"
SHOWN = 12


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
    try:
        receipt = _save(session, actor, form, who, today)
    except Conflict:
        return _show_saved_before(request, form, who, today)
    if receipt is None:
        return _show_problems(request, form, who, today)
    done = get_record(session, Procedure, actor=actor, record_id=receipt.record_id)
    return redirect(request, f"/patients/{done.patient_id}", flash="Procedure logged.")


def _save(session: Session, actor: Actor, form: Form, who: Who, today: date) -> Receipt | None:
    entry = read_entry(form, who, today)
    with form.collecting(), all_or_nothing(session):
        receipt = carry_out_once(
            session,
            actor=actor,
            key=form.text(SUBMISSION),
            fingerprint=_fingerprint(form),
            write=lambda: write_entry(session, actor, entry, today),
        )
        if receipt.repeated or not form.problems:
            return receipt
        raise RuleViolation(())  # what the form could not read must not be saved with a stand-in
    return None


def _fingerprint(form: Form) -> str:
    """Tell one filled-in form from another."""
    typed = {name: values for name, values in form.typed.items() if name != "csrf_token"}
    return hashlib.sha256(json.dumps(typed, sort_keys=True).encode()).hexdigest()


def _show_step(
    request: Request, session: Session, actor: Actor, today: date, form: Form
) -> Response:
    form = with_even_rows(form, OPIOIDS, AGENTS)
    who = find_who(session, actor, form)
    form = after_log_step(session, actor, form, who)
    return render(request, TEMPLATE, log_context(form, who, today))


def _show_problems(
    request: Request,
    form: Form,
    who: Who,
    today: date,
    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> Response:
    tidy_problems(form)
    if technique := named_technique(form):
        form = with_details(form, technique, None)
    return render(request, TEMPLATE, log_context(form, who, today), status=status)


def _show_saved_before(request: Request, form: Form, who: Who, today: date) -> Response:
    form = Form({**form.typed, SUBMISSION: [new_id().hex]})
    form.refuse(
        "",
        "This form was logged already and has been changed since. To correct that record, open the "
        "patient; to log a second procedure, press Log procedure again.",
    )
    return _show_problems(request, form, who, today, HTTPStatus.CONFLICT)
