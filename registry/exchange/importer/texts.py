"""Cells whose words are kept as they stand, whatever they begin with."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import inspect

from registry.db.tables import AdverseEvent, Patient, Procedure
from registry.exchange.importer.cell_errors import UnclearCell, WrongCell

_LONGEST: dict[str, int] = {
    column.name: longest
    for table in (AdverseEvent, Procedure, Patient)
    for column in inspect(table).columns
    if (longest := getattr(column.type, "length", None))
}
_NEEDED = frozenset({"hospital_number", "operator"})


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
