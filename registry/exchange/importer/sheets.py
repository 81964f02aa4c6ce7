"""A workbook's sheet -> its rows as text, each cell written as a text file would have it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from registry.exchange.importer.errors import LogbookError

_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LARGEST = 200_000_000
"""Bytes that a workbook may hold once it is unpacked: a logbook of a million cells holds less."""
_CHUNK = 1 << 20


def is_workbook(data: bytes) -> bool:
    """Say whether a file is a workbook (.xlsx, .xlsm, .ods, .xls)."""
    return data.startswith((_ZIP, _OLD))


def sheet_names(data: bytes) -> list[str]:
    """List a workbook's sheets; `LogbookError` when it can't be opened."""
    with _opened(data) as book:
        return list(book.sheet_names)


def read_sheet(data: bytes, name: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """Give each row of a sheet, the first unless one is named, with its number in the sheet."""
    with _opened(data) as book:
        names = list(book.sheet_names)
        if not names or (name is not None and name not in names):
            raise LogbookError(
                f"The workbook has no sheet {name}. It has: {', '.join(names) or 'none'}."
            )
        rows = book.get_sheet_by_name(name or names[0]).to_python(skip_empty_area=False)
    for number, cells in enumerate(rows, 1):
        yield number, [" ".join(_text(cell).split()) for cell in cells]


def _opened(data: bytes) -> CalamineWorkbook:
    if data.startswith(_ZIP):
        _check_size(data)
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError:
        raise LogbookError(
            "The workbook is locked with a password. Save it without one and try again."
        ) from None
    except (CalamineError, OSError, ValueError):
        raise LogbookError(
            "This workbook can't be opened. Open it in a spreadsheet program, save its sheet as "
            "CSV, and bring that file in."
        ) from None


def _check_size(data: bytes) -> None:
    """Refuse an archive that unpacks to more than any logbook: what it says of itself may lie."""
    left = LARGEST
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                with archive.open(entry) as stream:
                    while piece := stream.read(_CHUNK):
                        left -= len(piece)
                        if left < 0:
                            raise LogbookError(
                                "This workbook unpacks to more than a logbook can hold. Save its "
                                "sheet as CSV, and bring that file in."
                            )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        raise LogbookError("This file is damaged, or no workbook. Save it anew.") from None


def _text(cell: object) -> str:
    """Write a cell as people would: a day without its midnight, a whole number without `.0`."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, (date, time, timedelta)):
        return cell.isoformat() if not isinstance(cell, timedelta) else str(cell)
    return str(cell)
