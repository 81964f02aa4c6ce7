"""Taking data away: what, for whom, a check of what it gives away, and the export itself."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import Engine
from sqlmodel import Session

from registry.db.engine import transaction
from registry.domain.access import Actor, Permission, Profile
from registry.domain.errors import NotPermitted
from registry.exchange.columns import procedure_outcomes
from registry.exchange.outcome_export import codebook_csv, stream_outcomes_csv
from registry.services.export_jobs import ask_export, list_exports
from registry.services.export_plans import plan_export
from registry.services.export_risk import residual_risk
from registry.services.exports import authorise_export
from registry.services.outcomes import count_outcomes
from registry.services.reports import population, readable_sites
from registry.web.deps import (
    AppSettings,
    CurrentActor,
    CurrentSignIn,
    Guarded,
    Now,
    ReadSession,
    Today,
    Typed,
    WriteSession,
    get_engine,
    require_stepped_up,
)
from registry.web.downloads import download_csv
from registry.web.exporting import start_export, tidy_up
from registry.web.forms.export import (
    data_set_options,
    format_options,
    profile_options,
    read_export,
    start_export_form,
)
from registry.web.forms.form import Form
from registry.web.forms.question import Question, filter_options, read_question
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.export import show_export

router = APIRouter()
_EXPORT, _ROWS = page_needs(Permission.EXPORT), page_needs(Permission.EXPORT_OUTCOMES)

DATASET = "procedure_outcomes"
FILE = f"/exports/{DATASET}.csv"


@router.get("/exports", dependencies=[_EXPORT])
def show_exports(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today
) -> Response:
    """Show what can be taken away, of whom, and what is in it."""
    tidy_up(request)
    return _page(request, session, actor, today, start_export_form())


@router.post("/exports/check", dependencies=[_EXPORT, Guarded])
def check_export(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, typed: Typed
) -> Response:
    """Show how easily somebody could be found in what was chosen. Nothing leaves."""
    form = Form(typed)
    asked = read_export(form, _question(request, session, actor, today).filters)
    risk = None
    if asked is not None:
        with form.collecting():
            plan = plan_export(session, actor=actor, asked=asked, as_of=today)
            risk = residual_risk(session, plan=plan)
    return _page(request, session, actor, today, form, risk=risk)


def _confirmed(settings: AppSettings, signed_in: CurrentSignIn, now: Now, typed: Typed) -> None:
    """Ask who takes identified data to prove once more who they are; what was typed is held."""
    if Form(typed).value("profile") == Profile.IDENTIFIED:
        require_stepped_up(settings, signed_in, now)


@router.post("/exports", dependencies=[_EXPORT, Guarded, Depends(_confirmed)])
def make_export(
    request: Request,
    actor: CurrentActor,
    today: Today,
    typed: Typed,
    engine: Annotated[Engine, Depends(get_engine)],
) -> Response:
    """Put an export on the list and go to it; it is in the trail before anything is made."""
    form = Form(typed)
    with transaction(engine, write=False) as session:
        asked = read_export(form, _question(request, session, actor, today).filters)
    job_id = None
    if asked is not None:
        with form.collecting(), transaction(engine) as session:
            job_id = ask_export(session, actor=actor, asked=asked, as_of=today).id
    if job_id is None:
        with transaction(engine, write=False) as session:
            return _page(request, session, actor, today, form)
    start_export(request, job_id)
    return redirect(request, f"/exports/{job_id}")


@router.post(FILE, dependencies=[_ROWS, Guarded])
def export_outcomes(
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    typed: Typed,
    engine: Annotated[Engine, Depends(get_engine)],
) -> Response:
    """Stream the outcome rows; that they were taken, and why, is in the trail before they leave."""
    form = Form(typed)
    purpose = form.required("purpose", "Say what the data are for; it is kept in the audit trail.")
    if form.problems:
        return _page(request, session, actor, today, form)
    question = _question(request, session, actor, today)
    with form.collecting():
        ticket = authorise_export(
            session,
            actor=actor,
            dataset=DATASET,
            filters=question.filters,
            purpose=purpose,
            as_of=today,
        )
        return download_csv(stream_outcomes_csv(engine, ticket), DATASET)
    return _page(request, session, actor, today, form)


@router.get(f"/exports/{DATASET}_codebook.csv", dependencies=[_ROWS])
def export_codebook(actor: CurrentActor) -> Response:
    """Give what each column means. It holds no data."""
    return download_csv([codebook_csv()], f"{DATASET}_codebook")


def _question(request: Request, session: Session, actor: Actor, today: date) -> Question:
    options = filter_options(readable_sites(session, actor))
    return read_question(request.query_params, options, today)[1]


def _page(
    request: Request,
    session: Session,
    actor: Actor,
    today: date,
    form: Form,
    risk: Any = None,
) -> Response:
    if not actor.may_export:
        raise NotPermitted("Your role doesn't include taking data away. Ask the site's auditor.")
    sites = readable_sites(session, actor)
    question = _question(request, session, actor, today)
    context = {
        "form": form,
        "question": question,
        "action": question.url("/exports"),
        "check": question.url("/exports/check"),
        "csv": question.url(FILE) if actor.sites(Permission.EXPORT_OUTCOMES) else None,
        "population": population(question.filters, sites, any_intent="all procedures"),
        "rows": count_outcomes(session, actor=actor, filters=question.filters, as_of=today),
        "columns": procedure_outcomes(),
        "data_sets": data_set_options(actor),
        "formats": format_options(),
        "profiles": profile_options(actor),
        "exports": [show_export(job) for job in list_exports(session, actor=actor)],
        "risk": risk,
        "today": today,
    }
    return render(request, "pages/exports.html", context, status=form.status)
