"""Writing the empty logbook: as CSV, or as a workbook that offers values and explains itself."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from registry.domain.errors import RuleViolation
from registry.exchange.column_specs import ColumnSpec
from registry.exchange.importer.template import needed_columns, template_columns

LAST_ROW = 10_000
"""The last row of the sheet whose cells offer values and are checked."""
_RANGE = re.compile(r"(\d+)-(\d+)\b.*")
_SEEN = {"first": date(1900, 3, 1), "last": date(2099, 12, 31)}
_EXPLAINED = ("column", "needed", "type", "unit", "what it means")
_HELP = 255
"""How long a message of a spreadsheet's cell may be."""


def write_template(path: Path) -> None:
    """Write the template, by the file's ending as CSV or as XLSX."""
    writers = {".csv": _write_csv, ".xlsx": _write_workbook}
    if path.suffix.lower() not in writers:
        message = f"{path} ends in neither .csv nor .xlsx. Name a file that ends in one of them."
        raise RuleViolation.at("--template", message)
    if path.exists():
        message = f"{path} is there already, and may be filled in. Name another file."
        raise RuleViolation.at("--template", message)
    writers[path.suffix.lower()](path, template_columns())


def _write_csv(path: Path, columns: Sequence[ColumnSpec]) -> None:
    # The mark makes spreadsheets read and write accents as UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerow([column.name for column in columns])


def _write_workbook(path: Path, columns: Sequence[ColumnSpec]) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        logbook = book.add_worksheet("logbook")
        _explain(book, book.add_worksheet("columns"), columns)
        places = _list_values(book, book.add_worksheet("values"), columns)
        bold = book.add_format({"bold": True, "bottom": 1})
        formats = {"date": book.add_format({"num_format": "yyyy-mm-dd"})}
        # As text, leading zeros of a number stay.
        formats["text"] = formats["list"] = book.add_format({"num_format": "@"})
        logbook.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            width = max(12, len(column.name) + 2)
            logbook.set_column(place, place, width, formats.get(column.kind))
            logbook.write_string(0, place, column.name, bold)
            rule = _rule(column, places)
            logbook.data_validation(1, place, LAST_ROW, place, {**rule, **_help(column)})


def _help(column: ColumnSpec) -> dict[str, Any]:
    meaning = column.meaning
    cut = meaning if len(meaning) <= _HELP else meaning[: _HELP - 4].rsplit(" ", 1)[0] + " ..."
    return {"input_title": column.name[:32], "input_message": cut, "error_type": "warning"}


def _rule(column: ColumnSpec, places: Mapping[str, str]) -> dict[str, Any]:
    """Say what a cell may hold; other words are warned of only, for many are understood."""
    if column.kind == "boolean":
        return {"validate": "list", "source": ["true", "false"]}
    if column.kind == "date":
        ends = {"minimum": _SEEN["first"], "maximum": _SEEN["last"]}
        return {"validate": "date", "criteria": "between", **ends}
    if column.kind == "integer":
        found = _RANGE.fullmatch(column.unit)
        low, high = (int(found[1]), int(found[2])) if found else (0, 100)
        return {"validate": "integer", "criteria": "between", "minimum": low, "maximum": high}
    if column.name in places and column.kind == "text":
        return {"validate": "list", "source": places[column.name]}
    return {"validate": "any"}


def _explain(book: xlsxwriter.Workbook, sheet: Worksheet, columns: Sequence[ColumnSpec]) -> None:
    """Say what each column means, and how the file goes on from here."""
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    sheet.freeze_panes(1, 0)
    for place, (title, width) in enumerate(zip(_EXPLAINED, (26, 9, 9, 16, 90), strict=True)):
        sheet.set_column(place, place, width, wrapped)
        sheet.write_string(0, place, title, bold)
    needed = needed_columns()
    for row, column in enumerate(columns, start=1):
        told = "yes" if column.name in needed else ""
        line = (column.name, told, column.kind, column.unit, column.meaning)
        for place, text in enumerate(line):
            sheet.write_string(row, place, text)
    sheet.write_string(
        len(columns) + 2,
        0,
        "One row a procedure, on the sheet logbook. Columns that you don't use can be deleted. "
        "Import this file as it is.",
    )


def _list_values(
    book: xlsxwriter.Workbook, sheet: Worksheet, columns: Sequence[ColumnSpec]
) -> dict[str, str]:
    """List the values of each column beside their labels; gives where a column's stand."""
    bold, places = book.add_format({"bold": True}), {}
    listed = [column for column in columns if column.values]
    for number, column in enumerate(listed):
        place = 2 * number
        sheet.write_string(0, place, column.name, bold)
        sheet.set_column(place, place + 1, 28)
        for row, value in enumerate(column.values, start=1):
            sheet.write_string(row, place, value)
            sheet.write_string(row, place + 1, column.label_of(value))
        name = xl_col_to_name(place, col_abs=True)
        places[column.name] = f"=values!{name}$2:{name}${len(column.values) + 1}"
    return places
