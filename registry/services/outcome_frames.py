"""From the derived rows to the columnar frame that reports work on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from reports.frames import SCHEMA, OutcomeFrame, check, empty_frame


def to_frame(rows: Iterable[Mapping[str, Any]]) -> OutcomeFrame:
    """Make the outcome frame of settled outcome rows."""
    columns: dict[str, list[Any]] = {name: [] for name in SCHEMA}
    for row in rows:
        for name, values in columns.items():
            values.append(row[name])
    if not columns["procedure_id"]:
        return empty_frame()
    return check(pl.DataFrame({n: _series(n, values) for n, values in columns.items()}))


def _series(name: str, values: list[Any]) -> pl.Series:
    wanted = SCHEMA[name]
    if isinstance(wanted, pl.List):
        return pl.Series(name, [v.split(";") if v else [] for v in values], dtype=wanted)
    if name.endswith("_id"):
        return pl.Series(name, [str(v) if v else None for v in values], dtype=wanted)
    return pl.Series(name, values, dtype=wanted)
