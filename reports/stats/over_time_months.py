"""Calendar months: each is named by its first day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def last_day(month: date) -> date:
    """Give the last day of the month that a day lies in."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def months_between(first: date, last: date) -> list[date]:
    """List the months from `first` to `last`, both included."""
    months = [first]
    while months[-1] < last:
        months.append(last_day(months[-1]) + timedelta(days=1))
    return months


def name_months(first: date, last: date) -> str:
    """Name a stretch of months: "Feb 2025", "Feb-Apr 2025", "Nov 2025-Jan 2026", "2025"."""
    if first.year == last.year and (first.month, last.month) == (1, 12):
        return str(first.year)
    if first == last:
        return f"{first:%b %Y}"
    if first.year == last.year:
        return f"{first:%b}-{last:%b %Y}"
    return f"{first:%b %Y}-{last:%b %Y}"
