"""Taking data away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy import Engine
from sqlmodel import Session

from registry.domain.access import Actor, Permission
from registry.domain.errors import NotPermitted
from registry.exchange.columns import procedure_outcomes
from registry.exchange.outcome_export import codebook_csv, stream_outcomes_csv
from registry.services.comparison import population, readable_sites
from registry.services.exports import authorise_export
from registry.services.outcomes import count_outcomes
from registry.web.deps import (
    CurrentActor,
    Guarded,
    ReadSession,
    Today,
    Typed,
    WriteSession,
    get_engine,
)
from registry.web.filter_form import Question, filter_options, read_question
from registry.web.forms import Form
from registry.web.render import render

router = APIRouter()

FILE = "/exports/procedure_outcomes.csv"


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
    ticket = authorise_export(
        session,
        actor=actor,
        dataset="procedure_outcomes",
        filters=question.filters,
        purpose=purpose,
        as_of=today,
    )
    return _download(stream_outcomes_csv(engine, ticket), "procedure_outcomes.csv")


@router.get("/exports/procedure_outcomes_codebook.csv")
def export_codebook(actor: CurrentActor) -> Response:
    """Give what each column means. It holds no data."""
    return _download([codebook_csv()], "procedure_outcomes_codebook.csv")


def _download(lines: Iterable[str], name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines, media_type="text/csv", headers=headers)


def _question(request: Request, session: Session, actor: Actor, today: date) -> Question:
    options = filter_options(readable_sites(session, actor))
    return read_question(request.query_params, options, today)[1]


def _page(request: Request, session: Session, actor: Actor, today: date, form: Form) -> Response:
    sites = readable_sites(session, actor)
    allowed = actor.sites(Permission.EXPORT_OUTCOMES)
    if not allowed:
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
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.problems else HTTPStatus.OK
    return render(request, "pages/exports.html", context, status=status)
