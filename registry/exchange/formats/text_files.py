"""CSV and JSON Lines: text that anything reads."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

from registry.exchange.column_specs import to_text
from registry.exchange.csv_files import cell
from registry.exchange.formats.files import Written
from registry.exchange.tables import Table


def write_csv(table: Table, folder: Path) -> list[Written]:
    """Write a table as CSV: UTF-8, commas, text that would become a formula behind a quote."""
    path, count = folder / f"{table.name}.csv", 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([column.name for column in table.columns])
        for values in table.rows:
            count += 1
            writer.writerow(map(cell, table.columns, values))
    return [Written(path, count)]


def write_jsonl(table: Table, folder: Path) -> list[Written]:
    """Write a table as JSON Lines: an object a row, days as ISO text, nothing for what is empty."""
    path, count = folder / f"{table.name}.jsonl", 0
    names = [column.name for column in table.columns]
    lists = {i for i, column in enumerate(table.columns) if column.kind == "list"}
    with path.open("w", encoding="utf-8", newline="") as file:
        for values in table.rows:
            count += 1
            plain = [as_list(v) if i in lists else _plain(v) for i, v in enumerate(values)]
            line = json.dumps(dict(zip(names, plain, strict=True)), ensure_ascii=False)
            file.write(line + "\n")
    return [Written(path, count)]


def as_list(value: Any) -> list[str] | None:
    """Give a list that is kept joined by `;` as one."""
    if isinstance(value, str):
        return value.split(";") if value else []
    return value  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return to_text(value) if isinstance(value, date) else str(value)
