"""Cells of words: kept as they stand, or read as the registry's own terms."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import inspect

from registry.db.tables import AdverseEvent, Patient, Procedure
from registry.domain.axes import axis
from registry.exchange.importer.errors import UnclearCell, WrongCell

_LONGEST: dict[str, int] = {
    column.name: longest
    for table in (AdverseEvent, Procedure, Patient)
    for column in inspect(table).columns
    if (longest := getattr(column.type, "length", None))
}
_NEEDED = frozenset({"hospital_number", "operator"})
_SEVERAL = re.compile(r"\s*(?:[+,;&]|\band\b)\s*", re.IGNORECASE)
AXES = {
    "intent": "intent",
    "mechanism": "mechanism",
    "approach": "approach",
    "laterality": "laterality",
    "guidance": "guidance",
    "agents": "agent_class",
    "sedation": "sedation",
    "technical_success": "technical_success",
    "sex": "sex",
}


def fold(text: str) -> str:
    """Write a cell's text in one way for comparisons: no matter the case, single blanks."""
    return " ".join(text.split()).casefold()


def free_text(field: str) -> Callable[[str], str]:
    """Give the reader of a text field: never cut short, so one too long for the record is left out,
    and refused where no row can do without it.
    """
    longest = _LONGEST[field]

    def read(text: str) -> str:
        if len(text) <= longest:
            return text
        if field in _NEEDED:
            raise WrongCell(f"This is longer than {longest} characters. Shorten it.")
        raise UnclearCell(f"This is longer than {longest} characters. Left out.")

    return read


def read_axis(field: str) -> Callable[[str], str]:
    """Give the reader of a field whose values are an axis's: `read_axis("laterality")("bilat")`."""
    known = axis(AXES[field])

    def read(text: str) -> str:
        value = known.resolve(text)
        if value is None:
            raise UnclearCell(
                f"This is none of: {', '.join(v.label for v in known.current)}. "
                f"Left out. Translate it in the mapping, under values.{field}."
            )
        return value.slug

    return read


def read_guidance(text: str) -> tuple[str, ...]:
    """Read one way of guidance or several (`CT + fluoro`)."""
    read = read_axis("guidance")
    if axis("guidance").resolve(text):
        return (read(text),)
    return tuple(dict.fromkeys(read(part) for part in _SEVERAL.split(text)))
