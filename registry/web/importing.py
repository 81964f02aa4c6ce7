"""Work on logbooks in the background: a thread of this process does what was asked."""

from __future__ import annotations

from datetime import date
from threading import Thread
from uuid import UUID

from fastapi import Request
from sqlalchemy import Engine


def start_import_work(request: Request, site_id: UUID, import_id: UUID, today: date) -> Thread:
    """Let the work on a logbook be done; what asked for it must be committed."""
    engine: Engine = request.app.state.engine
    thread = Thread(
        target=_work,
        args=(engine, site_id, import_id, today),
        name=f"import-{import_id}",
        daemon=True,
    )
    thread.start()
    return thread


def _work(engine: Engine, site_id: UUID, import_id: UUID, today: date) -> None:
    from registry.exchange.import_work import do_import_work  # the importer: slow to load

    do_import_work(engine, site_id, import_id, today)
