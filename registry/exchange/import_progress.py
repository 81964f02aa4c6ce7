"""Work on a logbook as it goes on: how far it is, and whether somebody told it to stop."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from time import monotonic
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from registry.db.engine import transaction
from registry.db.queries import imports as queries
from registry.db.tables import LogbookImport
from registry.domain.access import Actor
from registry.domain.imports import ImportState

BEAT = 1.0
"""Seconds between two words on how far the work is."""


@dataclass(slots=True)
class Work:
    """A logbook that somebody asked work on, and as whom it is done."""

    engine: Engine
    job: LogbookImport
    actor: Actor
    today: date
    next_beat: float = 0.0

    def transaction(self, *, write: bool = True) -> AbstractContextManager[Session]:
        """Give a session that sees the logbook's site alone."""
        return transaction(self.engine, write=write, sites=lambda: [self.job.site_id])

    def beat(self, done: int, total: int) -> None:
        """Say how far the work is, now and then."""
        if monotonic() >= self.next_beat:
            self.next_beat = monotonic() + BEAT
            self.tell(patients_done=done, patients_total=total)

    def is_stopped(self) -> bool:
        """Say whether somebody told the work to stop."""
        with self.transaction(write=False) as session:
            state = queries.state_of_import(session, self.job.site_id, self.job.id)
        return state == ImportState.STOPPING

    def tell(self, **told: Any) -> None:
        """Write how the work stands."""
        with self.transaction() as session:
            now = datetime.now(UTC)
            queries.beat_import(session, self.job.site_id, self.job.id, beat_at=now, **told)
