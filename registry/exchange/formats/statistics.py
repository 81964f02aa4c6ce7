"""SPSS and Stata: numbers with value labels, days as days, "not known" as a missing code.

Both libraries take a table whole, so a large one is written in parts of `PART` rows, each a file of
its own: memory stays flat, and ADD FILES (SPSS) or append (Stata) puts them together.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from math import nan
from pathlib import Path
from typing import Any

import polars as pl
import pyreadstat

from registry.exchange.column_specs import ColumnSpec, to_text
from registry.exchange.formats.files import (
    Written,
    by_column,
    codes,
    in_parts,
    is_coded,
    refuse_long,
)
from registry.exchange.tables import Table

PART = 50_000
LONGEST_TEXT = {"sav": 32_767, "dta": 2_000_000}
_STATA_MISSING = "a"
_YES_NO = {0: "No", 1: "Yes"}
_SAV_STAMP, _DTA_STAMP = (92, b"01 Jan 0000:00:00"), b"01 Jan 2000 00:00"


def write_spss(table: Table, folder: Path, part: int = PART) -> list[Written]:
    """Write a table for SPSS."""
    return _write(table, folder, "sav", part)


def write_stata(table: Table, folder: Path, part: int = PART) -> list[Written]:
    """Write a table for Stata 14 and later."""
    return _write(table, folder, "dta", part)


def _write(table: Table, folder: Path, ending: str, part: int) -> list[Written]:
    written: list[Written] = []
    for number, rows in enumerate(in_parts(table.rows, part), start=1):
        name = table.name if number == 1 else f"{table.name}_{number}"
        path = folder / f"{name}.{ending}"
        columns = zip(table.columns, by_column(rows, len(table.columns)), strict=True)
        frame = pl.DataFrame([_series(c, values, ending) for c, values in columns])
        _WRITERS[ending](frame, table, path)
        written.append(Written(path, len(rows)))
    return written


def _series(column: ColumnSpec, values: list[Any], ending: str) -> pl.Series:
    if is_coded(column):
        return _coded(column, values, ending)
    if column.kind == "boolean":
        numbers = [None if v is None else float(v) for v in values]
        return pl.Series(column.name, numbers, dtype=pl.Float64)
    if column.is_number:
        return pl.Series(column.name, values, dtype=pl.Float64)
    if column.kind == "date":
        return pl.Series(column.name, values, dtype=pl.Date)
    if column.kind == "instant":
        plain = [v and v.astimezone(UTC).replace(tzinfo=None) for v in values]
        return pl.Series(column.name, plain, dtype=pl.Datetime("us"))
    most, program = LONGEST_TEXT[ending], "SPSS" if ending == "sav" else "Stata"
    texts = [refuse_long(to_text(v), most, column, program) for v in values]
    return pl.Series(column.name, texts, dtype=pl.String)


def _coded(column: ColumnSpec, values: list[Any], ending: str) -> pl.Series:
    """Give a column's codes; for Stata what isn't known is `.a`, which no sum ever counts."""
    numbers = codes(column)
    if unlisted := {v for v in values if v is not None and v not in numbers}:
        raise LookupError(f"{column.name} holds {len(unlisted)} values that its list lacks")
    coded = [None if v is None else float(numbers[v]) for v in values]
    if ending == "dta" and any(v in column.missing for v in values):
        told = [
            _STATA_MISSING if v in column.missing else nan if code is None else code
            for v, code in zip(values, coded, strict=True)
        ]
        return pl.Series(column.name, told, dtype=pl.Object)
    return pl.Series(column.name, coded, dtype=pl.Float64)


def _labels(column: ColumnSpec, *, dotted: bool) -> dict[Any, str]:
    """Label a column's codes; `dotted`: it has Stata's missing code in the place of its own."""
    if column.kind == "boolean":
        return dict(_YES_NO)
    return {
        _STATA_MISSING if dotted and value in column.missing else code: column.label_of(value)
        for value, code in codes(column).items()
    }


def _value_labels(table: Table, frame: pl.DataFrame) -> dict[str, dict[Any, str]]:
    return {
        c.name: _labels(c, dotted=frame.schema[c.name] == pl.Object)
        for c in table.columns
        if is_coded(c) or c.kind == "boolean"
    }


def _write_sav(frame: pl.DataFrame, table: Table, path: Path) -> None:
    missing: dict[str, list[Any]] = {
        c.name: [codes(c)[v] for v in c.missing] for c in table.columns if is_coded(c) and c.missing
    }
    pyreadstat.write_sav(
        frame,
        path,
        file_label=table.label,
        column_labels={c.name: c.label for c in table.columns},
        variable_value_labels=_value_labels(table, frame),
        missing_ranges=missing,
        row_compress=True,
    )
    with path.open("r+b") as file:
        file.seek(_SAV_STAMP[0])
        file.write(_SAV_STAMP[1])


def _write_dta(frame: pl.DataFrame, table: Table, path: Path) -> None:
    missing = {n: [_STATA_MISSING] for n, kind in frame.schema.items() if kind == pl.Object}
    pyreadstat.write_dta(
        frame,
        path,
        version=14,
        file_label=table.label,
        column_labels={c.name: c.label for c in table.columns},
        variable_value_labels=_value_labels(table, frame),
        missing_user_values=missing,
    )
    with path.open("r+b") as file:
        head = file.read(2_000)
        file.seek(head.index(b"<timestamp>") + len(b"<timestamp>") + 1)
        file.write(_DTA_STAMP)


_WRITERS: dict[str, Callable[[pl.DataFrame, Table, Path], None]] = {
    "sav": _write_sav,
    "dta": _write_dta,
}
