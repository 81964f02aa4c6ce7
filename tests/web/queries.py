"""Looking at the database beside a request: the queries it takes, the rows it left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Engine, event
from sqlmodel import select

from registry.db.base import KeptRow
from registry.db.engine import transaction
from registry.db.tables import AuditEvent
from registry.services.readings import (
    LIST_PATIENTS,
    REFUSE,
    VIEW_PATIENT,
    VIEW_REPORT,
    VIEW_TRAIL,
)

LOOKS = {VIEW_PATIENT, LIST_PATIENTS, VIEW_REPORT, VIEW_TRAIL, REFUSE}
"""Lines of the trail that tell of a look, or of what was not allowed: nothing was done."""

Row = TypeVar("Row", bound=KeptRow | AuditEvent)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements that run inside."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def rows(engine: Engine, table: type[Row], *, looks: bool = False) -> list[Row]:
    """Read all rows of a table without holding a lock, so that writes may follow.

    Of the trail those lines that tell of something done; with `looks` of what was seen, too.
    """
    with transaction(engine, write=False) as session:
        found = session.exec(select(table).order_by(table.id)).all()  # type: ignore[arg-type]
        return [row for row in found if looks or getattr(row, "action", "") not in LOOKS]
