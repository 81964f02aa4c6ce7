"""One line of a regimen, a drug as actually taken in the last 24 h, and how it is read in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from registry.domain.drugs import DoseUnit, DrugName, Route, drugs, find_drug, near_names
from registry.domain.errors import Problem, RuleViolation, refuse

RATE_UNITS = frozenset(DoseUnit) - {DoseUnit.MG, DoseUnit.MCG}
"""Units that already say how much a day holds, so that times a day mean nothing beside them."""

_HOURLY = frozenset({DoseUnit.MCG_PER_H, DoseUnit.MG_PER_H})
_INFUSED = frozenset(
    {
        Route.TRANSDERMAL,
        Route.SUBCUTANEOUS,
        Route.INTRAVENOUS,
        Route.INTRATHECAL,
        Route.EPIDURAL,
    }
)
_SMALLEST, _LARGEST = Decimal("0.000001"), Decimal(1_000_000)
_MOST_PER_DAY = Decimal(100)
_DAILY_MG = {
    DoseUnit.MG: Decimal(1),
    DoseUnit.MCG: Decimal("0.001"),
    DoseUnit.MG_PER_H: Decimal(24),
    DoseUnit.MCG_PER_H: Decimal("0.024"),
    DoseUnit.MG_PER_24H: Decimal(1),
    DoseUnit.MCG_PER_24H: Decimal("0.001"),
}
_YES = frozenset({"1", "on", "true", "yes", "y"})
_NO = frozenset({"", "0", "off", "false", "no", "n"})


@dataclass(frozen=True, slots=True)
class OpioidItem:
    """A drug as actually taken in the last 24 h: an opioid, or an adjuvant recorded beside it.

    `drug` is a slug. `dose` counts `unit`: the amount taken at a time (mg, mcg), a rate (mcg/h,
    mg/h) or the amount in 24 h (mg/24h, mcg/24h). `per_day` is how many such amounts were taken, 1
    when None; beside a rate or a 24 h amount it means nothing and is ignored, so a patch changed
    every third day counts once. `form` and `product` are kept for the record and change no figure.
    """

    drug: str
    route: Route
    dose: Decimal
    unit: DoseUnit
    per_day: Decimal | None = None
    as_needed: bool = False
    form: str | None = None
    product: str | None = None


Regimen = tuple[OpioidItem, ...]


def daily_mg(dose: Decimal, unit: DoseUnit, per_day: Decimal | None) -> Decimal:
    """How many mg of the drug a day holds; times a day mean nothing beside a rate."""
    times = Decimal(1) if per_day is None or unit in RATE_UNITS else per_day
    return dose * _DAILY_MG[unit] * times


def too_much(regimen: Iterable[OpioidItem]) -> Iterator[tuple[int, str]]:
    """Find the lines with which a drug passes what anybody takes of it in a day.

    Counts each drug by all its routes; gives the line's place and what to say there.
    """
    taken: dict[str, Decimal] = {}
    for place, item in enumerate(regimen):
        known, before = drugs()[item.drug], taken.get(item.drug, Decimal(0))
        taken[item.drug] = before + daily_mg(item.dose, item.unit, item.per_day)
        if before <= known.most_mg_per_day < taken[item.drug]:
            what = "With the lines above, this" if before else "This"
            yield (
                place,
                f"{what} is more than {known.most_mg_per_day:f} mg a day of "
                f"{known.label.lower()}: check dose, unit and times a day.",
            )


def unit_problem(drug: str, route: Route, unit: DoseUnit) -> str | None:
    """Say why a drug by this route can't be dosed in this unit, or None when it can.

    A patch is worn, so an opioid's patch is a rate; what is swallowed or injected once has none.
    """
    if route is Route.TRANSDERMAL and unit not in RATE_UNITS and drugs()[drug].is_opioid:
        return "A patch's dose is the rate it delivers: give it in mcg/h."
    if unit in _HOURLY and route not in _INFUSED:
        return f"A {route} dose has no rate: give mg or mcg and the times a day."
    return None


def is_dose(number: Decimal) -> bool:
    """Whether a number can be a dose of anything, in any unit."""
    return _SMALLEST <= number < _LARGEST


def read_items(raws: Iterable[object], field: str = "items", *, recorded: bool = True) -> Regimen:
    """Read a regimen from loose input, telling all problems of all items at once.

    What is to be `recorded` must be what somebody may have taken in a day, all lines of a drug
    together; a mere conversion is arithmetic and has no such bound.

    Raises `RuleViolation` with problems at `items.0.drug`, `items.0.dose` and so on.
    """
    items: dict[str, OpioidItem] = {}
    problems: list[Problem] = []
    for number, raw in enumerate(raws):
        here = f"{field}.{number}"
        if not isinstance(raw, Mapping):
            problems.append(Problem(here, "Give an object with drug, route, dose and unit."))
            continue
        try:
            items[here] = read_item(raw, here, recorded=recorded)
        except RuleViolation as violation:
            problems.extend(violation.problems)
    if recorded:
        places = list(items)
        problems.extend(Problem(f"{places[at]}.dose", m) for at, m in too_much(items.values()))
    refuse(problems)
    return tuple(items.values())


def read_item(raw: Mapping[str, object], field: str, *, recorded: bool = True) -> OpioidItem:
    """Read one item from loose input (strings or numbers; a drug by any of its names).

    Raises `RuleViolation` with every problem at `<field>.drug`, `.route`, `.dose`, `.unit`,
    `.per_day`, `.as_needed`, `.form` or `.product`.
    """
    reader = _Reader(raw, f"{field}." if field else "")
    name = reader.drug()
    route = reader.choice("route", Route)
    dose = reader.positive("dose", "Give the dose as a number above 0.", required=True)
    unit = reader.choice("unit", DoseUnit)
    per_day = reader.times_a_day(_MOST_PER_DAY if recorded else None)
    as_needed = reader.yes_or_no("as_needed")
    form, product = reader.text("form"), reader.text("product")
    if name and route and unit and (problem := unit_problem(name.drug.slug, route, unit)):
        reader.refuse("unit", problem)
    if reader.problems or name is None or route is None or dose is None or unit is None:
        raise RuleViolation(reader.problems)
    if name.product:
        form, product = form or name.product.form, product or name.written
    item = OpioidItem(name.drug.slug, route, dose, unit, per_day, as_needed, form, product)
    for _, problem in too_much([item]) if recorded else ():
        raise RuleViolation.at(f"{reader.prefix}dose", problem)
    return item


Choice = TypeVar("Choice", bound=StrEnum)


class _Reader:
    """Reads one loose item's fields, collecting what is wrong with each."""

    def __init__(self, raw: Mapping[str, object], prefix: str) -> None:
        self.raw = raw
        self.prefix = prefix
        self.problems: list[Problem] = []

    def refuse(self, key: str, message: str) -> None:
        self.problems.append(Problem(self.prefix + key, message))

    def text(self, key: str) -> str | None:
        value = self.raw.get(key)
        if value is None or isinstance(value, str):
            return (value or "").strip() or None
        self.refuse(key, "Give this as text, or leave it out.")
        return None

    def drug(self) -> DrugName | None:
        value = self.raw.get("drug")
        if not isinstance(value, str) or not value.strip():
            self.refuse("drug", "Name the drug.")
            return None
        found = find_drug(value)
        if found is None:
            near = near_names(value)
            hint = f"did you mean {' or '.join(near)}?" if near else "choose one from the list."
            self.refuse("drug", f"No drug is known by this name: {hint}")
        elif found.product and found.product.is_combination:
            self.refuse(
                "drug",
                f"{found.written} holds two drugs: "
                f"give {found.drug.label.lower()} and its dose alone.",
            )
        return found

    def choice(self, key: str, kind: type[Choice]) -> Choice | None:
        value = self.raw.get(key)
        try:
            return kind(value.strip().lower() if isinstance(value, str) else "")
        except ValueError:
            self.refuse(key, f"Choose the {key} from: {', '.join(kind)}.")
            return None

    def times_a_day(self, most: Decimal | None) -> Decimal | None:
        number = self.positive("per_day", "Give the times a day as a number above 0, or nothing.")
        if number is not None and most is not None and number > most:
            self.refuse("per_day", f"Nothing is taken more than {most} times a day.")
        return number

    def positive(self, key: str, message: str, *, required: bool = False) -> Decimal | None:
        value = self.raw.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            if required:
                self.refuse(key, message)
            return None
        number = _number(value)
        if number is None or number <= 0:
            self.refuse(key, message)
        elif not is_dose(number):
            self.refuse(key, "No such amount is given: check the number and its unit.")
        else:
            return number
        return None

    def yes_or_no(self, key: str) -> bool:
        value = self.raw.get(key)
        if isinstance(value, bool):
            return value
        text = "" if value is None else str(value).strip().lower()
        if text not in _YES | _NO:
            self.refuse(key, "Answer yes or no.")
        return text in _YES


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    text = str(value).strip()
    if "_" in text or not text.isascii():
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
