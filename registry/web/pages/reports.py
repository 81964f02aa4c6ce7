"""Reports: what there is to ask, and the answer to one question with its filters in the address."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session

from registry.domain.access import Actor, Permission
from registry.domain.errors import NotFound
from registry.services.reports import Answer, readable_sites, run_report
from registry.services.saved_reports import (
    list_saved_reports,
    may_remove,
    remove_saved_report,
    save_report,
)
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.downloads import download_csv
from registry.web.forms.form import Form
from registry.web.forms.question import Question, filter_options, read_question
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.report import (
    NOTHING_ASKED,
    page_of,
    reading,
    records_csv,
    show_answer,
    show_catalogue,
    window_tabs,
)
from reports.catalogue import COMPARE, find
from reports.report import Report

router = APIRouter(dependencies=[page_needs(Permission.READ_OUTCOMES)])


@router.get("/reports")
def show_reports(request: Request, session: ReadSession, actor: CurrentActor) -> Response:
    """List what can be asked, and what colleagues have saved."""
    sites = {s.id: s.name for s in readable_sites(session, actor)}
    saved = [
        {"row": row, "site": sites[row.site_id], "may_remove": may_remove(actor, row)}
        for row in list_saved_reports(session, actor=actor)
        if row.site_id in sites
    ]
    context = {"catalogue": show_catalogue(), "saved": saved, "several": len(sites) > 1}
    return render(request, "pages/reports.html", context)


@router.get("/outcomes")
def show_outcomes(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today
) -> Response:
    """Compare technique categories: the report that is asked for most has an address of its own."""
    return _page(request, session, actor, today, COMPARE)


@router.get("/reports/{slug}")
def show_report(
    slug: str, request: Request, session: ReadSession, actor: CurrentActor, today: Today
) -> Response:
    """Answer a report over the procedures that the address asks for."""
    return _page(request, session, actor, today, _report(slug))


@router.get("/reports/{slug}/{block}.{kind}")
def download_numbers(
    slug: str,
    block: str,
    kind: str,
    request: Request,
    session: ReadSession,
    actor: CurrentActor,
    today: Today,
) -> Response:
    """Give the released numbers of one block: what its table shows, as CSV or JSON."""
    if kind not in {"csv", "json"}:
        raise NotFound("There is no such download.")
    _, question = _asked(request, session, actor, today)
    answer = _answer(session, actor, today, _only(_report(slug), block), question)
    ((_, shown),) = answer.output.blocks
    name = f"{slug}-{block}"
    if kind == "csv":
        return download_csv(records_csv(shown.records), name)
    disposition = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return JSONResponse(list(shown.records), headers=disposition)


@router.post("/reports/{slug}/saved", dependencies=[Guarded])
def keep_report(
    slug: str,
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    typed: Typed,
) -> Response:
    """Save the report under a name; the page comes back with the name when it can't be."""
    report = _report(slug)
    _, question = _asked(request, session, actor, today)
    form = Form(typed)
    with form.collecting():
        row = save_report(
            session,
            actor=actor,
            site_id=_chosen_site(session, actor, form),
            name=form.value("name"),
            report=report.slug,
            query=question.query,
        )
        return redirect(request, "/reports", flash=f"Saved as “{row.name}”.")
    return _page(request, session, actor, today, report, saving=form)


@router.post("/reports/saved/{saved_id}/remove", dependencies=[Guarded])
def forget_report(
    saved_id: UUID, request: Request, session: WriteSession, actor: CurrentActor
) -> Response:
    """Take a saved report off the list."""
    remove_saved_report(session, actor=actor, saved_id=saved_id)
    return redirect(request, "/reports", flash="Removed from the saved reports.")


def _report(slug: str) -> Report:
    try:
        return find(slug)
    except KeyError:
        raise NotFound("There is no such report.") from None


def _asked(request: Request, session: Session, actor: Actor, today: date) -> tuple[Form, Question]:
    options = filter_options(readable_sites(session, actor))
    return read_question(request.query_params, options, today)


def _answer(
    session: Session, actor: Actor, today: date, report: Report, question: Question
) -> Answer:
    return run_report(
        session,
        actor=actor,
        report=report,
        filters=question.filters,
        asked=question.asked,
        today=today,
    )


def _only(report: Report, slug: str) -> Report:
    """Leave of a report the one block that is asked for: the others need not be worked out."""
    blocks = tuple(block for block in report.blocks if block.slug == slug)
    if not blocks:
        raise NotFound("There is no such part of the report.")
    return replace(report, blocks=blocks)


def _chosen_site(session: Session, actor: Actor, form: Form) -> UUID:
    """Choose the site to save at: the one that was named, or the first that one belongs to."""
    sites = readable_sites(session, actor)
    named = form.value("saved_at")
    found = next((s for s in sites if s.code == named), None)
    if named and found is None:
        form.refuse("saved_at", "Choose one of the listed services.")
    return (found or sites[0]).id


def _page(
    request: Request,
    session: Session,
    actor: Actor,
    today: date,
    report: Report,
    saving: Form | None = None,
) -> Response:
    sites = readable_sites(session, actor)
    options = filter_options(sites)
    form, question = read_question(request.query_params, options, today)
    asks_for_technique = report.one_technique and len(question.filters.technique) != 1
    context: dict[str, Any] = {
        "report": report,
        "path": page_of(report),
        "form": form,
        "options": options,
        "question": question,
        "saving": saving or Form({"name": [""]}),
        "saved_at": [(s.code, s.name) for s in sites],
        "windows": window_tabs(report, question),
        "reading": reading(report, question),
        "needs_technique": asks_for_technique,
    }
    if asks_for_technique:
        context |= NOTHING_ASKED
    else:
        context |= show_answer(_answer(session, actor, today, report, question))
    status = (saving or form).status
    return render(request, "pages/report.html", context, block="comparison", status=status)
