"""Cells of words: kept as they stand, or read as the registry's own terms."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import inspect

from registry.db.tables import AdverseEvent, Patient, Procedure
from registry.domain.axes import axis
from registry.domain.techniques import PLAIN_AXES
from registry.exchange.importer.errors import UnclearCell, WrongCell

_LONGEST: dict[str, int] = {
    column.name: longest
    for table in (AdverseEvent, Procedure, Patient)
    for column in inspect(table).columns
    if (longest := getattr(column.type, "length", None) or getattr(column.type, "longest", None))
}
_NEEDED = frozenset({"hospital_number", "operator"})
_SEVERAL = re.compile(r"\s*(?:[+,;&]|\band\b)\s*", re.IGNORECASE)
AXES = {
    "intent": "intent",
    "approach": "approach",
    "laterality": "laterality",
    "guidance": "guidance",
    "agents": "agent_class",
    **{name: name for name in PLAIN_AXES},
    "block_result": "block_result",
    "sex": "sex",
}
_YES_NO = {
    **dict.fromkeys(("yes", "y", "true", "1"), True),
    **dict.fromkeys(("no", "n", "false", "0"), False),
}
_PERCENT = re.compile(r"(\d{1,3})\s*%?")


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
    """Read one way of guidance or several (`CT + fluoro`; by `;` as exports join them)."""
    read = read_axis("guidance")
    # "CT fluoroscopy" is one way, so a whole name goes before its parts; `ct;fluoroscopy` is two.
    if ";" not in text and axis("guidance").resolve(text):
        return (read(text),)
    return tuple(dict.fromkeys(read(part) for part in _SEVERAL.split(text)))


def read_yes_no(text: str) -> bool:
    """Read a plain yes or no."""
    answer = _YES_NO.get(fold(text))
    if answer is None:
        raise UnclearCell("This is neither yes nor no. Left out. Translate it in the mapping.")
    return answer


def read_percent(text: str) -> int:
    """Read a whole percentage, with or without its sign."""
    number = _PERCENT.fullmatch(text.strip())
    if number is None or int(number[1]) > 100:
        raise UnclearCell("This is not a percentage from 0 to 100. Left out.")
    return int(number[1])
