"""What a row of the opioid editor offers: the usual form, route, unit and strengths of its drug."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from registry.domain.drugs import DrugName, find_drug
from registry.domain.regimens.vocabulary import FORM_ROUTES
from registry.web.forms.form import Form
from registry.web.forms.opioids import Usual, plain, product_in, typed_row, usual

FORM_CHOICES = (
    ("MR", "MR (modified release)"),
    ("IR", "IR (immediate release)"),
    ("tablet", "Tablet"),
    ("capsule", "Capsule"),
    ("solution", "Liquid"),
    ("patch", "Patch"),
    ("injection", "Injection"),
    ("infusion", "Infusion, pump"),
    ("spray", "Spray"),
    ("lozenge", "Lozenge"),
    ("film", "Film"),
    ("wafer", "Wafer"),
    ("suppository", "Suppository"),
    ("depot", "Depot"),
)
_FORM_LABELS = dict(FORM_CHOICES)
_BY_VOLUME = "solution"  # its strengths count what 5 ml hold, no dose


@dataclass(frozen=True, slots=True)
class RowView:
    """A row beside what was typed: what is meant where it is left open, and usual doses."""

    usual_form: str
    usual_route: str
    usual_unit: str
    forms: tuple[tuple[str, str], ...]
    strengths: tuple[tuple[str, str], ...]
    product: str


def row_view(form: Form, row: int) -> RowView:
    """Say what a row offers by its drug, as far as it is typed."""
    typed = typed_row(form, row)
    meant = usual(typed)
    in_usual_unit = meant.unit and typed["unit"] in ("", meant.unit)
    doses = _strengths(find_drug(typed["drug"]), typed, meant) if in_usual_unit else []
    return RowView(
        usual_form=_usual(_FORM_LABELS.get(meant.form, ""), typed["drug"], "Not said"),
        usual_route=_usual(meant.route, typed["drug"], "Choose"),
        usual_unit=_usual(meant.unit, typed["drug"], "Choose"),
        forms=FORM_CHOICES if typed["form"] in ("", *_FORM_LABELS) else _with(typed["form"]),
        strengths=tuple((plain(dose), f"{plain(dose)} {meant.unit}") for dose in doses),
        product=product_in(typed),
    )


def _with(form: str) -> tuple[tuple[str, str], ...]:
    """Offer a form beside the known ones that a program recorded in its own words."""
    return (*FORM_CHOICES, (form, form))


def _usual(meant: str, drug: str, unsaid: str) -> str:
    """Word the choice that leaves it to the drug."""
    if meant:
        return f"{meant}, usual"
    return unsaid if drug else "Usual"


def _strengths(name: DrugName | None, typed: dict[str, str], meant: Usual) -> list[Decimal]:
    """List the usual doses of the product, or of the drug in this form or by this route."""
    if name is None:
        return []
    if name.product and name.product.strengths:
        return _sorted(map(name.product.opioid_strength, name.product.strengths))
    form, route = typed["form"] or meant.form, typed["route"] or meant.route
    return _sorted(
        Decimal(strength)
        for known, strengths in name.drug.forms.items()
        if (known == form if form else route in FORM_ROUTES[known]) and known != _BY_VOLUME
        for strength in strengths
    )


def _sorted(doses: Iterable[Decimal]) -> list[Decimal]:
    return sorted(set(doses))
