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
        writer.writerow([_cell(c, row) for c in columns])
        if count % _CHUNK == 0:
            yield _take(buffer)
    yield _take(buffer)


def _take(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _cell(column: ColumnSpec, row: Row) -> str:
    text = to_text(column.of(row))
    # A number may start with a minus, in a column of text too; only text can become a formula.
    if text.startswith(_FORMULA_STARTS) and not (column.is_number or _NUMBER.fullmatch(text)):
        return f"'{text}"
    return text


def codebook_rows(columns: Sequence[ColumnSpec]) -> Iterator[dict[str, str]]:
    """Describe columns as rows of a codebook."""
    for c in columns:
        yield {
            "column": c.name,
            "type": c.kind,
            "unit": c.unit,
            "values": "; ".join(c.values),
            "meaning": c.meaning,
        }


CODEBOOK = (
    ColumnSpec("column", "text", "The column's name in the data."),
    ColumnSpec("type", "text", "text, date, integer, decimal, boolean or list."),
    ColumnSpec("unit", "text", "The unit or format of its values."),
    ColumnSpec("values", "text", "The values it can have, where they are a fixed list."),
    ColumnSpec("meaning", "text", "What it says, and what an empty cell means."),
)
