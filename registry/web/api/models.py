"""What every body shares: strict fields, days and text as they may be sent, and how errors look."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    WithJsonSchema,
)

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _read_iso_day(value: object) -> date:
    """Read a day in one way only: a program that sends a time or a number has a mistake in it."""
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError("There is no such day in the calendar.") from None
    raise ValueError("Give the day as text: YYYY-MM-DD.")


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("This text holds a NUL character, which can't be kept.")
    return text


Day = Annotated[
    date, BeforeValidator(_read_iso_day), WithJsonSchema({"type": "string", "format": "date"})
]
Text = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_without_nul)]
Slug = Annotated[Text, Field(max_length=60)]
Name = Annotated[Text, Field(max_length=120)]
BLANK_IS_NONE = AfterValidator(lambda text: text or None)
OptionalSlug = Annotated[Slug | None, BLANK_IS_NONE]
OptionalName = Annotated[Name | None, BLANK_IS_NONE]
OptionalLine = Annotated[Annotated[Text, Field(max_length=200)] | None, BLANK_IS_NONE]
OptionalNote = Annotated[Annotated[Text, Field(max_length=2000)] | None, BLANK_IS_NONE]
Whole = Annotated[int, Field(strict=True)]
Amount = Annotated[float, Field(strict=True, allow_inf_nan=False)]
YesNo = StrictBool


class Sent(BaseModel):
    """What a program sends. A field that isn't known here is refused, never silently dropped."""

    model_config = ConfigDict(extra="forbid")


class ProblemOut(BaseModel):
    """One thing that is wrong, at one field."""

    field: str = Field(
        description="The field as it was sent (`agents.0.volume_ml`); empty: the whole request."
    )
    message: str = Field(description="What is wrong and what to do next.")


class DoubtOut(BaseModel):
    """Something that is possible but unlikely."""

    code: str = Field(description="Send it in `confirmed` to say that this is right.")
    field: str
    message: str


class ErrorOut(BaseModel):
    """Every refusal has this shape. Nothing was written."""

    detail: str
    problems: list[ProblemOut]
    doubts: list[DoubtOut] = Field(
        default=[], description="What somebody must confirm before it is kept; asked only once."
    )


ConfirmedCodes = Annotated[
    tuple[Annotated[Text, Field(max_length=80)], ...],
    Field(max_length=50, description="Codes of `doubts` of an earlier answer that are right."),
]


def refusal(status: int, description: str) -> dict[int | str, dict[str, Any]]:
    """Declare a refusal for the documentation."""
    return {status: {"model": ErrorOut, "description": description}}


CONFLICTS = refusal(
    409, "It is recorded already, or the Idempotency-Key was used for another request."
)
