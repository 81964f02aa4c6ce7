"""Exports of data sets: asked for, weighed, made in the background, fetched as one bundle."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.db.tables import ExportJob
from registry.domain.access import Permission, Profile
from registry.exchange.datasets import data_sets
from registry.exchange.profiles import columns_under
from registry.services import export_jobs as services
from registry.services.export_plans import Asked, plan_export
from registry.services.export_risk import residual_risk
from registry.web.api.export_models import (
    ColumnOut,
    DataSetOut,
    ExportIn,
    ExportOut,
    RiskOut,
    RiskQuery,
)
from registry.web.api.models import CONFLICTS
from registry.web.deps import AppSettings, Bearer, Now, ReadSession, Today, WriteSession, get_engine
from registry.web.downloads import send_export
from registry.web.exporting import start_export, tidy_up
from registry.web.needs import api_needs

router = APIRouter(prefix="/exports", tags=["exports"], dependencies=[api_needs(Permission.EXPORT)])


@router.get("", summary="List your exports")
def list_exports(request: Request, actor: Bearer, session: ReadSession) -> list[ExportOut]:
    """List the exports that you asked for, the latest first."""
    tidy_up(request)
    return [_show(job) for job in services.list_exports(session, actor=actor)]


# Whoever asks for an identified export confirms first who they are: the step-up's dependency
# belongs into this route's `dependencies`.
@router.post("", status_code=HTTPStatus.ACCEPTED, summary="Ask for an export")
def create_export(
    request: Request,
    body: ExportIn,
    actor: Bearer,
    engine: Annotated[Engine, Depends(get_engine)],
    today: Today,
) -> ExportOut:
    """Put an export on the list; it is made in the background. Ask for it until it is done.

    It is in the audit trail before anything is made, and again with its SHA-256 when it is.
    """
    with transaction(engine) as session:
        asked = body.asked(session, actor)
        job = services.ask_export(session, actor=actor, asked=asked, as_of=today)
        told = _show(job)
    start_export(request, told.id)
    return told


@router.get("/risk", summary="Weigh an export")
def read_risk(
    query: Annotated[RiskQuery, Query()], actor: Bearer, session: ReadSession, today: Today
) -> RiskOut:
    """Count how many patients share what could be known of one. Nothing leaves."""
    asked = Asked(
        data_sets=(),
        formats=(),
        profile=query.profile,
        purpose="to weigh it",
        filters=query.read(session, actor),
    )
    plan = plan_export(session, actor=actor, asked=asked, as_of=today)
    return RiskOut.model_validate(residual_risk(session, plan=plan), from_attributes=True)


@router.get("/data-sets", summary="List the data sets")
def list_data_sets(actor: Bearer, profile: Profile = Profile.LIMITED) -> list[DataSetOut]:
    """List what can be taken away, with every column that a profile leaves. Holds no data."""
    chosen = () if profile is Profile.AGGREGATE else data_sets().values()
    return [
        DataSetOut(
            name=d.name,
            label=d.label,
            grain=d.grain,
            key=list(d.key),
            columns=[
                ColumnOut(
                    name=c.name, type=c.kind, unit=c.unit, meaning=c.meaning, values=list(c.values)
                )
                for c in columns_under(d, profile)
            ],
        )
        for d in chosen
    ]


@router.get("/{export_id}", summary="Read an export")
def read_export(
    request: Request, export_id: UUID, actor: Bearer, session: ReadSession, now: Now
) -> ExportOut:
    """Give how far an export of yours is."""
    job = services.read_export(session, actor=actor, export_id=export_id)
    if job.id in services.silent_exports(session, actor=actor, now=now):
        start_export(request, job.id)
    return _show(job)


@router.delete("/{export_id}", responses=CONFLICTS, summary="Cancel an export")
def cancel_export(export_id: UUID, actor: Bearer, session: WriteSession, now: Now) -> ExportOut:
    """Stop an export of yours that isn't over."""
    return _show(services.cancel_export(session, actor=actor, export_id=export_id, now=now))


@router.get(
    "/{export_id}/file",
    response_class=Response,
    responses={
        200: {
            "description": "The bundle.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
    summary="Fetch an export's file",
)
def download_bundle(
    export_id: UUID,
    actor: Bearer,
    engine: Annotated[Engine, Depends(get_engine)],
    settings: AppSettings,
) -> Response:
    """Give the bundle of an export of yours. That it was fetched is in the trail before it goes."""
    return send_export(engine, settings, actor, export_id)


def _show(job: ExportJob) -> ExportOut:
    return ExportOut.model_validate({**job.model_dump(), "sites": sorted(job.sites.values())})
