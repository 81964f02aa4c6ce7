"""A regimen as it is sent and answered: one rule for form, file and API reads its lines."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, Field, WithJsonSchema

from registry.domain.opioids import (
    ConvertedItem,
    DoseUnit,
    Medd,
    OpioidItem,
    Regimen,
    Route,
    read_items,
)
from registry.domain.regimens import ReadRegimen
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


class OpioidItemOut(BaseModel):
    """A line of a regimen, in the shape in which it can be sent."""

    drug: str
    route: str
    dose: float
    unit: str
    per_day: float | None
    as_needed: bool
    form: str | None
    product: str | None


class ConvertedItemOut(OpioidItemOut):
    """A line of a regimen and its share of the MEDD, or the reason why it has none."""

    factor: float | None = Field(description="Oral morphine mg for one unit of the drug.")
    mg: float | None = Field(description="Oral morphine equivalent, mg/24 h.")
    reason: str | None = Field(description="Why it was not converted.")


class MeddOut(BaseModel):
    """The oral morphine equivalent of a regimen. Describes a dose; not for switching opioids."""

    table: str
    version: str
    total_mg: float = Field(description="Of the systemic items, mg/24 h oral morphine.")
    complete: bool = Field(description="False: a systemic opioid has no factor in this table.")
    items: list[ConvertedItemOut] = Field(description="The systemic items.")
    neuraxial: list[ConvertedItemOut] = Field(
        description="Intrathecal and epidural items: they have no agreed factor."
    )


class ReadRegimenOut(BaseModel):
    """What was understood of a written regimen, and the parts that were not."""

    items: list[OpioidItemOut] = Field(description="Can be sent to `/medd` as they are.")
    not_understood: list[str] = Field(description="As written: nothing was taken from them.")


def read_regimen(items: RegimenIn, field: str, *, recorded: bool = True) -> Regimen:
    """Read what was sent under `field`; `RuleViolation` names every problem there."""
    return read_items([item.model_dump() for item in items], field=field, recorded=recorded)


def show_medd(medd: Medd) -> MeddOut:
    """Answer a converted regimen."""
    return MeddOut(
        table=medd.table,
        version=medd.version,
        total_mg=float(medd.total_mg),
        complete=medd.complete,
        items=[_converted(done) for done in medd.items],
        neuraxial=[_converted(done) for done in medd.neuraxial],
    )


def show_read(read: ReadRegimen) -> ReadRegimenOut:
    """Answer what was understood of a text."""
    items = [OpioidItemOut(**_item(item)) for item in read.items]
    return ReadRegimenOut(items=items, not_understood=list(read.not_understood))


def _converted(done: ConvertedItem) -> ConvertedItemOut:
    return ConvertedItemOut(
        **_item(done.item),
        factor=None if done.factor is None else float(done.factor),
        mg=None if done.mg is None else float(done.mg),
        reason=done.reason,
    )


def _item(item: OpioidItem) -> dict[str, Any]:
    return {
        **asdict(item),
        "dose": float(item.dose),
        "per_day": None if item.per_day is None else float(item.per_day),
    }
