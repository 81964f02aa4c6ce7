"""Days as clinicians type and read them. Day before month, always."""

from __future__ import annotations

import re
from datetime import date, timedelta

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_NUMBERS = re.compile(r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})(?:[/.](?P<year>\d{4}))?")
_WORDS = re.compile(r"(?P<day>\d{1,2})[\s-]+(?P<month>[a-z]{3,9})\.?(?:[\s-]+(?P<year>\d{4}))?")
_AGO = re.compile(r"-(\d{1,3})")
_NAMED = {"today": 0, "t": 0, "yesterday": 1, "y": 1}

HINT = "For example 23/11/2026, 23 Nov, today, or -2 for two days ago."


def read_day(text: str, today: date) -> date | None:
    """Read a day: `2026-11-23`, `23/11/2026`, `23/11`, `23 Nov 2026`, `today`, `-2` (days ago).

    A day without a year is the latest one that is not in the future. None when it is no day.
    """
    words = text.strip().lower()
    if words in _NAMED:
        return today - timedelta(days=_NAMED[words])
    if ago := _AGO.fullmatch(words):
        return today - timedelta(days=int(ago[1]))
    for pattern in (_ISO, _NUMBERS, _WORDS):
        if found := pattern.fullmatch(words):
            return _day(found, today)
    return None


def _day(found: re.Match[str], today: date) -> date | None:
    month = found["month"]
    number = int(month) if month.isdigit() else _month_number(month)
    if number is None:
        return None
    try:
        if found["year"]:
            return date(int(found["year"]), number, int(found["day"]))
        day = date(today.year, number, int(found["day"]))
        return day if day <= today else date(today.year - 1, number, int(found["day"]))
    except ValueError:
        return None


def _month_number(word: str) -> int | None:
    names = [m for m in MONTHS if word.startswith(m)]
    return MONTHS.index(names[0]) + 1 if names else None


def show_day(day: date) -> str:
    """Write a day so that nobody takes the month for the day: `23 Nov 2026`."""
    return f"{day.day} {MONTHS[day.month - 1].title()} {day.year}"
