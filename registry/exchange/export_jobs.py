"""Making an export that waits on the list: in the background, a step at a time, stoppable."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from uuid import UUID

from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.db.queries import export_jobs as queries
from registry.db.queries.exports import count_rows
from registry.domain.access import Profile
from registry.domain.exports import ExportState
from registry.exchange.bundle.make import make_bundle
from registry.exchange.datasets import choose_data_sets
from registry.exchange.formats import choose_formats
from registry.exchange.formats.files import TooLarge
from registry.services.export_jobs import SILENT, file_of, finish_export, plan_of
from registry.services.export_plans import ExportPlan

log = logging.getLogger(__name__)

BEAT = 1.0
"""Seconds between two words on how far an export is."""


class Cancelled(Exception):
    """Somebody stopped the export."""


def run_export(engine: Engine, folder: Path, export_id: UUID, days: int) -> None:
    """Make an export that was asked for, unless another process makes it or it is over.

    Whatever goes wrong stands on the list; nothing of a file that isn't whole is left.
    """
    now = datetime.now(UTC)
    with transaction(engine) as session:
        if not queries.claim(session, export_id, now, now - SILENT):
            return
    try:
        _make(engine, folder, export_id, days)
    except Cancelled:
        file_of(folder, export_id).unlink(missing_ok=True)
    except TooLarge as refused:
        _fail(engine, folder, export_id, str(refused))
    except Exception:  # whatever it is, who waits for the export must be told
        log.exception("Export %s failed", export_id)
        _fail(
            engine,
            folder,
            export_id,
            f"Something went wrong on our side; nothing has left. Tell whoever runs Assuage this "
            f"number: {export_id}.",
        )


def _make(engine: Engine, folder: Path, export_id: UUID, days: int) -> None:
    with transaction(engine, write=False) as session:
        job = queries.get_export(session, export_id)
        plan = plan_of(job)
        total = count_steps(lambda source: count_rows(session, source, plan.scope), plan)
    with transaction(engine) as session:
        queries.expect(session, export_id, total)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    out = file_of(folder, export_id)
    made = make_bundle(engine, plan, out, _Beat(engine, export_id))
    told = {"sha256": made.sha256, "size": made.size, "rows": dict(made.rows)}
    with transaction(engine) as session:
        kept = finish_export(session, job=job, made=told, now=datetime.now(UTC), days=days)
    if not kept:
        raise Cancelled


def count_steps(count: Callable[[str], int], plan: ExportPlan) -> int:
    """Count the rows that will be read: each data set's once for every format."""
    if plan.asked.profile is Profile.AGGREGATE:
        return 0
    chosen = choose_data_sets(plan.asked.data_sets)
    passes = len(choose_formats(plan.asked.formats))
    once = count("patients") if plan.asked.profile is Profile.SAFE_HARBOR else 0
    return once + passes * sum(count(d.source) for d in chosen)


class _Beat:
    """Says now and then how far an export is, and stops it when it was cancelled."""

    def __init__(self, engine: Engine, export_id: UUID) -> None:
        self._engine, self._id = engine, export_id
        self._done, self._next = 0, 0.0

    def __call__(self, rows: int) -> None:
        self._done += rows
        if monotonic() < self._next:
            return
        self._next = monotonic() + BEAT
        with transaction(self._engine) as session:
            if not queries.beat(session, self._id, datetime.now(UTC), self._done):
                raise Cancelled


def _fail(engine: Engine, folder: Path, export_id: UUID, message: str) -> None:
    file_of(folder, export_id).unlink(missing_ok=True)
    with transaction(engine) as session:
        now = datetime.now(UTC)
        queries.end(session, export_id, ExportState.FAILED, message=message, finished_at=now)
