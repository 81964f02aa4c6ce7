"""What opioids come to while they are typed, and how one is written in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from registry.domain.drugs import drugs
from registry.domain.opioids import (
    NOT_AN_OPIOID,
    NOT_FOR_SWITCHING,
    ConversionTable,
    ConvertedItem,
    DoseUnit,
    Medd,
    OpioidItem,
    Regimen,
    Route,
    conversion_table,
    convert,
)
from registry.domain.opioids.items import RATE_UNITS
from registry.domain.opioids.tables import TABLE_IDS
from registry.web.forms.form import Form
from registry.web.forms.opioids import OPIOIDS, TEXT, plain, read_regimen
from registry.web.views.opioid_rows import RowView, row_view

BESIDE = "opioid_table_beside"

_WORDS = {
    "drug": "drug",
    "form": "form",
    "route": "route",
    "dose": "dose",
    "unit": "unit",
    "per_day": "times a day",
    "as_needed": "as-needed mark",
}
_METHADONE = (
    "Methadone: its equivalent depends on the dose and differs widely between tables, so "
    "comparisons show such patients apart."
)
_BUPRENORPHINE = "Buprenorphine: half of the tables convert none of it, so totals differ by table."


@dataclass(frozen=True, slots=True)
class Line:
    """One drug in words, with its share in mg/24 h of oral morphine or the reason for none."""

    text: str
    mg: Decimal | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a regimen comes to under one table."""

    table: ConversionTable
    medd: Medd
    notice: str = NOT_FOR_SWITCHING

    @property
    def systemic(self) -> tuple[Line, ...]:
        """The opioids that count, or would if the table had a factor for them."""
        return lines_of(done for done in self.medd.items if done.reason != NOT_AN_OPIOID)

    @property
    def neuraxial(self) -> tuple[Line, ...]:
        """The opioids given intrathecally or epidurally, which stand apart."""
        return lines_of(done for done in self.medd.neuraxial if done.reason != NOT_AN_OPIOID)

    @property
    def adjuvants(self) -> tuple[Line, ...]:
        """What is recorded and never converted, by whichever route."""
        every = (*self.medd.items, *self.medd.neuraxial)
        return lines_of(done for done in every if done.reason == NOT_AN_OPIOID)

    @property
    def cautions(self) -> tuple[str, ...]:
        """Which drugs make this a total to compare with care."""
        return cautions(self.medd)


@dataclass(frozen=True, slots=True)
class OpioidsView:
    """The rows as they stand, and what they come to under the site's table.

    `conversion` is None when opioids were not asked about, `beside` unless another table is looked
    at, too. `unfinished` says of each row that can't be counted yet what it lacks. `may_repeat`:
    there is an earlier regimen to take over.
    """

    rows: tuple[RowView, ...]
    table: ConversionTable
    conversion: Conversion | None
    beside: Conversion | None
    unfinished: tuple[str, ...]
    may_repeat: bool = False
    routes: tuple[str, ...] = tuple(route.value for route in Route)
    units: tuple[str, ...] = tuple(unit.value for unit in DoseUnit)

    @property
    def medd(self) -> Medd | None:
        """The total under the site's table; None when opioids were not asked about."""
        return self.conversion.medd if self.conversion else None

    @property
    def systemic(self) -> tuple[Line, ...]:
        """The opioids that count towards the total."""
        return self.conversion.systemic if self.conversion else ()

    @property
    def other_tables(self) -> tuple[tuple[str, str], ...]:
        """The tables that may be looked at beside the site's."""
        others = (conversion_table(t) for t in TABLE_IDS if t != self.table.id)
        return tuple((table.id, table.title) for table in others)


def opioids_view(form: Form, table_id: str, *, may_repeat: bool = False) -> OpioidsView:
    """Convert what can be read of the rows under a table; nothing is refused or stored."""
    probe = Form(form.typed)
    regimen = read_regimen(probe)
    beside = form.value(BESIDE)
    return OpioidsView(
        rows=tuple(row_view(form, row) for row in form.rows(OPIOIDS)),
        table=conversion_table(table_id),
        conversion=_conversion(regimen, table_id),
        beside=_conversion(regimen, beside) if beside in TABLE_IDS else None,
        unfinished=tuple(_unfinished(probe)),
        may_repeat=may_repeat,
    )


def _conversion(regimen: Regimen | None, table_id: str) -> Conversion | None:
    table = conversion_table(table_id)
    return None if regimen is None else Conversion(table, convert(regimen, table))


def _unfinished(probe: Form) -> Iterator[str]:
    lacking: dict[str, list[str]] = {}
    for problem in probe.problems:
        _, _, place = problem.field.partition(".")
        row, _, field = place.partition(".")
        if row.isdecimal():
            lacking.setdefault(row, []).append(_WORDS[field])
    for row, words in lacking.items():
        yield f"Drug {int(row) + 1} is not counted yet: check its {' and '.join(words)}."
    if probe.has(TEXT):
        yield "The pasted text is not counted yet: read it into rows, or clear its box."


def lines_of(items: Iterable[ConvertedItem]) -> tuple[Line, ...]:
    """Write converted items in words."""
    return tuple(Line(show_item(done.item), done.mg, done.reason) for done in items)


def left_out(medd: Medd) -> tuple[str, ...]:
    """Name the systemic opioids that a total leaves out: `transdermal buprenorphine`."""
    names = (
        f"{done.item.route} {drugs()[done.item.drug].label.lower()}"
        for done in medd.items
        if done.mg is None and done.reason != NOT_AN_OPIOID
    )
    return tuple(dict.fromkeys(names))


def cautions(medd: Medd) -> tuple[str, ...]:
    """Say which drugs make a total one to compare with care."""
    said = ((medd.methadone, _METHADONE), (medd.buprenorphine, _BUPRENORPHINE))
    return tuple(caution for taken, caution in said if taken)


def show_item(item: OpioidItem) -> str:
    """Write one line of a regimen: `Morphine (MST), oral, 30 mg 2 times a day`."""
    drug = drugs()[item.drug].label
    product = f" ({item.product})" if item.product else ""
    times = "" if item.unit in RATE_UNITS else f" {_times(item.per_day)}"
    needed = ", as needed" if item.as_needed else ""
    unit = item.unit.replace("24h", "24 h")
    return f"{drug}{product}, {item.route}, {plain(item.dose)} {unit}{times}{needed}"


def _times(per_day: Decimal | None) -> str:
    if per_day is None or per_day == 1:
        return "once a day"
    return f"{plain(per_day)} times a day"
