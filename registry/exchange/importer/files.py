"""A logbook's file -> its lines as text, by column. Nothing is interpreted here."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from registry.exchange.csv_files import unquoted
from registry.exchange.importer.errors import LogbookError
from registry.exchange.importer.mapping import FileForm
from registry.exchange.importer.sheets import is_workbook, read_sheet

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One record of the file: the line it starts on, its cells by column, and, where the line
    doesn't have the header's shape, what is wrong with it.
    """

    number: int
    cells: Mapping[str, str]
    misshapen: str | None = None


@dataclass(frozen=True, slots=True)
class Logbook:
    """A file as read: its name and hash for the trail, its columns and its lines that hold text."""

    name: str
    sha256: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def read_logbook(name: str, data: bytes, form: FileForm) -> Logbook:
    """Read a workbook's sheet or a delimited text file; `LogbookError` when it is neither, or holds
    no rows.
    """
    if is_workbook(data):
        records = read_sheet(data, form.sheet)
    else:
        records = _records(_decode(data, form.encoding), form.separator)
    if form.formula_quote:
        records = ((start, list(map(unquoted, cells))) for start, cells in records)
    columns = _header(records, form.header_line)
    lines = tuple(_line(start, cells, columns) for start, cells in records if any(cells))
    if not lines:
        raise LogbookError("The file holds a header but no rows. Check that it is the right one.")
    return Logbook(name, hashlib.sha256(data).hexdigest(), columns, lines)


def _decode(data: bytes, encoding: str) -> str:
    if not data.strip():
        raise LogbookError("The file is empty.")
    # A byte order mark is never anything else: it wins over what the mapping says.
    marked = next((name for bom, name in _BOMS if data.startswith(bom)), encoding)
    try:
        text = data.decode(marked)
    except (UnicodeError, LookupError):  # the latter for codecs that make no text
        raise LogbookError(
            f"The file is not written in {marked}. Set file.encoding in the mapping to what it "
            "was saved in, such as utf-8, utf-16 or cp1252."
        ) from None
    if "\x00" in text:
        raise LogbookError(
            f"The file holds characters that no text has when read as {marked}. "
            "Set file.encoding in the mapping, perhaps to utf-16."
        )
    return text


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Give each record with the physical line it starts on: a quoted cell may hold line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise LogbookError(
                f"Line {start} can't be read ({error}). Look for a quotation mark without its "
                "partner there."
            ) from None
        yield start, [" ".join(cell.split()) for cell in cells]


def _header(records: Iterator[tuple[int, list[str]]], line: int) -> tuple[str, ...]:
    header = next((cells for start, cells in records if start >= line and any(cells)), None)
    if header is None:
        raise LogbookError(f"The file has no header on line {line}, where the mapping expects it.")
    columns = _trimmed(header)
    if not all(columns):
        raise LogbookError(f"Column {columns.index('') + 1} has no name in the header.")
    if twice := sorted({name for name in columns if columns.count(name) > 1}):
        raise LogbookError(f"The header names a column twice: {', '.join(twice)}.")
    return tuple(columns)


def _line(start: int, cells: list[str], columns: Sequence[str]) -> Line:
    held = cells if len(cells) <= len(columns) else _trimmed(cells, len(columns))
    problem = None
    if len(held) != len(columns):
        problem = (
            f"The line has {len(held)} cells where the header has {len(columns)}, so that cells "
            "may stand under the wrong column. Look for a stray or missing separator."
        )
    return Line(start, dict(zip(columns, held, strict=False)), problem)


def _trimmed(cells: list[str], keep: int = 0) -> list[str]:
    """Drop empty cells from the end, where spreadsheets leave columns that were never used."""
    end = len(cells)
    while end > keep and not cells[end - 1]:
        end -= 1
    return cells[:end]
