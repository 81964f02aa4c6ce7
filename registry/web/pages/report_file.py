"""A report to carry into the meeting: one file, downloaded."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from registry.domain.access import Permission
from registry.domain.errors import NotFound, refuse
from registry.services.report_files import make_report_file, record_report_file
from registry.services.reports import readable_sites
from registry.web.deps import CurrentActor, Now, ReadSession, Today, WriteSession
from registry.web.forms.question import filter_options, read_question
from registry.web.needs import page_needs
from registry.web.report_file import file_name, render_report_file
from reports.catalogue import CATALOGUE
from reports.report import Report

router = APIRouter(dependencies=[page_needs(Permission.READ_OUTCOMES)])


@router.get("/reports/file")
def download_report_file(
    request: Request,
    session: ReadSession,
    trail: WriteSession,
    actor: CurrentActor,
    today: Today,
    now: Now,
) -> Response:
    """Give the reports that the address asks for, or all, as one file that opens without network.

    That it left, what it holds and of whom is in the trail before it goes.
    """
    query = request.query_params
    form, question = read_question(query, filter_options(readable_sites(session, actor)), today)
    refuse(form.problems)
    file = make_report_file(
        session,
        actor=actor,
        reports=choose_reports(query.getlist("report")),
        filters=question.filters,
        asked=question.asked,
        today=today,
        now=now,
        identifiable=query.get("identifiable") == "yes",
    )
    # Nobody else waits while reports run: the trail is held for its line alone.
    record_report_file(trail, actor=actor, file=file)
    headers = {"Content-Disposition": f'attachment; filename="{file_name(file)}"'}
    return HTMLResponse(render_report_file(file), headers=headers)


def choose_reports(slugs: list[str]) -> list[Report]:
    """Choose the named reports in the catalogue's order; all where none is named."""
    if unknown := set(slugs) - {report.slug for report in CATALOGUE}:
        raise NotFound(f"There is no report {' or '.join(sorted(unknown))}.")
    return [report for report in CATALOGUE if not slugs or report.slug in slugs]
