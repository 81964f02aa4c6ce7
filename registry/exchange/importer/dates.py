"""Days as a file writes them. Styles are told by the mapping; month and day are never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache

from registry.exchange.importer.errors import WrongCell

_PARTS = {
    "yyyy": r"(?P<year>\d{4})",
    "mon": r"(?P<name>[A-Za-z]{3,9})",
    "mm": r"(?P<month>\d{1,2})",
    "dd": r"(?P<day>\d{1,2})",
}
_TOKENS = re.compile("|".join(_PARTS))
_FULL = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)


@cache
def date_pattern(style: str) -> re.Pattern[str]:
    """Compile a style such as `dd/mm/yyyy` or `dd mon yyyy`; `ValueError` when it can't be one.

    Other characters stand for themselves, so `yyyy-mm-dd 00:00:00` is a style too.
    """
    tokens = _TOKENS.findall(style)
    if sorted(tokens) not in (["dd", "mm", "yyyy"], ["dd", "mon", "yyyy"]):
        raise ValueError(
            f"'{style}' is not a date style: write dd, then mm or mon, and yyyy, such as "
            "dd/mm/yyyy (a year of two digits can't tell 1932 from 2032)"
        )
    source, at = "", 0
    for token in _TOKENS.finditer(style):
        source += re.escape(style[at : token.start()]) + _PARTS[token[0]]
        at = token.end()
    return re.compile(source + re.escape(style[at:]))


def read_date(text: str, styles: Sequence[str]) -> date:
    """Read a day in one of these styles; `WrongCell` when it is none, or could be two."""
    found = {day for style in styles if (day := _read(text, style)) is not None}
    if len(found) > 1:
        raise WrongCell("This could be two different days. Write the date with the month's name.")
    if found:
        return found.pop()
    if any(date_pattern(style).fullmatch(text) for style in styles):
        raise WrongCell("There is no such day in the calendar. Correct the date.")
    raise WrongCell(f"This is not a date as the mapping expects it ({', or '.join(styles)}).")


def _read(text: str, style: str) -> date | None:
    match = date_pattern(style).fullmatch(text)
    if match is None:
        return None
    parts = match.groupdict()
    month = _month(parts["name"]) if "name" in parts else int(parts["month"])
    try:
        return date(int(parts["year"]), month, int(parts["day"]))
    except ValueError:
        return None


def _month(name: str) -> int:
    """Number a month's name, whole or cut to three letters or more (`Sept`); 0 for no month."""
    word = name.lower()
    return next((n for n, full in enumerate(_FULL, 1) if full.startswith(word)), 0)
