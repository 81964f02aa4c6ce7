"""Taking data away."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import Engine
from sqlmodel import Session

from registry.domain.access import Actor, Permission
from registry.domain.errors import NotPermitted
from registry.exchange.columns import procedure_outcomes
from registry.exchange.outcome_export import codebook_csv, stream_outcomes_csv
from registry.services.exports import authorise_export
from registry.services.outcomes import count_outcomes
from registry.services.reports import population, readable_sites
from registry.web.deps import (
    CurrentActor,
    Guarded,
    ReadSession,
    Today,
    Typed,
    WriteSession,
    get_engine,
)
from registry.web.downloads import download_csv
from registry.web.forms.form import Form
from registry.web.forms.question import Question, filter_options, read_question
from registry.web.needs import page_needs
from registry.web.render import render

router = APIRouter(dependencies=[page_needs(Permission.EXPORT_OUTCOMES)])

DATASET = "procedure_outcomes"
FILE = f"/exports/{DATASET}.csv"


@router.get("/exports")
def show_exports(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today
) -> Response:
    """Show what can be taken away, of whom, and what is in it."""
    return _page(request, session, actor, today, Form())


@router.post(FILE, dependencies=[Guarded])
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


@router.get(f"/exports/{DATASET}_codebook.csv")
def export_codebook(actor: CurrentActor) -> Response:
    """Give what each column means. It holds no data."""
    return download_csv([codebook_csv()], f"{DATASET}_codebook")


def _question(request: Request, session: Session, actor: Actor, today: date) -> Question:
    options = filter_options(readable_sites(session, actor))
    return read_question(request.query_params, options, today)[1]


def _page(request: Request, session: Session, actor: Actor, today: date, form: Form) -> Response:
    sites = readable_sites(session, actor)
    if not actor.may_export:
        raise NotPermitted("Your role doesn't include taking data away. Ask the site's auditor.")
    question = _question(request, session, actor, today)
    context = {
        "form": form,
        "question": question,
        "action": question.url(FILE),
        "population": population(question.filters, sites, any_intent="all procedures"),
        "rows": count_outcomes(session, actor=actor, filters=question.filters, as_of=today),
        "columns": procedure_outcomes(),
        "today": today,
    }
    return render(request, "pages/exports.html", context, status=form.status)
