"""How an unknown file is probably written: its encoding, separator and the line of its header."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence

from registry.exchange.importer.mapping import FileForm
from registry.exchange.importer.sheets import is_workbook, read_sheet, sheet_names

_SEPARATORS = (",", ";", "\t", "|")
_LINES = 30
"""How far down a header is looked for: titles and notes may stand above it."""


def sniff_form(data: bytes) -> FileForm:
    """Guess how a file is written. It may be wrong: `read_logbook` has the last word."""
    if is_workbook(data):
        return _sniff_workbook(data)
    encoding = _encoding(data)
    text = data.decode(encoding, errors="replace")
    tables = {s: _head(text, s) for s in _SEPARATORS}
    separator = max(_SEPARATORS, key=lambda s: max((len(row) for _, row in tables[s]), default=0))
    line = _header_line(tables[separator])
    return FileForm(encoding=encoding, separator=separator, header_line=line)


def _sniff_workbook(data: bytes) -> FileForm:
    """Take the first sheet that holds a table of some width."""
    for name in sheet_names(data):
        head = [row for row, _ in zip(read_sheet(data, name), range(_LINES), strict=False)]
        if any(sum(map(bool, cells)) > 1 for _, cells in head):
            return FileForm(sheet=name, header_line=_header_line(head))
    return FileForm()


def _encoding(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = data[:4000]
    if sample[1::2].count(0) > len(sample) / 4:
        return "utf-16-le"
    if sample[::2].count(0) > len(sample) / 4:
        return "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _head(text: str, separator: str) -> list[tuple[int, list[str]]]:
    """Read the first records; a stray quote ends the look, `read_logbook` tells of it."""
    found: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for _ in range(_LINES):
            start = reader.line_num + 1
            found.append((start, [cell.strip() for cell in next(reader)]))
    except (StopIteration, csv.Error):
        pass
    return found


def _header_line(head: Sequence[tuple[int, list[str]]]) -> int:
    """Take the first record that fills as many cells as a record usually does."""
    filled = [(line, sum(map(bool, cells))) for line, cells in head]
    widest = max((count for _, count in filled), default=0)
    return next((line for line, count in filled if count and count >= 0.7 * widest), 1)
