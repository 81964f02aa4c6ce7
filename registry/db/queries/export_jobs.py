"""Exports that are being made and were made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Update, and_, or_, update
from sqlmodel import Session, col, select

from registry.db.tables import ExportJob
from registry.domain.exports import ExportState

MOST_LISTED = 50
_OPEN = (ExportState.QUEUED, ExportState.RUNNING)


def find_export(session: Session, user_id: UUID, export_id: UUID) -> ExportJob | None:
    """Find an export that somebody asked for, as it stands in the database now."""
    query = select(ExportJob).where(ExportJob.id == export_id, ExportJob.user_id == user_id)
    return session.exec(query.execution_options(populate_existing=True)).first()


def get_export(session: Session, export_id: UUID) -> ExportJob:
    """Read an export by its id."""
    return session.get_one(ExportJob, export_id, populate_existing=True)


def list_exports(session: Session, user_id: UUID) -> Sequence[ExportJob]:
    """List what somebody asked for, the latest first."""
    query = select(ExportJob).where(ExportJob.user_id == user_id)
    return session.exec(query.order_by(col(ExportJob.created_at).desc()).limit(MOST_LISTED)).all()


def list_expired(session: Session, now: datetime) -> Sequence[ExportJob]:
    """List the exports whose file's time is over and whose file is still there."""
    over = and_(col(ExportJob.expires_at) <= now, col(ExportJob.removed_at).is_(None))
    return session.exec(select(ExportJob).where(over)).all()


def list_silent(session: Session, user_id: UUID, since: datetime) -> Sequence[UUID]:
    """List somebody's exports that nobody has been making since a moment."""
    query = select(ExportJob.id).where(
        ExportJob.user_id == user_id,
        col(ExportJob.state).in_(_OPEN),
        col(ExportJob.beat_at) < since,
    )
    return session.exec(query).all()


def claim(session: Session, export_id: UUID, now: datetime, silent_since: datetime) -> bool:
    """Take an export on; False when another process has it, or it is over."""
    free = or_(
        col(ExportJob.state) == ExportState.QUEUED,
        and_(col(ExportJob.state) == ExportState.RUNNING, col(ExportJob.beat_at) < silent_since),
    )
    taken = _change(export_id, state=ExportState.RUNNING.value, beat_at=now, rows_done=0)
    return _count(session, taken.where(free)) == 1


def expect(session: Session, export_id: UUID, rows_total: int) -> None:
    """Say how many rows an export will read."""
    session.connection().execute(_change(export_id, rows_total=rows_total))


def beat(session: Session, export_id: UUID, now: datetime, rows_done: int) -> bool:
    """Say how far an export is; False when it was cancelled meanwhile."""
    running = col(ExportJob.state) == ExportState.RUNNING
    return _count(session, _change(export_id, beat_at=now, rows_done=rows_done).where(running)) == 1


def end(session: Session, export_id: UUID, state: ExportState, **told: Any) -> bool:
    """Bring an export to its end; False when it has one already."""
    still = col(ExportJob.state).in_(_OPEN)
    return _count(session, _change(export_id, state=state.value, **told).where(still)) == 1


def _change(export_id: UUID, **values: Any) -> Update:
    return update(ExportJob).where(col(ExportJob.id) == export_id).values(values)


def _count(session: Session, change: Update) -> int:
    return session.connection().execute(change).rowcount
