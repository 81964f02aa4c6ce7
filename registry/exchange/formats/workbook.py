"""XLSX: typed cells under a frozen header, and the codebook on a sheet of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from registry.exchange.codebook import CODEBOOK, codebook_lines
from registry.exchange.column_specs import ColumnSpec, to_text
from registry.exchange.formats.files import Written, refuse_long
from registry.exchange.tables import Table

SHEET_ROWS = 1_048_576
"""Rows of a sheet, its header's too. What is more goes on to a further sheet."""
LONGEST_TEXT = 32_767
_FIRST_DAY = date(1900, 3, 1)
"""Before it the format's calendar has a day that never was; such a day is written as text."""
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  (the same in every file, so that a file can be the same)
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write_workbook(table: Table, folder: Path, sheet_rows: int = SHEET_ROWS) -> list[Written]:
    """Write a table as a workbook: `data`, `data_2` where one sheet is too small, `codebook`."""
    path, count = folder / f"{table.name}.xlsx", 0
    with xlsxwriter.Workbook(str(path), {**_OPTIONS, "tmpdir": str(folder)}) as book:
        book.set_properties({"created": _MADE, "title": table.label, "comments": table.grain})
        cells = _Cells(book)
        rows, number = _Countdown(table.rows), 1
        while number == 1 or not rows.is_empty:
            sheet = book.add_worksheet("data" if number == 1 else f"data_{number}")
            count += cells.fill(sheet, table.columns, rows.take(sheet_rows - 1))
            number += 1
        described = (list(line.values()) for line in codebook_lines(table.name, table.columns))
        cells.fill(book.add_worksheet("codebook"), CODEBOOK, described)
    return [Written(path, count)]


class _Countdown:
    """Rows that are taken some at a time, and that say whether any are left."""

    def __init__(self, rows: Iterator[list[Any]]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    @property
    def is_empty(self) -> bool:
        return self._next is None

    def take(self, most: int) -> Iterator[list[Any]]:
        for _ in range(most):
            if self._next is None:
                return
            yield self._next
            self._next = next(self._rows, None)


class _Cells:
    """Writes values as cells of their type."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._header: Format = book.add_format({"bold": True, "bottom": 1})
        self._day: Format = book.add_format({"num_format": "yyyy-mm-dd"})
        self._instant: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})

    def fill(
        self, sheet: Worksheet, columns: tuple[ColumnSpec, ...], rows: Iterator[list[Any]]
    ) -> int:
        """Write a header and rows; gives how many."""
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, max(10, min(40, len(column.name) + 2)))
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.name, self._header)
        count = 0
        for count, values in enumerate(rows, start=1):
            for place, value in enumerate(values):
                if value is not None and value != "":
                    self._write(sheet, count, place, columns[place], value)
        return count

    def _write(
        self, sheet: Worksheet, row: int, place: int, column: ColumnSpec, value: Any
    ) -> None:
        if isinstance(value, bool):
            sheet.write_boolean(row, place, value)
        elif isinstance(value, (int, float)):
            sheet.write_number(row, place, value)
        elif isinstance(value, datetime):
            sheet.write_datetime(
                row, place, value.astimezone(UTC).replace(tzinfo=None), self._instant
            )
        elif isinstance(value, date) and value >= _FIRST_DAY:
            sheet.write_datetime(row, place, value, self._day)
        else:
            text = refuse_long(to_text(value), LONGEST_TEXT, column, "a cell of XLSX")
            sheet.write_string(row, place, text)
