"""SPSS and Stata: numbers with value labels, days as days, "not known" as a missing code.

Both libraries take a table whole, so a large one is written in parts of `PART` rows, each a file of
its own: memory stays flat, and ADD FILES (SPSS) or append (Stata) puts them together.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from datetime import UTC
from itertools import islice
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyreadstat

from registry.exchange.column_specs import ColumnSpec, to_text
from registry.exchange.formats.files import (
    Written,
    codes,
    is_coded,
    refuse_long,
)
from registry.exchange.tables import Table

PART = 50_000
LONGEST_TEXT = {"sav": 32_767, "dta": 2_000_000}
_KINDS: dict[str, pl.DataType] = {"date": pl.Date(), "instant": pl.Datetime("us")}
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
    rows, left = table.rows, True
    while left:
        gathered = [_Gathered(column, ending) for column in table.columns]
        count = 0
        for values in islice(rows, part):
            count += 1
            for column, value in zip(gathered, values, strict=True):
                column.add(value)
        left = count == part
        if count or not written:
            suffix = f"_{len(written) + 1}" if written else ""
            path = folder / f"{table.name}{suffix}.{ending}"
            _WRITERS[ending](pl.DataFrame([c.series() for c in gathered]), table, path)
            written.append(Written(path, count))
    return written


class _Gathered:
    """One column's values of a part; numbers lie packed, so that many take little room."""

    def __init__(self, column: ColumnSpec, ending: str) -> None:
        self._column, self._ending = column, ending
        self._numbers = array("d")
        self._others: list[Any] = []
        self._codes = codes(column) if is_coded(column) else None
        self._packed = self._codes is not None or column.is_number or column.kind == "boolean"

    def add(self, value: Any) -> None:
        """Add a row's value."""
        if not self._packed:
            self._others.append(self._other(value))
        elif value is None:
            self._numbers.append(nan)
        elif self._codes is None:
            self._numbers.append(value)
        elif value in self._codes:
            self._numbers.append(self._codes[value])
        else:
            raise LookupError(f"{self._column.name} holds a value that its list lacks")

    def _other(self, value: Any) -> Any:
        column = self._column
        if column.kind == "date":
            return value
        if column.kind == "instant":
            return value and value.astimezone(UTC).replace(tzinfo=None)
        most, program = LONGEST_TEXT[self._ending], "SPSS" if self._ending == "sav" else "Stata"
        return refuse_long(to_text(value), most, column, program)

    def series(self) -> pl.Series:
        """Give the column; for Stata what isn't known is `.a`, which no sum ever counts."""
        name = self._column.name
        if not self._packed:
            return pl.Series(name, self._others, dtype=_KINDS.get(self._column.kind, pl.String()))
        unknown = {float(self._codes[v]) for v in self._column.missing} if self._codes else set()
        if self._ending == "dta" and unknown & set(self._numbers):
            told = [_STATA_MISSING if n in unknown else n for n in self._numbers]
            return pl.Series(name, told, dtype=pl.Object)
        return pl.Series(name, np.frombuffer(self._numbers, dtype=np.float64))


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
