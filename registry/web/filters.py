"""How values are written on a page: days, doses, labels of slugs. Units always."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from registry.domain.axes import axis
from registry.domain.dates import show_day
from registry.domain.techniques import taxonomy

DASH = "–"


def day(value: date | None) -> str:
    """Write a day: `23 Nov 2026`."""
    return show_day(value) if value else DASH


def moment(value: datetime) -> str:
    """Write an audit stamp: day and time, UTC."""
    return f"{show_day(value.date())}, {value:%H:%M} UTC"


def number(value: float | None, places: int = 1) -> str:
    """Write a number without needless zeros; a missing one as a dash."""
    if value is None:
        return DASH
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def technique_label(slug: str) -> str:
    """Write a technique as clinicians call it."""
    return taxonomy().techniques[slug].label


def axis_label(slug: str | None, axis_name: str) -> str:
    """Write an axis value as clinicians call it."""
    return axis(axis_name).label_of(slug) if slug else DASH


def unbroken(text: str) -> str:
    """Keep a number with its percent sign on one line."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day,
    "moment": moment,
    "number": number,
    "unbroken": unbroken,
    "technique_label": technique_label,
    "axis_label": axis_label,
}
