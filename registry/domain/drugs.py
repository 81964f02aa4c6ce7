"""The drugs that a regimen may name: opioids and adjuvants, their products, names and usual routes.

What is known of a drug stands in `content/drugs.toml`; nothing about a single drug is code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

from registry.domain import content
from registry.domain.search_text import LONGEST, Finder, Term, normalise


class Route(StrEnum):
    """How a drug is given."""

    ORAL = "oral"
    SUBLINGUAL = "sublingual"
    BUCCAL = "buccal"
    INTRANASAL = "intranasal"
    RECTAL = "rectal"
    TRANSDERMAL = "transdermal"
    SUBCUTANEOUS = "subcutaneous"
    INTRAVENOUS = "intravenous"
    INTRAMUSCULAR = "intramuscular"
    INTRATHECAL = "intrathecal"
    EPIDURAL = "epidural"


NEURAXIAL_ROUTES = frozenset({Route.INTRATHECAL, Route.EPIDURAL})


class DoseUnit(StrEnum):
    """What a dose counts: an amount given at a time, a rate, or an amount in 24 hours."""

    MG = "mg"
    MCG = "mcg"
    MCG_PER_H = "mcg/h"
    MG_PER_H = "mg/h"
    MG_PER_24H = "mg/24h"
    MCG_PER_24H = "mcg/24h"


class DrugClass(StrEnum):
    """Whether a drug counts towards the oral morphine equivalent."""

    OPIOID = "opioid"
    ADJUVANT = "adjuvant"


@dataclass(frozen=True, slots=True)
class Product:
    """A named preparation: its form, its only route, and the unit its doses are written in.

    A combination (`opioid_part` 1 or 2) is written as a pair of strengths; `opioid_part` says which
    of the two is the opioid. `strengths` of other products are doses in their unit.
    """

    name: str
    drug: str
    aliases: tuple[str, ...]
    route: Route | None
    form: str | None
    unit: DoseUnit | None
    strengths: tuple[str, ...]
    opioid_part: int | None

    @property
    def is_combination(self) -> bool:
        """Whether one tablet holds a second drug, so that a bare dose would be ambiguous."""
        return self.opioid_part is not None

    def opioid_strength(self, strength: str) -> Decimal:
        """The opioid's share of a listed strength, in the product's unit."""
        return Decimal(strength.split("/")[self.opioid_part - 1 if self.opioid_part else 0])


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug, as its content entry describes it.

    `routes` are its usual ones. `unstated_route` is the route meant when none is written, absent
    where only the writer knows. `units` holds, by route, the unit meant when none is written.
    `forms` holds the usual strengths of each form, for a form's suggestions. `most_mg_per_day`
    is more than anyone is given in a day: beyond it something was mistyped.
    """

    slug: str
    label: str
    drug_class: DrugClass
    aliases: tuple[str, ...]
    routes: tuple[Route, ...]
    unstated_route: Route | None
    units: Mapping[Route, DoseUnit]
    forms: Mapping[str, tuple[str, ...]]
    products: tuple[Product, ...]
    most_mg_per_day: Decimal

    @property
    def weakest_patch(self) -> Decimal:
        """The smallest rate in mcg/h that a patch of it delivers; 0 when none is known."""
        return min(map(Decimal, self.forms.get("patch", ())), default=Decimal(0))

    @property
    def is_opioid(self) -> bool:
        """Whether it counts towards the oral morphine equivalent."""
        return self.drug_class is DrugClass.OPIOID


@dataclass(frozen=True, slots=True)
class DrugName:
    """A name as the content writes it, its drug, and the product when the name is a product's."""

    written: str
    drug: Drug
    product: Product | None = None

    def means_same(self, other: DrugName) -> bool:
        """Whether both names stand for one drug and one product, or for the drug as such."""
        return self.drug is other.drug and self.product is other.product


@cache
def drugs() -> Mapping[str, Drug]:
    """Every known drug by slug, in the order of the content file."""
    entries = content.by_slug(content.load("drugs")["drug"], "drugs")
    return MappingProxyType({slug: _drug(entry) for slug, entry in entries.items()})


@cache
def drug_names() -> tuple[DrugName, ...]:
    """Every name of every drug and product; one that stands for two things is a `ContentError`."""
    taken: dict[str, DrugName] = {}
    names = tuple(_names())
    for name in names:
        if not taken.setdefault(normalise(name.written), name).means_same(name):
            raise content.ContentError(f"drugs: {name.written} stands for two things")
    return names


def find_drug(name: str) -> DrugName | None:
    """What a name means, in any case, accent and punctuation; None when nobody knows it."""
    name = name.strip()
    return _names_by_key().get(normalise(name)) if len(name) <= LONGEST else None


def search_drugs(text: str, limit: int = 12) -> tuple[DrugName, ...]:
    """Drugs and products that answer a half-typed text, best first; the first ones for nothing."""
    return _finder().find(text, limit)


def near_names(name: str, limit: int = 3) -> tuple[str, ...]:
    """Known names of drugs and products spelt much like `name`, for "did you mean"."""
    close = get_close_matches(
        normalise(name.strip()[:LONGEST]), _names_by_key(), n=limit, cutoff=0.75
    )
    return tuple(_names_by_key()[key].written for key in close)


def _names() -> Iterator[DrugName]:
    for drug in drugs().values():
        for written in dict.fromkeys((drug.label, drug.slug, *drug.aliases)):
            yield DrugName(written, drug)
        for product in drug.products:
            for written in (product.name, *product.aliases):
                yield DrugName(written, drug, product)


@cache
def _names_by_key() -> Mapping[str, DrugName]:
    return {normalise(name.written): name for name in reversed(drug_names())}


@cache
def _finder() -> Finder[DrugName]:
    terms: list[Term[DrugName]] = []
    for drug in drugs().values():
        name = DrugName(drug.label, drug)
        terms.append(Term(name, drug.slug, drug.label, drug.aliases))
        for product in drug.products:
            name = DrugName(product.name, drug, product)
            terms.append(Term(name, product.name, product.name, product.aliases, (drug.label,)))
    return Finder(tuple(terms))


def _drug(entry: Mapping[str, Any]) -> Drug:
    routes = tuple(Route(route) for route in entry["routes"])
    unstated = entry.get("unstated_route")
    units = {Route(route): DoseUnit(unit) for route, unit in entry.get("units", {}).items()}
    forms = {form: tuple(map(str, doses)) for form, doses in entry.get("forms", {}).items()}
    most = entry.get("most_per_day") or content.load("drugs")["most_per_day"][entry["class"]]
    return Drug(
        slug=entry["slug"],
        label=entry["label"],
        drug_class=DrugClass(entry["class"]),
        aliases=tuple(entry.get("aliases", ())),
        routes=routes,
        unstated_route=Route(unstated) if unstated else None,
        units=MappingProxyType(units),
        forms=MappingProxyType(forms),
        products=tuple(_product(entry["slug"], units, raw) for raw in entry.get("products", ())),
        most_mg_per_day=Decimal(most),
    )


def _product(drug: str, units: Mapping[Route, DoseUnit], raw: Mapping[str, Any]) -> Product:
    route = Route(raw["route"]) if "route" in raw else None
    unit = DoseUnit(raw["unit"]) if "unit" in raw else units.get(route) if route else None
    return Product(
        name=raw["name"],
        drug=drug,
        aliases=tuple(raw.get("aliases", ())),
        route=route,
        form=raw.get("form"),
        unit=unit,
        strengths=tuple(map(str, raw.get("strengths", ()))),
        opioid_part=raw.get("opioid_part"),
    )
