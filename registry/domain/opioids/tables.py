"""Published opioid conversion tables, read from `content/opioids/`: one file a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from registry.domain import content
from registry.domain.drugs import DoseUnit, Route, drugs
from registry.domain.errors import RuleViolation

TABLE_IDS = ("cdc-2022", "cdc-2016", "anzca-2021", "uk-fpm-2020")


@dataclass(frozen=True, slots=True)
class Band:
    """A factor for whole daily doses up to and including `up_to`; None is without a ceiling."""

    up_to: Decimal | None
    factor: Decimal


@dataclass(frozen=True, slots=True)
class Factor:
    """What one table says of one drug by some routes: oral morphine mg for one `per` of it.

    `per` is mg or mcg a day, or mcg/h worn. `checked` says whether the entry was compared with a
    text of its `source`. Most drugs have a single band.
    """

    drug: str
    routes: tuple[Route, ...]
    per: DoseUnit
    bands: tuple[Band, ...]
    checked: bool
    source: str

    def at(self, daily: Decimal) -> Decimal:
        """The factor that holds for a whole daily dose of the drug, counted in `per`."""
        return next(b.factor for b in self.bands if b.up_to is None or daily <= b.up_to)


@dataclass(frozen=True, slots=True)
class ConversionTable:
    """A published opioid conversion table; `factors` are found by drug and route."""

    id: str
    version: str
    title: str
    publisher: str
    source: str
    notes: str
    entries: tuple[Factor, ...]
    factors: Mapping[tuple[str, Route], Factor]


@cache
def conversion_tables() -> Mapping[str, ConversionTable]:
    """Every opioid conversion table by id."""
    return MappingProxyType({i: _table(content.load(f"opioids/{i}")) for i in TABLE_IDS})


def conversion_table(table_id: str) -> ConversionTable:
    """The table with this id; `RuleViolation` at `table` when there is none."""
    try:
        return conversion_tables()[table_id]
    except KeyError:
        known = ", ".join(TABLE_IDS)
        raise RuleViolation.at("table", f"Choose the conversion table from: {known}.") from None


def _table(entry: Mapping[str, Any]) -> ConversionTable:
    entries = tuple(_factor(raw) for raw in entry["factor"])
    by_drug_and_route = {(f.drug, r): f for f in entries for r in f.routes}
    if len(by_drug_and_route) < sum(len(f.routes) for f in entries):
        raise content.ContentError(f"{entry['id']}: a drug has two factors by one route")
    if unknown := {f.drug for f in entries} - drugs().keys():
        raise content.ContentError(f"{entry['id']}: unknown drug {', '.join(sorted(unknown))}")
    return ConversionTable(
        id=entry["id"],
        version=entry["version"],
        title=entry["title"],
        publisher=entry["publisher"],
        source=entry["source"],
        notes=entry["notes"],
        entries=entries,
        factors=MappingProxyType(by_drug_and_route),
    )


def _factor(raw: Mapping[str, Any]) -> Factor:
    bands = raw.get("bands") or [{"factor": raw["factor"]}]
    return Factor(
        drug=raw["drug"],
        routes=tuple(Route(route) for route in raw["routes"]),
        per=DoseUnit(raw["per"]),
        bands=tuple(
            Band(Decimal(str(b["up_to"])) if "up_to" in b else None, Decimal(str(b["factor"])))
            for b in bands
        ),
        checked=raw["checked"],
        source=raw["source"],
    )
