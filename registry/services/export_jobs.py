"""Exports as jobs: asked for, made in the background, cancelled, kept for a time, fetched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session

from registry.db.base import new_id
from registry.db.queries import export_jobs as queries
from registry.db.queries.people import get_user
from registry.db.tables import ExportJob
from registry.domain.access import Actor, Profile
from registry.domain.errors import Conflict, NotFound, NotPermitted
from registry.domain.exports import ExportState
from registry.domain.trail import Link
from registry.services.audit import record_event
from registry.services.export_plans import (
    Asked,
    ExportPlan,
    plan_export,
    record_made,
    record_plan,
)
from registry.services.exports import plain_filters
from registry.services.people import actor_of
from reports.filters import Filters

SILENT = timedelta(minutes=2)
"""After so long without a word whoever made an export is taken to be gone."""


def ask_export(session: Session, *, actor: Actor, asked: Asked, as_of: date) -> ExportJob:
    """Put an export on the list and into the trail. The caller commits, then lets it be made."""
    plan = plan_export(session, actor=actor, asked=asked, as_of=as_of)
    if actor.user_id is None:
        raise NotPermitted("The command line makes its exports at once.")
    job = ExportJob(
        id=new_id(),
        user_id=actor.user_id,
        profile=asked.profile.value,
        purpose=asked.purpose.strip(),
        data_sets=list(asked.data_sets),
        formats=list(asked.formats),
        filters=dict(plain_filters(asked.filters)),
        sites={str(s): code for s, code in plan.sites.items()},
        heads={str(s): [link.number, link.seal] for s, link in plan.heads.items()},
        synthetic=plan.synthetic,
        as_of=as_of,
    )
    session.add(job)
    session.flush()
    record_plan(session, actor=actor, plan=plan, export_id=job.id)
    return job


def plan_of(job: ExportJob) -> ExportPlan:
    """Give the plan that an export was allowed by."""
    days = ("since", "until")
    filters: dict[str, Any] = {
        name: date.fromisoformat(value) if name in days else tuple(value)
        for name, value in job.filters.items()
    }
    asked = Asked(
        data_sets=tuple(job.data_sets),
        formats=tuple(job.formats),
        profile=Profile(job.profile),
        purpose=job.purpose,
        filters=Filters(**filters),
    )
    sites = {UUID(site): code for site, code in job.sites.items()}
    heads = {UUID(site): Link(number, seal) for site, (number, seal) in job.heads.items()}
    return ExportPlan(asked, sites, job.as_of, heads, job.synthetic)


def list_exports(session: Session, *, actor: Actor) -> Sequence[ExportJob]:
    """List what the actor asked for, the latest first."""
    return queries.list_exports(session, _person(actor)) if actor.user_id else []


def read_export(session: Session, *, actor: Actor, export_id: UUID) -> ExportJob:
    """Read an export that the actor asked for; another's doesn't exist for them."""
    job = queries.find_export(session, _person(actor), export_id)
    if job is None:
        raise NotFound("There is no such export.")
    return job


def silent_exports(session: Session, *, actor: Actor, now: datetime) -> Sequence[UUID]:
    """List the actor's exports whose maker has gone: somebody must take over."""
    return queries.list_silent(session, _person(actor), now - SILENT)


def cancel_export(session: Session, *, actor: Actor, export_id: UUID, now: datetime) -> ExportJob:
    """Stop an export that isn't over; what was written of it goes."""
    job = read_export(session, actor=actor, export_id=export_id)
    if not queries.end(session, job.id, ExportState.CANCELLED, finished_at=now):
        raise Conflict("This export is over already.")
    _record(session, actor, job, "cancel_export")
    return read_export(session, actor=actor, export_id=export_id)


def fetch_export(session: Session, *, actor: Actor, export_id: UUID) -> ExportJob:
    """Let a finished export be fetched, and write into the trail that it was.

    Who may no longer take such data of one of its sites away, may not fetch it either.
    """
    job = read_export(session, actor=actor, export_id=export_id)
    if job.state != ExportState.DONE or job.removed_at is not None:
        raise NotFound("There is no file of this export: it isn't ready, or its time is over.")
    allowed = actor.sites_to_take(Profile(job.profile))
    if not all(UUID(site) in allowed for site in job.sites):
        raise NotPermitted("You may no longer take such data of all of its sites away.")
    _record(session, actor, job, "fetch_export")
    return job


def finish_export(
    session: Session, *, job: ExportJob, made: dict[str, Any], now: datetime, days: int
) -> bool:
    """Say that an export is ready, in the list and in the trail; False when it was cancelled."""
    told = {"finished_at": now, "expires_at": now + timedelta(days=days), **made}
    if not queries.end(session, job.id, ExportState.DONE, **told):
        return False
    user = get_user(session, job.user_id)
    actor = actor_of(session, user) if user else Actor(name="export", user_id=job.user_id)
    record_made(session, actor=actor, plan=plan_of(job), export_id=job.id, made=made)
    return True


def has_expired(session: Session, *, now: datetime) -> bool:
    """Say whether there is a file whose time is over."""
    return bool(queries.list_expired(session, now))


def remove_expired(session: Session, *, folder: Path, now: datetime) -> int:
    """Remove the files whose time is over; what they were stays on record. Gives how many."""
    expired = queries.list_expired(session, now)
    for job in expired:
        file_of(folder, job.id).unlink(missing_ok=True)
        job.removed_at = now
        session.add(job)
    session.flush()
    return len(expired)


def file_of(folder: Path, export_id: UUID) -> Path:
    """Say where an export's file is kept."""
    return folder / f"{export_id}.zip"


def _person(actor: Actor) -> UUID:
    if actor.user_id is None:
        raise NotFound("There is no such export.")
    return actor.user_id


def _record(session: Session, actor: Actor, job: ExportJob, action: str) -> None:
    told = {"export": str(job.id), "profile": job.profile, "sha256": job.sha256}
    changes = {name: [None, value] for name, value in told.items() if value is not None}
    for site in sorted(job.sites):
        record_event(session, actor, action, site_id=UUID(site), changes=changes)
    session.flush()
