"""Reading what could single a person out: a few columns of the procedures of an export."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlmodel import Session, col

from registry.db.queries.export_scope import ExportScope
from registry.db.queries.exports import CHUNK, SOURCES
from registry.db.tables import ProcedureOutcomeRow

COLUMNS = (
    *("patient_id", "site", "technique", "sex", "age_years", "diagnosis_group", "performed_on"),
)


def stream_quasi_identifiers(session: Session, scope: ExportScope) -> Iterator[tuple[Any, ...]]:
    """Stream `COLUMNS` of the procedures that an export speaks of, a person's one after another."""
    wanted = [col(getattr(ProcedureOutcomeRow, name)) for name in COLUMNS]
    query = SOURCES["procedure_outcomes"](scope).with_only_columns(*wanted)
    with session.execute(query.execution_options(yield_per=CHUNK)) as rows:
        for row in rows:
            yield tuple(row)
