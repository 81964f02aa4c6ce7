"""Opioids as rows of a form, read into a regimen and back again.

Row i is `opioids-<i>-drug`, `-route`, `-dose`, `-unit`, `-per_day` and `-as_needed`; the tick
`no_opioids` says that none is taken. Neither a row nor the tick: opioids were not asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from registry.domain.drugs import drugs, find_drug
from registry.domain.errors import Problem, RuleViolation
from registry.domain.opioids import DoseUnit, OpioidItem, Regimen, Route, read_item
from registry.web.forms.form import GROUPED, Form, with_point

OPIOIDS = "opioids"
DRUG = "drug"
BLANK_ROW = {"opioids-0-drug": ""}
NO_OPIOIDS = "no_opioids"
TICKED = "yes"

_FIELDS = ("drug", "route", "dose", "unit", "per_day", "as_needed")
_IMPLIED_BY = {"route": {"drug"}, "unit": {"drug", "route"}}
_TYPED_BY_HAND = ("drug", "dose", "per_day")
_NUMBERS = ("dose", "per_day")


def read_regimen(form: Form, earlier: Regimen | None = None) -> Regimen | None:
    """Read the rows; None when opioids were not asked about, empty when none is taken.

    What can't be read is refused at its field and left out. `earlier` is the regimen being
    corrected: a preparation that the rows don't show stays with the drug it belongs to.
    """
    rows = [row for row in form.rows(OPIOIDS) if _has_something(form, row)]
    if form.value(NO_OPIOIDS) == TICKED:
        if rows:
            form.refuse(NO_OPIOIDS, "Opioids are entered above: remove them, or untick this.")
        return ()
    if not rows:
        return None
    items = [item for row in rows if (item := _read_row(form, row))]
    return tuple(_with_form(item, earlier or ()) for item in items)


def regimen_values(regimen: Regimen | None) -> dict[str, object]:
    """Give the form's values for a recorded regimen."""
    if regimen is None:
        return {}
    if not regimen:
        return {NO_OPIOIDS: TICKED}
    return {
        f"{OPIOIDS}-{row}-{field}": value
        for row, item in enumerate(regimen)
        for field, value in _item_values(item).items()
    }


def _has_something(form: Form, row: int) -> bool:
    return any(form.has(f"{OPIOIDS}-{row}-{field}") for field in _TYPED_BY_HAND)


def _read_row(form: Form, row: int) -> OpioidItem | None:
    typed = {field: form.value(f"{OPIOIDS}-{row}-{field}").strip() for field in _FIELDS}
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
        return read_item(_with_usual(typed), f"{OPIOIDS}.{row}")
    except RuleViolation as refused:
        worth_telling = _worth_telling(refused.problems, typed)
        form.add(problem for problem in worth_telling if problem.field not in told)
        return None


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
    route, unit = typed["route"], typed["unit"]
    if name := find_drug(typed["drug"]):
        product = name.product
        route = route or (product and product.route) or name.drug.unstated_route or ""
        unit = unit or (product and product.unit) or _usual_unit(name.drug.units, route) or ""
    numbers = {field: with_point(typed[field]) or typed[field] for field in _NUMBERS}
    return {**typed, **numbers, "route": route, "unit": unit}


def _usual_unit(units: Mapping[Route, DoseUnit], route: str) -> DoseUnit | None:
    return next((unit for usual, unit in units.items() if usual == route), None)


def _with_form(item: OpioidItem, earlier: Regimen) -> OpioidItem:
    for before in earlier:
        if (before.drug, before.route, before.product) == (item.drug, item.route, item.product):
            return replace(item, form=before.form)
    return item


def _item_values(item: OpioidItem) -> dict[str, object]:
    named = find_drug(item.product) if item.product else None
    by_product = named is not None and named.drug.slug == item.drug
    return {
        "drug": item.product if by_product else drugs()[item.drug].label,
        "route": item.route,
        "dose": plain(item.dose),
        "unit": item.unit,
        "per_day": "" if item.per_day is None else plain(item.per_day),
        "as_needed": TICKED if item.as_needed else "",
    }


def plain(number: Decimal) -> str:
    """Write a dose as it is typed: no needless zeros, no exponent."""
    return f"{number.normalize():f}"
