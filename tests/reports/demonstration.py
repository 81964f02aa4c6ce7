"""The demonstration, made once, with its outcome rows as they leave the registry."""

from __future__ import annotations

import io
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pandas as pd
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from registry.db.engine import transaction
from registry.db.tables import UserAccount
from registry.demo.seed import seed_demo
from registry.domain.access import Actor
from registry.exchange.outcome_export import stream_outcomes_csv
from registry.services.exports import authorise_export
from registry.services.people import actor_of
from registry.services.reports import run_report
from reports.filters import Filters
from reports.page import Asked
from reports.report import Report, Shown
from tests.databases import fresh_database

TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Demonstration:
    """The seeded registry, and `exported`: its outcome rows read back from the exported CSV.

    Nothing changes in it, so what was run once is `kept` for the next test that asks.
    """

    engine: Engine
    exported: pd.DataFrame
    kept: dict[Hashable, dict[str, Shown]] = field(default_factory=dict)

    def shown(
        self, report: Report, *, by: str = "clinician", asked: Asked | None = None
    ) -> dict[str, Shown]:
        """Run a report as one of the demonstration's people would: what each block shows."""
        key = (report.slug, tuple(block.slug for block in report.blocks), by, asked)
        if key not in self.kept:
            self.kept[key] = self._run(report, by, asked)
        return self.kept[key]

    def _run(self, report: Report, by: str, asked: Asked | None) -> dict[str, Shown]:
        with transaction(self.engine, write=False) as session:
            answer = run_report(
                session,
                actor=_person(session, by),
                report=report,
                filters=Filters(),
                asked=asked or Asked(),
                today=TODAY,
            )
        return {block.slug: shown for block, shown in answer.output.blocks}

    def records(self, report: Report, block: str, **how: Any) -> list[dict[str, Any]]:
        """Give the downloadable numbers of one block."""
        return list(self.shown(report, **how)[block].records)

    def alone(self, report: Report, block: str, **how: Any) -> Shown:
        """Run one block where no other of its report is looked at: much quicker."""
        (one,) = (b for b in report.blocks if b.slug == block)
        return self.shown(replace(report, blocks=(one,)), **how)[block]

    def read(self, query: str) -> pd.DataFrame:
        """Read plain rows from the database, ids written as the export writes them."""
        with self.engine.connect() as connection:
            rows = pd.read_sql(text(query), connection)
        for name in {"id", "site_id", "patient_id", "procedure_id"} & set(rows.columns):
            rows[name] = [None if found is None else str(UUID(found)) for found in rows[name]]
        return rows


@contextmanager
def make_demonstration(folder: Path) -> Iterator[Demonstration]:
    """Seed a database, and take its outcome rows away as the auditor does."""
    with fresh_database("sqlite", folder) as database:
        with transaction(database.engine) as session:
            seed_demo(session, today=TODAY)
            ticket = authorise_export(
                session,
                actor=_person(session, "auditor"),
                dataset="procedure_outcomes",
                filters=Filters(),
                purpose="To count it all again",
                as_of=TODAY,
            )
        rows = "".join(stream_outcomes_csv(database.engine, ticket))
        yield Demonstration(database.engine, pd.read_csv(io.StringIO(rows)))


def _person(session: Session, name: str) -> Actor:
    email = f"{name}@example.org"
    return actor_of(session, session.exec(select(UserAccount).filter_by(email=email)).one())
