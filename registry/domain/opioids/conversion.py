"""Regimen and conversion table -> MEDD, the oral morphine equivalent in mg a day.

MEDD describes a dose; it is not for switching opioids. It speaks of systemic opioid alone:
an intrathecal or epidural dose has no agreed factor (published ratios run from 10:1 to 300:1) and
stands apart. What a table has no factor for is listed as not converted and makes the total
incomplete; it is never counted as 0. Tables are never mixed within a comparison.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from registry.domain.drugs import NEURAXIAL_ROUTES, DoseUnit, drugs
from registry.domain.opioids.items import (
    RATE_UNITS,
    OpioidItem,
    daily_mg,
)
from registry.domain.opioids.tables import (
    ConversionTable,
    Factor,
)

NOT_FOR_SWITCHING = "MEDD describes a dose; it is not for switching opioids."
NOT_AN_OPIOID = "not an opioid: recorded, not converted"
NEURAXIAL = "no agreed factor for an intrathecal or epidural dose: it stands apart"
NOT_A_RATE = "a patch's dose must be the rate it delivers (mcg/h): not converted"

_THOUSAND = Decimal(1000)
_HOURS = Decimal(24)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ConvertedItem:
    """An item and its share of the MEDD in mg a day, or the reason why it has none."""

    item: OpioidItem
    factor: Decimal | None
    mg: Decimal | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Medd:
    """The oral morphine equivalent of a regimen in mg a day, under one table.

    `total_mg` and `complete` speak of the systemic opioids alone: `complete` is False when one of
    them could not be converted, and `total_mg` is then a lower bound. `items` are the systemic
    ones, `neuraxial` the intrathecal and epidural. `methadone` flags a systemic methadone taker,
    whose MEDD jumps between bands and is shown as a sensitivity.
    """

    table: str
    version: str
    total_mg: Decimal
    complete: bool
    items: tuple[ConvertedItem, ...]
    neuraxial: tuple[ConvertedItem, ...]
    methadone: bool

    @property
    def buprenorphine(self) -> bool:
        """Whether buprenorphine was taken, which half of the tables leave out."""
        return any(converted.item.drug == "buprenorphine" for converted in self.items)

    @property
    def has_neuraxial(self) -> bool:
        """Whether an opioid, not an adjuvant alone, was given intrathecally or epidurally."""
        return any(drugs()[converted.item.drug].is_opioid for converted in self.neuraxial)


def convert(regimen: Iterable[OpioidItem], table: ConversionTable) -> Medd:
    """Convert a regimen under one table; an empty regimen is a true and complete zero.

    A patch's factor is per mcg/h worn: days of wear and `per_day` play no part. Other rates are
    taken over 24 h. A drug's band goes by its whole daily dose over all items of the same entry.
    """
    systemic: list[OpioidItem] = []
    neuraxial: list[ConvertedItem] = []
    for item in regimen:
        if item.route in NEURAXIAL_ROUTES:
            neuraxial.append(ConvertedItem(item, None, None, _neuraxial_reason(item)))
        else:
            systemic.append(item)
    amounts = [_amount(item, table.factors.get((item.drug, item.route))) for item in systemic]
    items = tuple(_share(i, systemic, amounts, table) for i in range(len(systemic)))
    return Medd(
        table=table.id,
        version=table.version,
        total_mg=sum((c.mg for c in items if c.mg is not None), _ZERO),
        complete=all(c.mg is not None or c.reason == NOT_AN_OPIOID for c in items),
        items=items,
        neuraxial=tuple(neuraxial),
        methadone=any(item.drug == "methadone" for item in systemic),
    )


def _share(
    index: int,
    systemic: Sequence[OpioidItem],
    amounts: Sequence[Decimal | None],
    table: ConversionTable,
) -> ConvertedItem:
    item, amount = systemic[index], amounts[index]
    entry = table.factors.get((item.drug, item.route))
    if entry is None or amount is None:
        return ConvertedItem(item, None, None, _reason(item, table, entry))
    if len(entry.bands) == 1:
        factor = entry.bands[0].factor
    else:
        whole = (
            a
            for i, a in zip(systemic, amounts, strict=True)
            if a is not None and table.factors.get((i.drug, i.route)) is entry
        )
        factor = entry.at(sum(whole, _ZERO))
    return ConvertedItem(item, factor, amount * factor, None)


def _amount(item: OpioidItem, entry: Factor | None) -> Decimal | None:
    """How many of the entry's units a day holds, or None where that can't be said."""
    if entry is None:
        return None
    daily = daily_mg(item.dose, item.unit, item.per_day)
    if entry.per is DoseUnit.MCG_PER_H:
        return daily * _THOUSAND / _HOURS if item.unit in RATE_UNITS else None
    return daily * _THOUSAND if entry.per is DoseUnit.MCG else daily


def _reason(item: OpioidItem, table: ConversionTable, entry: Factor | None) -> str:
    drug = drugs()[item.drug]
    if not drug.is_opioid:
        return NOT_AN_OPIOID
    if entry is not None:
        return NOT_A_RATE
    return f"{table.title} has no factor for {item.route} {drug.label.lower()}: not converted"


def _neuraxial_reason(item: OpioidItem) -> str:
    return NEURAXIAL if drugs()[item.drug].is_opioid else NOT_AN_OPIOID


def medd_change(before: Medd | None, after: Medd | None) -> float | None:
    """Subtract two totals, mg/24 h; None unless both regimens are known and wholly converted."""
    if before is None or after is None or not (before.complete and after.complete):
        return None
    return float(after.total_mg - before.total_mg)
