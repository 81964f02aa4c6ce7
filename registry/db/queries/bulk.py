"""Writing many new records at once: plain rows, a statement a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, inspect
from sqlmodel import Session, SQLModel

from registry.db.patient_marks import search_keys
from registry.db.tables import Patient, PatientSearchKey, ProcedureMeddRow, ProcedureOutcomeRow

Rows = dict[Table, list[Mapping[str, Any]]]


def insert_records(
    session: Session,
    records: Iterable[SQLModel],
    outcomes: Sequence[Mapping[str, Any]] = (),
    doses: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Write new records with their parts, and rows derived of them, in the order they need.

    The search keys that the mapper would write with a patient are written here.
    """
    rows: Rows = defaultdict(list)
    for record in records:
        _put(rows, record)
    rows[_table(ProcedureOutcomeRow)].extend(outcomes)
    rows[_table(ProcedureMeddRow)].extend(doses)
    session.flush()
    connection = session.connection()
    for table in SQLModel.metadata.sorted_tables:
        if found := rows.get(table):
            connection.execute(table.insert(), found)


def _put(rows: Rows, record: SQLModel) -> None:
    if isinstance(record, Patient):
        site_id, number = record.site_id, record.hospital_number
        rows[_table(PatientSearchKey)].extend(
            {"site_id": site_id, "patient_id": record.id, "search_key": key}
            for key in sorted(search_keys(site_id, number, record.name))
        )
    table = _table(type(record))
    values = record.__dict__
    rows[table].append({column.name: values.get(column.name) for column in table.columns})
    for part in _parts(record):
        _put(rows, part)


def _parts(record: SQLModel) -> Iterator[SQLModel]:
    for relationship in inspect(type(record)).relationships:
        yield from record.__dict__.get(relationship.key, ())


def _table(kind: type[SQLModel]) -> Table:
    table: Table = kind.__table__  # type: ignore[attr-defined]
    return table
