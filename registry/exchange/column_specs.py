"""What a column is: its name, type, unit, meaning, and how it is read off a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

Row = Mapping[str, Any]
Kind = Literal["text", "date", "integer", "decimal", "boolean", "list"]


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column: what it means, its type, unit and allowed values, and how it is read off a row.

    An empty cell means "not known" or "does not apply", as `meaning` says.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    values: tuple[str, ...] = ()
    read: Callable[[Row], Any] | None = None

    @property
    def is_number(self) -> bool:
        """Say whether its values are numbers, which no format may take for text."""
        return self.kind in {"integer", "decimal"}

    def of(self, row: Row) -> Any:
        """Read this column's value off a row."""
        return self.read(row) if self.read else row[self.name]


def to_text(value: object) -> str:
    """Write a value as every text format does: ISO dates, true/false, lists joined by `;`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, (date, UUID, int)):
        return str(value)
    return str(value)
