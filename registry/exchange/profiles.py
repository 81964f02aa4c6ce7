"""What each profile leaves of a column: the one list of rules for all formats and the codebook.

De-identified exports follow 45 CFR 164.514(b)(2). Days are counted from the patient's first
procedure and only that one's year is told: a year beside each day would give away the calendar day
of whatever lies near a new year. Ages over 89 are one group. Keys are numbers made for the export
(`registry.exchange.deidentify`), sites are numbered, and free text is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from registry.domain.access import Profile
from registry.exchange.column_specs import ColumnSpec, Privacy, Row
from registry.exchange.datasets.dataset import DataSet

OLDEST = 90
"""The age that stands for itself and all above it."""
FIRST_DAY = "first_on"
"""The day of the patient's first procedure, as a row to be de-identified carries it."""

_LEFT_OUT: Mapping[Profile, frozenset[Privacy]] = {
    Profile.IDENTIFIED: frozenset(),
    Profile.LIMITED: frozenset({Privacy.DIRECT, Privacy.NOTE}),
    Profile.SAFE_HARBOR: frozenset({Privacy.DIRECT, Privacy.NOTE, Privacy.WORDS, Privacy.BIRTH}),
}

IN_WORDS: Mapping[Profile, str] = {
    Profile.IDENTIFIED: "Everything that is recorded, names and hospital numbers too.",
    Profile.LIMITED: "No name, number, telephone or notes; dates, ages and who treated stay.",
    Profile.SAFE_HARBOR: "No dates, notes, codes or sites' names (45 CFR 164.514(b)(2)): days are "
    "counted from each patient's first procedure, and 90 stands for all older.",
    Profile.AGGREGATE: "The numbers of the reports, small ones held back. No record.",
}


def columns_under(data_set: DataSet, profile: Profile) -> tuple[ColumnSpec, ...]:
    """Give a data set's columns as a profile leaves them."""
    return tuple(under(c, profile) for c in data_set.columns if stays(c, profile))


def stays(column: ColumnSpec, profile: Profile) -> bool:
    """Say whether a profile leaves anything of a column."""
    return column.privacy not in _LEFT_OUT[profile]


def under(column: ColumnSpec, profile: Profile) -> ColumnSpec:
    """Give a column as a profile leaves it."""
    if profile is not Profile.SAFE_HARBOR:
        return column
    change = _SAFE.get(column.privacy)
    column = change(column) if change else column
    if column.safe is None:
        return column
    return replace(column, read=column.safe, values=column.safe_values or column.values)


def _relative(column: ColumnSpec) -> ColumnSpec:
    def days(row: Row) -> int | None:
        on, first = column.of(row), row[FIRST_DAY]
        return (on - first).days if on is not None and first is not None else None

    return replace(
        column,
        name=_renamed(column.name, "_day"),
        kind="integer",
        unit="days",
        meaning=f"{column.meaning} Counted in days from the patient's first procedure, which is "
        "day 0. Empty, too, for a patient without a procedure.",
        read=days,
    )


def _year(column: ColumnSpec) -> ColumnSpec:
    def year(row: Row) -> int | None:
        on: date | datetime | None = column.of(row)
        return on.year if on is not None else None

    return replace(
        column,
        name=_renamed(column.name, "_year"),
        kind="integer",
        unit="year",
        meaning=f"{column.meaning} Only the year is told.",
        read=year,
    )


def _renamed(name: str, ending: str) -> str:
    return name.removesuffix("_on").removesuffix("_date") + ending


def _capped(column: ColumnSpec) -> ColumnSpec:
    def age(row: Row) -> int | None:
        years: int | None = column.of(row)
        return min(years, OLDEST) if years is not None else None

    return replace(
        column, meaning=f"{column.meaning} {OLDEST} stands for {OLDEST} and older.", read=age
    )


def _numbered(column: ColumnSpec) -> ColumnSpec:
    return replace(
        column,
        meaning=f"{column.meaning} A number made for this export: it means nothing outside of it.",
    )


_SAFE: Mapping[Privacy, Callable[[ColumnSpec], ColumnSpec]] = {
    Privacy.DAY: _relative,
    Privacy.YEAR: _year,
    Privacy.AGE: _capped,
    Privacy.KEY: _numbered,
    Privacy.SITE: _numbered,
}


def reader(columns: Iterable[ColumnSpec]) -> Callable[[Row], list[Any]]:
    """Give what reads these columns off a row, in order."""
    fixed = tuple(columns)
    return lambda row: [column.of(row) for column in fixed]
