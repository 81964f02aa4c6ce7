"""Writing CSV that a spreadsheet can't turn into something else."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from registry.exchange.columns import ColumnSpec, Row, to_text

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_CHUNK = 500


def stream_csv(rows: Iterable[Row], columns: Sequence[ColumnSpec]) -> Iterator[str]:
    """Write rows as CSV, a few hundred lines at a time, whatever their number."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([c.name for c in columns])
    for count, row in enumerate(rows, start=1):
        writer.writerow([cell(c, c.of(row)) for c in columns])
        if count % _CHUNK == 0:
            yield _take(buffer)
    yield _take(buffer)


def _take(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def cell(column: ColumnSpec, value: object) -> str:
    """Write a value as text that a spreadsheet takes for text, or for the number it is."""
    text = to_text(value)
    # A number may start with a minus, in a column of text too; only text can become a formula.
    if text.startswith(_FORMULA_STARTS) and not (column.is_number or _NUMBER.fullmatch(text)):
        return f"'{text}"
    return text


def unquoted(text: str) -> str:
    """Give back a text as it was before `cell` wrote it."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_STARTS) else text
