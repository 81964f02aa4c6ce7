"""One export: how far it is, its receipt, its file."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import Engine

from registry.domain.access import Permission, Profile
from registry.services.export_jobs import (
    cancel_export,
    read_export,
    silent_exports,
)
from registry.web.deps import (
    AppSettings,
    CurrentActor,
    CurrentSignIn,
    Guarded,
    Now,
    ReadSession,
    WriteSession,
    get_engine,
    require_stepped_up,
)
from registry.web.downloads import send_export
from registry.web.exporting import start_export
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.export import show_export

router = APIRouter(dependencies=[page_needs(Permission.EXPORT)])


@router.get("/exports/{export_id}")
def show_one_export(
    request: Request, session: ReadSession, actor: CurrentActor, now: Now, export_id: UUID
) -> Response:
    """Show how far an export is; the page asks again by itself until it is over."""
    job = read_export(session, actor=actor, export_id=export_id)
    if job.id in silent_exports(session, actor=actor, now=now):
        start_export(request, job.id)
    context = {"export": show_export(job)}
    return render(request, "pages/export.html", context, block="progress")


@router.post("/exports/{export_id}/cancel", dependencies=[Guarded])
def stop_export(
    request: Request, session: WriteSession, actor: CurrentActor, now: Now, export_id: UUID
) -> Response:
    """Stop an export."""
    cancel_export(session, actor=actor, export_id=export_id, now=now)
    return redirect(request, f"/exports/{export_id}", flash="The export was cancelled.")


@router.post("/exports/{export_id}/file", dependencies=[Guarded])
def download_export(
    engine: Annotated[Engine, Depends(get_engine)],
    settings: AppSettings,
    signed_in: CurrentSignIn,
    session: ReadSession,
    now: Now,
    export_id: UUID,
) -> Response:
    """Give an export's file; that it was fetched is in the trail before it goes.

    Who fetches an identified one proves once more who they are.
    """
    actor = signed_in.actor
    if read_export(session, actor=actor, export_id=export_id).profile == Profile.IDENTIFIED:
        require_stepped_up(settings, signed_in, now)
    return send_export(engine, settings, actor, export_id)
