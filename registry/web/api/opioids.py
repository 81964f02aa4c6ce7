"""Lines of a regimen as they are sent and answered: one rule for form, file and API reads them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, WithJsonSchema

from registry.domain.opioids import ConvertedItem, DoseUnit, Regimen, Route, read_items
from registry.web.api.models import OptionalName, OptionalSlug, Sent

_ABOVE_0 = {"type": "number", "exclusiveMinimum": 0}
_DOSE = "Counts `unit`: the amount at a time (mg, mcg), a rate (mcg/h, mg/h) or a whole day's."
_PER_DAY = "How many such amounts in 24 h, 1 when left out. Means nothing beside a rate."


class OpioidItemIn(Sent):
    """A drug as actually taken in the last 24 h.

    Only its field names are checked here: the clinic's own reader judges the values.
    """

    drug: Annotated[
        object, WithJsonSchema({"type": "string", "description": "Any usual name of the drug."})
    ]
    route: Annotated[object, WithJsonSchema({"type": "string", "enum": [*Route]})]
    dose: Annotated[object, WithJsonSchema({**_ABOVE_0, "description": _DOSE})]
    unit: Annotated[object, WithJsonSchema({"type": "string", "enum": [*DoseUnit]})]
    per_day: Annotated[object, WithJsonSchema({**_ABOVE_0, "description": _PER_DAY})] = None
    as_needed: Annotated[object, WithJsonSchema({"type": "boolean"})] = None
    form: OptionalSlug = None
    product: OptionalName = None


RegimenIn = Annotated[tuple[OpioidItemIn, ...], Field(max_length=100)]


class ConvertedItemOut(BaseModel):
    """A line of a regimen and its share of the MEDD, or the reason why it has none."""

    drug: str
    route: str
    dose: float
    unit: str
    per_day: float | None
    as_needed: bool
    form: str | None
    product: str | None
    factor: float | None = Field(description="Oral morphine mg for one unit of the drug.")
    mg: float | None = Field(description="Oral morphine equivalent, mg/24 h.")
    reason: str | None = Field(description="Why it was not converted.")


def read_regimen(items: RegimenIn, field: str, *, recorded: bool = True) -> Regimen:
    """Read what was sent under `field`; `RuleViolation` names every problem there."""
    return read_items([item.model_dump() for item in items], field=field, recorded=recorded)


def show_item(done: ConvertedItem) -> ConvertedItemOut:
    """Answer one converted line."""
    item = done.item
    return ConvertedItemOut(
        drug=item.drug,
        route=item.route,
        dose=float(item.dose),
        unit=item.unit,
        per_day=None if item.per_day is None else float(item.per_day),
        as_needed=item.as_needed,
        form=item.form,
        product=item.product,
        factor=None if done.factor is None else float(done.factor),
        mg=None if done.mg is None else float(done.mg),
        reason=done.reason,
    )
