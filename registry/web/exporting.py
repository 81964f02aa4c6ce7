"""Exports in the background: a thread of this process makes what was asked for.

The list of exports is in the database: a closed tab loses nothing, and of an export whose process
went away the next one that is asked about it takes over.
"""

from __future__ import annotations

from datetime import UTC, datetime
from threading import BoundedSemaphore, Thread
from uuid import UUID

from fastapi import Request
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.services.export_jobs import has_expired, remove_expired
from registry.settings import Settings

AT_A_TIME = 2
_turns = BoundedSemaphore(AT_A_TIME)


def start_export(request: Request, export_id: UUID) -> Thread:
    """Let an export be made; what asked for it must be committed."""
    engine: Engine = request.app.state.engine
    settings: Settings = request.app.state.settings
    thread = Thread(
        target=_make, args=(engine, settings, export_id), name=f"export-{export_id}", daemon=True
    )
    thread.start()
    return thread


def tidy_up(request: Request) -> None:
    """Remove the exports whose time is over; nobody waits for a writer when there are none."""
    engine: Engine = request.app.state.engine
    folder, now = request.app.state.settings.export_folder, datetime.now(UTC)
    with transaction(engine, write=False) as session:
        if not has_expired(session, now=now):
            return
    with transaction(engine) as session:
        remove_expired(session, folder=folder, now=now)


def _make(engine: Engine, settings: Settings, export_id: UUID) -> None:
    from registry.exchange.export_jobs import run_export  # formats: slow to load

    with _turns:
        run_export(engine, settings.export_folder, export_id, settings.export_days)
