"""Parquet: typed columns, with what each means in the file itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from registry.exchange.column_specs import ColumnSpec
from registry.exchange.formats.files import Written, by_column, in_parts
from registry.exchange.formats.text_files import as_list
from registry.exchange.tables import Table

_BATCH, _BATCHES = 2_000, 20
_TYPES: Mapping[str, pa.DataType] = {
    "text": pa.string(),
    "date": pa.date32(),
    "instant": pa.timestamp("us", tz="UTC"),
    "integer": pa.int64(),
    "decimal": pa.float64(),
    "boolean": pa.bool_(),
    "list": pa.list_(pa.string()),
}


def write_parquet(table: Table, folder: Path) -> list[Written]:
    """Write a table as Parquet, 40,000 rows a group."""
    path, count = folder / f"{table.name}.parquet", 0
    schema = pa.schema(
        [_field(column) for column in table.columns],
        metadata={"label": table.label, "grain": table.grain},
    )
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batches in in_parts(_batches(table, schema), _BATCHES):
            group = pa.Table.from_batches(batches, schema=schema)
            count += group.num_rows
            writer.write_table(group)
    return [Written(path, count)]


def _batches(table: Table, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Turn a few rows at a time into columns, which lie packed from then on."""
    for rows in in_parts(table.rows, _BATCH):
        columns = zip(table.columns, by_column(rows, len(table.columns)), strict=True)
        arrays = [pa.array(_typed(c, v), _TYPES[c.kind]) for c, v in columns]
        yield pa.record_batch(arrays, schema=schema)


def _field(column: ColumnSpec) -> pa.Field:
    told = {"label": column.label, "meaning": column.meaning, "unit": column.unit}
    told["values"] = "; ".join(f"{v} = {column.label_of(v)}" for v in column.values)
    return pa.field(column.name, _TYPES[column.kind], metadata={k: v for k, v in told.items() if v})


def _typed(column: ColumnSpec, values: list[Any]) -> list[Any]:
    if column.kind == "list":
        return [as_list(v) for v in values]
    if column.kind == "text":
        return [str(v) if isinstance(v, UUID) else v for v in values]
    return values
