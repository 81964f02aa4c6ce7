"""What a column is: its name, type, unit, meaning, and how it is read off a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

Row = Mapping[str, Any]
Kind = Literal["text", "date", "instant", "integer", "decimal", "boolean", "list"]
NOT_KNOWN = "unknown"
"""The value by which a vocabulary says that something was asked and isn't known."""


class Privacy(StrEnum):
    """What a column tells of a person, from which each profile's rule for it follows."""

    PLAIN = "plain"
    DIRECT = "direct identifier"
    KEY = "key of a record"
    SITE = "site"
    BIRTH = "birth date"
    DAY = "day"
    YEAR = "day, of which the year may stay"
    AGE = "age"
    NOTE = "free text about a patient"
    WORDS = "free text about what was used, or who treated"


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column: what it means, its type, unit and allowed values, and how it is read off a row.

    An empty cell means "not known" or "does not apply", as `meaning` says. `labels` say `values` in
    words. A KEY column names in `key_of` the data set whose record it points to. `source` is the
    table and column behind it, where the data set's own table and the same name aren't. `safe`
    and it is read for de-identified exports where that differs.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    values: tuple[str, ...] = ()
    read: Callable[[Row], Any] | None = None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    privacy: Privacy = Privacy.PLAIN
    key_of: str = ""
    source: str = ""
    title: str = ""
    safe: Callable[[Row], Any] | None = None
    safe_values: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """Say whether its values are numbers, which no format may take for text."""
        return self.kind in {"integer", "decimal"}

    @property
    def label(self) -> str:
        """Give its name in words, for the formats that show one."""
        return self.title or self.name.replace("_", " ").capitalize()

    @property
    def missing(self) -> tuple[str, ...]:
        """List the values that say: asked, and not known."""
        return tuple(v for v in self.values if v == NOT_KNOWN)

    def label_of(self, value: str) -> str:
        """Say one of its values in words."""
        return self.labels.get(value, value.replace("_", " ").replace("-", " ").capitalize())

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
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, (date, UUID, int)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return ";".join(map(str, value))
    return str(value)
