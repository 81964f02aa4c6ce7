"""Opioids as rows of a form, read into a regimen and back again.

Row i is `opioids-<i>-drug`, `-form`, `-dose`, `-unit`, `-route`, `-per_day` and `-as_needed`, and
unseen the preparation as it was written (`-product`, of the drug `-product_of`); the tick
`no_opioids` says that no opioid is taken. Neither a row nor the tick: opioids were not asked about.
`opioid_steps` fills the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from registry.domain.drugs import Drug, Route, drugs, find_drug
from registry.domain.errors import Problem, RuleViolation
from registry.domain.opioids.items import OpioidItem, Regimen, read_item, too_much
from registry.domain.regimens.vocabulary import FORM_ROUTES
from registry.web.forms.form import GROUPED, NAME, Form, with_point

OPIOIDS = "opioids"
DRUG = "drug"
BLANK_ROW = {"opioids-0-drug": ""}
NO_OPIOIDS = "no_opioids"
TEXT = "opioids-text"
TICKED = "yes"

_FIELDS = ("drug", "form", "dose", "unit", "route", "per_day", "as_needed")
_UNSEEN = ("product", "product_of")
_IMPLIED_BY = {"route": {"drug"}, "unit": {"drug", "route"}}
_TYPED_BY_HAND = ("drug", "dose", "per_day")
_NUMBERS = ("dose", "per_day")


@dataclass(frozen=True, slots=True)
class Usual:
    """What is meant where a row leaves it open; empty where only the writer knows."""

    form: str = ""
    route: str = ""
    unit: str = ""


def read_regimen(form: Form) -> Regimen | None:
    """Read the rows; None when opioids were not asked about, empty when nothing is taken.

    What can't be read is refused at its field and left out.
    """
    if form.has(TEXT):
        form.refuse(TEXT, "This is not in the rows yet: read it into rows, or clear the box.")
    rows = opioid_rows(form)
    none_taken = form.value(NO_OPIOIDS) == TICKED
    if not rows:
        return () if none_taken else None
    read = {row: item for row in rows if (item := _read_row(form, row))}
    for place, problem in too_much(read.values()):
        form.refuse(f"{OPIOIDS}-{list(read)[place]}-dose", problem)
    if none_taken and (len(read) < len(rows) or any(map(_is_opioid, read.values()))):
        form.refuse(NO_OPIOIDS, "Opioids are entered above: remove them, or untick this.")
    return tuple(read.values())


def regimen_values(regimen: Regimen | None, first: int = 0) -> dict[str, object]:
    """Give the form's values for a regimen, its rows numbered from `first` on."""
    if regimen is None:
        return {}
    rows = {
        f"{OPIOIDS}-{row}-{field}": value
        for row, item in enumerate(regimen, first)
        for field, value in _item_values(item).items()
    }
    return rows if any(map(_is_opioid, regimen)) else {**rows, NO_OPIOIDS: TICKED}


def opioid_rows(form: Form) -> list[int]:
    """List the rows in which something was typed."""
    return [
        row
        for row in form.rows(OPIOIDS)
        if any(form.has(f"{OPIOIDS}-{row}-{field}") for field in _TYPED_BY_HAND)
    ]


def typed_row(form: Form, row: int) -> dict[str, str]:
    """Give what was typed and chosen in a row, by field."""
    return {field: form.value(f"{OPIOIDS}-{row}-{field}").strip() for field in _FIELDS + _UNSEEN}


def usual(typed: Mapping[str, str]) -> Usual:
    """Say what a row means by its drug where form, route or unit are left open."""
    name = find_drug(typed["drug"])
    if name is None:
        return Usual()
    product = name.product
    form = (product and product.form) or ""
    route = (product and product.route) or _usual_route(name.drug, typed["form"] or form) or ""
    by_route = {str(by): unit for by, unit in name.drug.units.items()}
    unit = (product and product.unit) or by_route.get(typed["route"] or route)
    return Usual(form, route, unit or "")


def _usual_route(drug: Drug, form: str) -> Route | None:
    """The route that the drug, or the only one that the form of it, is given by."""
    possible = [route for route in drug.routes if route in FORM_ROUTES.get(form, drug.routes)]
    only = possible[0] if len(possible) == 1 else None
    return drug.unstated_route if drug.unstated_route in possible else only


def _is_opioid(item: OpioidItem) -> bool:
    return drugs()[item.drug].is_opioid


def _read_row(form: Form, row: int) -> OpioidItem | None:
    typed = typed_row(form, row)
    if typed["as_needed"] and not typed["per_day"]:
        form.refuse(
            f"{OPIOIDS}-{row}-per_day",
            "Enter how many of the as-needed doses were taken in the last 24 h. "
            "If none was, remove the row.",
        )
    for field in _NUMBERS:
        if with_point(typed[field]) is None:
            form.refuse(f"{OPIOIDS}-{row}-{field}", GROUPED)
    told = {problem.field for problem in form.problems}
    try:
        item = read_item(_with_usual(typed), f"{OPIOIDS}.{row}")
    except RuleViolation as refused:
        worth_telling = _worth_telling(refused.problems, typed)
        form.add(problem for problem in worth_telling if problem.field not in told)
        return None
    if item.form and item.route not in FORM_ROUTES.get(item.form, Route):
        form.refuse(f"{OPIOIDS}-{row}-form", f"This form is not given {item.route}: choose again.")
    return item


def _worth_telling(problems: Sequence[Problem], typed: Mapping[str, str]) -> Iterator[Problem]:
    """Leave out that a route or unit is missing while what would imply it is wrong itself."""
    told: set[str] = set()
    for problem in problems:
        field = problem.field.rpartition(".")[2]
        if field not in _IMPLIED_BY or typed[field]:
            yield problem
        elif not told & _IMPLIED_BY[field]:
            yield Problem(
                problem.field, f"Choose the {field}: the rest of the row doesn't tell it."
            )
        told.add(field)


def _with_usual(typed: Mapping[str, str]) -> dict[str, object]:
    """Fill in the route and unit that are meant when none is said; decimal commas become points."""
    meant = usual(typed)
    numbers = {field: with_point(typed[field]) or typed[field] for field in _NUMBERS}
    return {
        **typed,
        **numbers,
        "route": typed["route"] or meant.route,
        "unit": typed["unit"] or meant.unit,
        "product": product_in(typed),
    }


def product_in(typed: Mapping[str, str]) -> str:
    """Give the preparation as it was written ("Targin 20/10"), unless the drug was exchanged."""
    name = find_drug(typed["drug"])
    stays = name and name.product is None and name.drug.slug == typed["product_of"]
    return typed["product"][:NAME] if stays else ""


def _item_values(item: OpioidItem) -> dict[str, object]:
    named = find_drug(item.product) if item.product else None
    product = named.product if named and named.drug.slug == item.drug else None
    by_product = product is not None and not product.is_combination
    return {
        "drug": item.product if by_product else drugs()[item.drug].label,
        "form": item.form or "",
        "route": item.route,
        "dose": plain(item.dose),
        "unit": item.unit,
        "per_day": "" if item.per_day is None else plain(item.per_day),
        "as_needed": TICKED if item.as_needed else "",
        "product": "" if by_product else item.product or "",
        "product_of": item.drug,
    }


def plain(number: Decimal) -> str:
    """Write a dose as it is typed: no needless zeros, no exponent."""
    return f"{number.normalize():f}"
