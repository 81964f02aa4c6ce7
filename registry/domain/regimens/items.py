"""One drug's words -> its items. Everything must fit together, else `NotUnderstood`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from registry.domain.drugs import DoseUnit, DrugName, Product, Route
from registry.domain.opioids.items import RATE_UNITS, OpioidItem, is_dose, unit_problem
from registry.domain.regimens.vocabulary import AMOUNTS, FORM_ROUTES, RELEASES, TIMES, Kind
from registry.domain.regimens.words import Word

_MULTIPLES = frozenset({Kind.UNITS, Kind.ASIDE, Kind.MULTIPLIER})
_DOSING = AMOUNTS | TIMES | {Kind.UNITS, Kind.ASIDE, Kind.VOLUME, Kind.OVER_A_DAY}
_IN_24H = {DoseUnit.MG: DoseUnit.MG_PER_24H, DoseUnit.MCG: DoseUnit.MCG_PER_24H}
_NEVER_OF_TABLETS = (Kind.VOLUME, Kind.PER_VOLUME, Kind.OVER_A_DAY)
_TABLETS_AT_A_TIME = frozenset(map(Decimal, range(1, 9)))


class NotUnderstood(Exception):
    """The words do not make one plain item; nothing is taken from them."""


def read_clause(words: Sequence[Word]) -> tuple[OpioidItem, ...]:
    """Read the words about one drug: usually one item, two for "30 mg mane, 60 mg nocte".

    An as-needed dose of which none was taken is understood and makes no item.
    """
    _ensure(all(word.kind is not Kind.UNKNOWN for word in words))
    name = _name(_of(words, Kind.NAME))
    form, route = _form_and_route(name, words)
    doses, as_needed = _doses(words), bool(_of(words, Kind.AS_NEEDED))
    if len(doses) > 1:
        _ensure(not as_needed and all(_of(dose, Kind.TIME_OF_DAY) for dose in doses))
    read = [_item(name, form, route, dose, as_needed=as_needed) for dose in doses]
    if _of(words, Kind.PCA):  # a background rate leaves out what was asked for
        _ensure(all(item and item.unit in _IN_24H.values() for item in read))
    return tuple(item for item in read if item is not None)


def _item(
    name: DrugName,
    form: str | None,
    route: Route | None,
    dose: Sequence[Word],
    *,
    as_needed: bool,
) -> OpioidItem | None:
    meant, product = route or name.drug.unstated_route, name.product
    if meant is None:
        raise NotUnderstood
    strength = ""
    if product and product.is_combination:
        amount, strength = _combination(product, dose)
        unit = product.unit or DoseUnit.MG
    else:
        amount, unit = _amount(name, meant, dose)
        unit = _over_a_day(unit, dose)
    _ensure(is_dose(amount) and unit_problem(name.drug.slug, meant, unit) is None)
    if meant is Route.TRANSDERMAL and name.drug.is_opioid:
        _ensure(amount >= name.drug.weakest_patch)  # "fentanyl 2.5 patch": a point slipped
        _ensure(_is_delivered(product, amount, dose))
    if unit in RATE_UNITS:
        _ensure(route is not None)  # "morphine 30 mg/24h" may well be a syringe driver's
        _ensure(not as_needed and not any(word.kind in TIMES for word in dose))
        per_day = None
    else:
        per_day = _taken(dose) if as_needed else _times_a_day(dose)
        if not per_day:
            return None
    label = f"{name.written} {strength}".strip() if product else None
    return OpioidItem(name.drug.slug, meant, amount, unit, per_day, as_needed, form, label)


def _is_delivered(product: Product | None, rate: Decimal, dose: Sequence[Word]) -> bool:
    """Whether a patch of this name can deliver a rate: the 20 of "Transtec 20" are mg it holds."""
    several = any(word.kind in (Kind.UNITS, Kind.MULTIPLIER) for word in dose)
    return (
        not product or several or not product.strengths or rate in map(Decimal, product.strengths)
    )


def _name(found: Sequence[Word]) -> DrugName:
    """The drug, named once or as a product and its drug: "morphine (MST)"."""
    named = [word.name for word in found if word.name]
    _ensure(bool(named) and len({name.drug.slug for name in named}) == 1)
    products = [name for name in named if name.product]
    _ensure(len(products) <= 1)
    return products[0] if products else named[0]


def _form_and_route(name: DrugName, words: Sequence[Word]) -> tuple[str | None, Route | None]:
    """The form, and the route that the words, the product or the form state; no contradictions."""
    forms = [word.word for word in words if word.kind in (Kind.FORM, Kind.UNITS) and word.word]
    if name.product and name.product.form:
        forms.append(name.product.form)
    stated = {Route(word.word) for word in _of(words, Kind.ROUTE)}
    if name.product and name.product.route:
        stated.add(name.product.route)
    if not stated and not forms and _of(words, Kind.WEAR):  # "fentanyl 25 mcg/h q72h"
        forms.append("patch")
    releases = RELEASES.intersection(forms)
    _ensure(len(stated) <= 1 and len(releases) <= 1)
    possible = set(stated or name.drug.routes).intersection(*(FORM_ROUTES[f] for f in forms))
    _ensure(bool(possible) and (Route.TRANSDERMAL in possible or not _of(words, Kind.WEAR)))
    form = next(iter(releases), forms[0] if forms else None)
    return form, _only(possible) if stated or forms else None


def _only(routes: set[Route]) -> Route | None:
    _ensure(len(routes) == 1)
    return next(iter(routes))


def _doses(words: Sequence[Word]) -> list[list[Word]]:
    """The words of amount and times, one list a dose: "30 mg mane 60 mg nocte" holds two."""
    doses: list[list[Word]] = [[]]
    for word in words:
        timed = _of(doses[-1], Kind.TIME_OF_DAY)
        if word.kind in AMOUNTS and timed and any(w.kind in AMOUNTS for w in doses[-1]):
            doses.append([])
        if word.kind in _DOSING:
            doses[-1].append(word)
    return doses


def _amount(name: DrugName, route: Route, dose: Sequence[Word]) -> tuple[Decimal, DoseUnit]:
    """The amount given at a time, or the rate, with its unit."""
    _ensure(_counts_plainly(dose))
    multiples = [word.number for word in dose if word.kind in _MULTIPLES]
    volumes = [word.number for word in _of(dose, Kind.VOLUME)]
    bottle = _of(dose, Kind.PER_VOLUME)  # 10 mg/5 ml, the strength of the liquid
    amounts = _of(dose, Kind.AMOUNT) + _of(dose, Kind.NUMBER)
    _ensure(all(len(found) <= 1 for found in (multiples, volumes, bottle, amounts)))
    _ensure(not _of(dose, Kind.PAIR))
    if amounts:
        number, unit = amounts[0].number, amounts[0].unit
        _ensure(unit is not None or not (bottle or _may_count(name, route, number, multiples)))
        _ensure(not (bottle and volumes) or (number, unit) == _poured(bottle[0], volumes[0]))
    elif bottle and volumes:
        number, unit = _poured(bottle[0], volumes[0])
    else:
        number, unit = _only_strength(name.product, multiples), None
    return number * (multiples[0] if multiples else 1), _unit(name, route, number, unit)


def _may_count(name: DrugName, route: Route, number: Decimal, multiples: Sequence[Decimal]) -> bool:
    """Whether a bare number may say how many tablets: "codeine 2 qds", unless it is a strength."""
    drug, product = name.drug, name.product
    if multiples or not drug.is_opioid or route not in FORM_ROUTES["tablet"]:
        return False
    listed = product.strengths if product else [s for of in drug.forms.values() for s in of]
    return number in _TABLETS_AT_A_TIME and number not in map(Decimal, listed)


def _poured(bottle: Word, ml: Decimal) -> tuple[Decimal, DoseUnit | None]:
    """What so many millilitres of a liquid hold."""
    return bottle.number * ml / bottle.other, bottle.unit


def _counts_plainly(dose: Sequence[Word]) -> bool:
    """Whether "two tablets" says how many of the written strength are taken at a time.

    "10 mg (2 tabs)" may tell what makes up the 10 mg, and "30 mg bd, 2 tabs" what makes up the day.
    """
    kinds = [word.kind for word in dose]
    if any(word.number != 1 for word in _of(dose, Kind.ASIDE)):
        return False
    return Kind.UNITS not in kinds or not TIMES.intersection(kinds[: kinds.index(Kind.UNITS)])


def _over_a_day(unit: DoseUnit, dose: Sequence[Word]) -> DoseUnit:
    """The unit of an amount of which is said apart that it runs over 24 h."""
    if not _of(dose, Kind.OVER_A_DAY):
        return unit
    _ensure(unit in _IN_24H)
    return _IN_24H[unit]


def _only_strength(product: Product | None, multiples: Sequence[Decimal]) -> Decimal:
    """The strength behind "two Endone tablets": of a product that has but one."""
    if product is None or len(product.strengths) != 1 or not multiples:
        raise NotUnderstood
    strength = product.opioid_strength(product.strengths[0])
    _ensure(strength not in multiples)  # "Endone 5 tablets": five, or of 5 mg?
    return strength


def _unit(name: DrugName, route: Route, number: Decimal, written: DoseUnit | None) -> DoseUnit:
    product = name.product
    implied = (product and product.unit) or name.drug.units.get(route)
    if product and not written and implied is DoseUnit.MCG:
        _ensure(number in map(Decimal, product.strengths))  # "PecFent 1": one spray
    unit = written or implied
    if unit is None:
        raise NotUnderstood
    if route is Route.TRANSDERMAL and name.drug.is_opioid:
        # A patch's label says mcg/h; "25 mcg" is short for it, mg would be what the patch holds.
        _ensure(unit in (DoseUnit.MCG, DoseUnit.MCG_PER_H))
        return DoseUnit.MCG_PER_H
    return unit


def _combination(product: Product, dose: Sequence[Word]) -> tuple[Decimal, str]:
    """The opioid's mg in a combination's dose, and the strength as listed, empty if only its mg."""
    counts = [word.number for word in dose if word.kind in _MULTIPLES]
    singles = _of(dose, Kind.AMOUNT) + _of(dose, Kind.NUMBER)
    pairs = [f"{word.number}/{word.other}" for word in _of(dose, Kind.PAIR)]
    _ensure(not any(_of(dose, kind) for kind in _NEVER_OF_TABLETS))
    opioids = {product.opioid_strength(strength) for strength in product.strengths}
    strength = pairs[0] if pairs else ""
    if pairs:
        _ensure(len(pairs) == 1 and strength in product.strengths)
        opioid = product.opioid_strength(strength)
    elif singles and singles[0].number in opioids and singles[0].unit in (None, DoseUnit.MG):
        opioid = singles.pop(0).number
    else:
        _ensure(len(opioids) == 1 and bool(counts or singles) and not opioids & set(counts))
        opioid = next(iter(opioids))
    # A number left over counts tablets: "co-codamol 30/500 2 qds".
    _ensure(all(word.unit is None and word.number in _TABLETS_AT_A_TIME for word in singles))
    counts += [word.number for word in singles]
    _ensure(len(counts) <= 1)
    return opioid * (counts[0] if counts else 1), strength


def _taken(dose: Sequence[Word]) -> Decimal:
    """How often an as-needed dose was taken; a frequency is only what was allowed."""
    counts = _of(dose, Kind.COUNTED) + _of(dose, Kind.TAKEN)
    _ensure(len(counts) == 1)
    return counts[0].number


def _times_a_day(dose: Sequence[Word]) -> Decimal:
    """Times a day of a regular dose: one frequency, or the times of day counted, or both alike."""
    said = {word.number for word in dose if word.kind in (Kind.SCHEDULE, Kind.COUNTED)}
    if times := {word.word for word in _of(dose, Kind.TIME_OF_DAY)}:
        said.add(Decimal(len(times)))
    _ensure(len(said) == 1 and not _of(dose, Kind.TAKEN))
    return said.pop()


def _of(words: Iterable[Word], kind: Kind) -> list[Word]:
    return [word for word in words if word.kind is kind]


def _ensure(plain: bool) -> None:
    if not plain:
        raise NotUnderstood
