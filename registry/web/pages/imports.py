"""Bringing logbooks in: the list, the upload, and one logbook from the first look to its undo."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.engine import transaction
from registry.domain.access import Actor, Permission
from registry.exchange.import_findings import findings_of
from registry.exchange.importer import LogbookError, report_lines
from registry.exchange.imports import (
    ask_import,
    ask_stop,
    ask_undo,
    discard_logbook,
    drop_old_files,
    is_silent,
    list_imports,
    read_import,
    take_findings,
    take_logbook,
)
from registry.web.deps import (
    AppEngine,
    CurrentActor,
    Guarded,
    Now,
    ReadSession,
    Today,
    Typed,
    Uploaded,
    WriteSession,
)
from registry.web.downloads import download_csv
from registry.web.forms.form import Form
from registry.web.forms.patient import writable_sites
from registry.web.importing import start_import_work
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.imports import show_import

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])


@router.get("/imports")
def show_imports(request: Request, session: ReadSession, actor: CurrentActor) -> Response:
    """Show which logbooks came in, and take another."""
    return _list(request, session, actor, Form())


@router.post("/imports", dependencies=[Guarded])
def upload_logbook(
    request: Request, engine: AppEngine, actor: CurrentActor, now: Now, typed: Typed, file: Uploaded
) -> Response:
    """Take a file, and go on to its columns."""
    form = Form(typed)
    if file is None:
        form.refuse("file", "Choose the file of the logbook.")
    else:
        with form.collecting(), transaction(engine, sites=lambda: actor.roles) as session:
            drop_old_files(session, actor=actor, now=now)
            site_id = _chosen_site(form, session, actor)
            try:
                job = take_logbook(
                    session, actor=actor, site_id=site_id, name=file[0], data=file[1]
                )
                return redirect(request, f"/imports/{job.id}/columns")
            except LogbookError as refused:
                form.refuse("file", str(refused))
    with transaction(engine, write=False, sites=lambda: actor.roles) as session:
        return _list(request, session, actor, form)


def _chosen_site(form: Form, session: Session, actor: Actor) -> UUID:
    sites = writable_sites(session, actor)
    return next((s.id for s in sites if s.code == form.value("site")), sites[0].id)


@router.get("/imports/{import_id}")
def show_one_import(
    request: Request,
    session: ReadSession,
    actor: CurrentActor,
    now: Now,
    today: Today,
    import_id: UUID,
) -> Response:
    """Show how a logbook stands; the page asks again by itself while the registry is at work."""
    job = read_import(session, actor=actor, import_id=import_id)
    if is_silent(job, now):
        start_import_work(request, job.site_id, job.id, today)
    return _page(request, session, actor, import_id, Form())


@router.post("/imports/{import_id}/bring-in", dependencies=[Guarded])
def bring_in(
    request: Request, engine: AppEngine, actor: CurrentActor, today: Today, import_id: UUID
) -> Response:
    """Bring a logbook in that was looked at."""
    with transaction(engine, sites=lambda: actor.roles) as session:
        site_id = ask_import(session, actor=actor, import_id=import_id).site_id
    return _go(request, site_id, import_id, today)


@router.post("/imports/{import_id}/stop", dependencies=[Guarded])
def stop(request: Request, session: WriteSession, actor: CurrentActor, import_id: UUID) -> Response:
    """Let the work on a logbook end where it is."""
    ask_stop(session, actor=actor, import_id=import_id)
    return redirect(request, f"/imports/{import_id}")


@router.post("/imports/{import_id}/undo", dependencies=[Guarded])
def undo(
    request: Request,
    engine: AppEngine,
    actor: CurrentActor,
    today: Today,
    typed: Typed,
    import_id: UUID,
) -> Response:
    """Void everything that a logbook brought in."""
    form = Form(typed)
    with form.collecting(), transaction(engine, sites=lambda: actor.roles) as session:
        reason = form.value("reason")
        job = ask_undo(session, actor=actor, import_id=import_id, reason=reason)
    if form.problems:
        with transaction(engine, write=False, sites=lambda: actor.roles) as session:
            return _page(request, session, actor, import_id, form)
    return _go(request, job.site_id, import_id, today)


@router.post("/imports/{import_id}/discard", dependencies=[Guarded])
def discard(
    request: Request, session: WriteSession, actor: CurrentActor, import_id: UUID
) -> Response:
    """Remove a file that isn't wanted."""
    discard_logbook(session, actor=actor, import_id=import_id)
    return redirect(request, "/imports", flash="The file was removed. Nothing of it came in.")


@router.post("/imports/{import_id}/findings.csv", dependencies=[Guarded])
def download_findings(session: WriteSession, actor: CurrentActor, import_id: UUID) -> Response:
    """Give every finding, to be worked off in the file."""
    findings = take_findings(session, actor=actor, import_id=import_id)
    return download_csv(report_lines(findings), "import-findings")


def _go(request: Request, site_id: UUID, import_id: UUID, today: date) -> Response:
    start_import_work(request, site_id, import_id, today)
    return redirect(request, f"/imports/{import_id}")


def _list(request: Request, session: Session, actor: Actor, form: Form) -> Response:
    sites = writable_sites(session, actor)
    names = {site.id: site.name for site in sites}
    context = {
        "form": form,
        "sites": [(site.code, site.name) for site in sites],
        "imports": [show_import(job, names) for job in list_imports(session, actor=actor)],
    }
    return render(request, "pages/imports.html", context, status=form.status)


def _page(
    request: Request, session: Session, actor: Actor, import_id: UUID, form: Form
) -> Response:
    job = read_import(session, actor=actor, import_id=import_id)
    names = {site.id: site.name for site in writable_sites(session, actor)}
    view = show_import(job, names, findings_of(job))
    context = {"view": view, "form": form}
    return render(request, "pages/import.html", context, block="progress", status=form.status)
