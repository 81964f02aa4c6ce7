"""What every format shares: a file's name, its codes, and what it can't hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from registry.exchange.column_specs import ColumnSpec

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written, and how many rows of its table are in it."""

    path: Path
    rows: int


class TooLarge(Exception):
    """A value or a table that a format can't hold. Nothing is ever cut: another format can."""


def refuse_long(text: str, most: int, column: ColumnSpec, format_name: str) -> str:
    """Give a text that a format can hold whole."""
    if len(text) > most:
        raise TooLarge(
            f"{column.name} holds a text of {len(text)} characters and {format_name} no more than "
            f"{most}. Nothing was cut and nothing was written: choose Parquet, CSV or JSON Lines."
        )
    return text


def codes(column: ColumnSpec) -> Mapping[str, int]:
    """Number a column's values, from 1 in their own order, for formats that hold numbers alone."""
    return {value: code for code, value in enumerate(column.values, start=1)}


def is_coded(column: ColumnSpec) -> bool:
    """Say whether a column is text that holds one of a list of values."""
    return column.kind == "text" and bool(column.values)


def in_parts(rows: Iterator[T], most: int) -> Iterator[list[T]]:
    """Cut rows into lists of at most so many; no rows make one empty list."""
    part = list(islice(rows, most))
    yield part
    while part := list(islice(rows, most)):
        yield part


def by_column(rows: Iterable[list[Any]], width: int) -> list[list[Any]]:
    """Turn rows into columns."""
    turned = [list(values) for values in zip(*rows, strict=True)]
    return turned or [[] for _ in range(width)]
