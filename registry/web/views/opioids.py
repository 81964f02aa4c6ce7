"""What opioids come to while they are typed, and how one is written in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from registry.domain.drugs import drugs
from registry.domain.opioid_items import RATE_UNITS
from registry.domain.opioids import (
    ConversionTable,
    ConvertedItem,
    DoseUnit,
    Medd,
    OpioidItem,
    Route,
    conversion_table,
    convert,
)
from registry.web.forms.form import Form
from registry.web.forms.opioids import OPIOIDS, plain, read_regimen

_WORDS = {
    "drug": "drug",
    "route": "route",
    "dose": "dose",
    "unit": "unit",
    "per_day": "times a day",
    "as_needed": "as-needed mark",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One opioid in words, with its share in mg/24 h of oral morphine or the reason for none."""

    text: str
    mg: Decimal | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class OpioidsView:
    """The rows as they stand, and what they come to under a table.

    `medd` is None when opioids were not asked about. `unfinished` says of each row that can't be
    counted yet what it lacks.
    """

    count: int
    table: ConversionTable
    medd: Medd | None
    unfinished: tuple[str, ...]
    routes: tuple[str, ...] = tuple(route.value for route in Route)
    units: tuple[str, ...] = tuple(unit.value for unit in DoseUnit)

    @property
    def systemic(self) -> tuple[Line, ...]:
        """What counts, or would if the table had a factor for it."""
        return _lines(self.medd.items) if self.medd else ()

    @property
    def neuraxial(self) -> tuple[Line, ...]:
        """What is given intrathecally or epidurally and stands apart."""
        return _lines(self.medd.neuraxial) if self.medd else ()


def opioids_view(form: Form, table_id: str) -> OpioidsView:
    """Convert what can be read of the rows under a table; nothing is refused or stored."""
    probe = Form(form.typed)
    regimen = read_regimen(probe)
    table = conversion_table(table_id)
    return OpioidsView(
        count=len(form.rows(OPIOIDS)),
        table=table,
        medd=None if regimen is None else convert(regimen, table),
        unfinished=tuple(_unfinished(probe)),
    )


def _unfinished(probe: Form) -> Iterator[str]:
    lacking: dict[str, list[str]] = {}
    for problem in probe.problems:
        _, _, place = problem.field.partition(".")
        row, _, field = place.partition(".")
        if row.isdecimal():
            lacking.setdefault(row, []).append(_WORDS[field])
    for row, words in lacking.items():
        yield f"Opioid {int(row) + 1} is not counted yet: check its {' and '.join(words)}."


def _lines(items: tuple[ConvertedItem, ...]) -> tuple[Line, ...]:
    return tuple(Line(show_item(done.item), done.mg, done.reason) for done in items)


def show_item(item: OpioidItem) -> str:
    """Write one line of a regimen: `Morphine (MST), oral, 30 mg 2 times a day`."""
    drug = drugs()[item.drug].label
    product = f" ({item.product})" if item.product else ""
    times = "" if item.unit in RATE_UNITS else f" {_times(item.per_day)}"
    needed = ", as needed" if item.as_needed else ""
    return f"{drug}{product}, {item.route}, {plain(item.dose)} {item.unit}{times}{needed}"


def _times(per_day: Decimal | None) -> str:
    if per_day is None or per_day == 1:
        return "once a day"
    return f"{plain(per_day)} times a day"
