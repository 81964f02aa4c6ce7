"""What the data of a bundle rest on: conversion tables, responder definitions, windows, as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from registry.domain.opioids import ConversionTable
from registry.domain.outcomes.responders import DEFINITIONS
from registry.domain.windows import BASELINE, WINDOWS
from registry.exchange.column_specs import ColumnSpec, Row
from registry.exchange.csv_files import stream_csv

_OPIOIDS = (
    ColumnSpec("table", "text", "The conversion table."),
    ColumnSpec("version", "text", "Its version."),
    ColumnSpec("drug", "text", "The drug."),
    ColumnSpec("route", "text", "How it is given."),
    ColumnSpec("per", "text", "For one of what a day, or one mcg/h worn."),
    ColumnSpec("up_to", "decimal", "Whole daily dose up to which it holds. Empty: any."),
    ColumnSpec("factor", "decimal", "Oral morphine mg."),
    ColumnSpec("checked", "boolean", "It was compared with a text of its source."),
    ColumnSpec("source", "text", "The source."),
)
_RESPONDERS = tuple(
    ColumnSpec(name, "text", f"The definition's {name}.")
    for name in ("slug", "version", "label", "meaning", "judged", "source")
)
_WINDOWS = (
    ColumnSpec("slug", "text", "The window's name in the data."),
    ColumnSpec("label", "text", "Its name in words."),
    ColumnSpec("opens", "integer", "First day, counted from the procedure.", unit="days"),
    ColumnSpec("target", "integer", "The day that the nearest assessment counts for."),
    ColumnSpec("closes", "integer", "Last day.", unit="days"),
)


def write_definitions(folder: Path, tables: Sequence[ConversionTable]) -> list[Path]:
    """Write the definitions as CSV files; `tables` are those that doses were converted by."""
    rows = {
        "opioid_tables": (_factors(tables), _OPIOIDS),
        "responders": (
            ({c.name: getattr(d, c.name) for c in _RESPONDERS} for d in DEFINITIONS),
            _RESPONDERS,
        ),
        "windows": (
            ({c.name: getattr(w, c.name) for c in _WINDOWS} for w in (BASELINE, *WINDOWS)),
            _WINDOWS,
        ),
    }
    written = []
    for name, (lines, columns) in rows.items():
        path = folder / f"{name}.csv"
        path.write_text("".join(stream_csv(lines, columns)), "utf-8", newline="")
        written.append(path)
    return written


def _factors(tables: Sequence[ConversionTable]) -> Iterator[Row]:
    for table in tables:
        for entry in table.entries:
            for route in entry.routes:
                for band in entry.bands:
                    yield {
                        "table": table.id,
                        "version": table.version,
                        "drug": entry.drug,
                        "route": route,
                        "per": entry.per,
                        "up_to": None if band.up_to is None else float(band.up_to),
                        "factor": float(band.factor),
                        "checked": entry.checked,
                        "source": entry.source,
                    }
