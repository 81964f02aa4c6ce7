"""What a data set is, and the columns that several of them share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from registry.exchange.column_specs import ColumnSpec, Privacy, Row


def _as_it_is(row: Row) -> Iterable[Row]:
    yield row


@dataclass(frozen=True, slots=True)
class DataSet:
    """One table of an export: `grain` says what one row is, `key` which columns tell rows apart.

    `source` names the rows behind it in `registry.db.queries.exports`; `expand` makes the data
    set's rows of one of those. Rows of a data set that is not `of_persons` belong to a site alone.
    """

    name: str
    label: str
    grain: str
    source: str
    key: tuple[str, ...]
    columns: tuple[ColumnSpec, ...]
    expand: Callable[[Row], Iterable[Row]] = _as_it_is
    of_persons: bool = True

    def references(self) -> Iterator[tuple[str, str]]:
        """Give each column that points to a record of another data set, and which one that is."""
        for column in self.columns:
            if column.key_of and (column.key_of != self.name or (column.name,) != self.key):
                yield column.name, column.key_of


PATIENT = ColumnSpec(
    "patient_id",
    "text",
    "The patient's identifier, the same in all data sets of one export. A record that was merged "
    "into another carries the other's.",
    read=lambda row: row["person_id"],
    privacy=Privacy.KEY,
    key_of="patients",
    source="patient.id",
)
SITE = ColumnSpec(
    "site",
    "text",
    "The code of the site that the record belongs to.",
    privacy=Privacy.SITE,
    source="site.code",
)


def key(name: str, of: str, meaning: str, source: str = "") -> ColumnSpec:
    """Make the column that identifies a record, or points to one."""
    return ColumnSpec(name, "text", meaning, privacy=Privacy.KEY, key_of=of, source=source)


def own_key(name: str, of: str, meaning: str) -> ColumnSpec:
    """Make the column that identifies a data set's own records, kept as `id`."""
    return ColumnSpec(
        name,
        "text",
        meaning,
        read=lambda row: row["id"],
        privacy=Privacy.KEY,
        key_of=of,
        source="id",
    )


def day(name: str, meaning: str) -> ColumnSpec:
    """Make a column of days."""
    return ColumnSpec(name, "date", meaning, unit="YYYY-MM-DD", privacy=Privacy.DAY)


def note(name: str, meaning: str) -> ColumnSpec:
    """Make a column of free text about a patient."""
    return ColumnSpec(name, "text", meaning, privacy=Privacy.NOTE)


def words(name: str, meaning: str) -> ColumnSpec:
    """Make a column of free text about what was used, or who treated."""
    return ColumnSpec(name, "text", meaning, privacy=Privacy.WORDS)


def amount(name: str, meaning: str, unit: str) -> ColumnSpec:
    """Make a column of measured numbers."""
    return ColumnSpec(name, "decimal", meaning, unit=unit)


def text(name: str, meaning: str, **more: Any) -> ColumnSpec:
    """Make a column of text, coded where `more` gives its values."""
    return ColumnSpec(name, "text", meaning, **more)


def flag(name: str, meaning: str) -> ColumnSpec:
    """Make a column of yes and no."""
    return ColumnSpec(name, "boolean", meaning)


PROCEDURE = key("procedure_id", "procedures", "The procedure that the row belongs to.")
ASSESSMENT = key("assessment_id", "assessments", "The assessment that the row belongs to.")
POSITION = ColumnSpec("position", "integer", "Its place in the list, from 0, as it was recorded.")
