"""The formats that tables can be taken away in. Each is loaded only where it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from registry.domain.errors import RuleViolation

if TYPE_CHECKING:
    from registry.exchange.formats.files import Written
    from registry.exchange.tables import Table


class Format(StrEnum):
    """A format by the name that is asked for."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    SPSS = "spss"
    STATA = "stata"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a format is called, what it is good for, and the function that writes it."""

    label: str
    hint: str
    module: str
    function: str


KINDS: dict[Format, Kind] = {
    Format.CSV: Kind("CSV", "Text that everything reads.", "text_files", "write_csv"),
    Format.XLSX: Kind("Excel (XLSX)", "Typed cells and a codebook.", "workbook", "write_workbook"),
    Format.PARQUET: Kind("Parquet", "Typed, small, fast: R, Python.", "parquet", "write_parquet"),
    Format.SPSS: Kind("SPSS (SAV)", "Value labels, missing codes.", "statistics", "write_spss"),
    Format.STATA: Kind("Stata (DTA)", "Value labels, missing codes.", "statistics", "write_stata"),
    Format.JSONL: Kind("JSON Lines", "An object a row.", "text_files", "write_jsonl"),
}


def writer(chosen: Format) -> Callable[[Table, Path], list[Written]]:
    """Give the function that writes a table into a folder in a format."""
    kind = KINDS[chosen]
    module = import_module(f"registry.exchange.formats.{kind.module}")
    found: Callable[[Table, Path], list[Written]] = getattr(module, kind.function)
    return found


def choose_formats(names: tuple[str, ...]) -> tuple[Format, ...]:
    """Choose formats by name, in their own order; CSV where none is named."""
    if unknown := sorted(set(names) - set(Format)):
        message = f"There is no format {' or '.join(unknown)}. There are: {', '.join(Format)}."
        raise RuleViolation.at("formats", message)
    return tuple(f for f in Format if f in (names or (Format.CSV,)))
