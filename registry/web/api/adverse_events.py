"""Adverse events of a procedure."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from registry.db.tables import AdverseEvent
from registry.domain.access import Permission
from registry.domain.drafts import AdverseEventDraft
from registry.domain.grading import DEFAULT_GRADING, Relatedness, Resolution, Scheme
from registry.services.adverse_events import add_adverse_event
from registry.services.corrections import get_record
from registry.web.api.models import (
    CONFLICTS,
    Day,
    OptionalLine,
    OptionalNote,
    Sent,
    Slug,
    Text,
    Whole,
)
from registry.web.api.writing import Submitting
from registry.web.deps import Bearer, ReadSession, Today, WriteSession
from registry.web.needs import api_needs

router = APIRouter(tags=["procedures"], dependencies=[api_needs(Permission.READ_RECORDS)])


class AdverseEventIn(Sent):
    """Something untoward after a procedure."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "onset_on": "2026-01-05",
                    "complication": "hypotension",
                    "scheme": "ctcae",
                    "scheme_version": "5.0",
                    "grade": 2,
                    "relatedness": "probable",
                    "resolution": "resolved",
                    "resolved_on": "2026-01-06",
                }
            ]
        }
    )

    onset_on: Day
    complication: Slug = Field(description="A slug of the technique's picklist, or `other`.")
    complication_text: OptionalLine = Field(
        default=None, description="What happened, in words: needed with `other`."
    )
    scheme: Scheme = DEFAULT_GRADING.scheme
    scheme_version: Slug = Field(
        default=DEFAULT_GRADING.version,
        description="`5.0` or `6.0` of ctcae, `2017` of sir, `2004` of clavien-dindo.",
    )
    grade: Whole | None = Field(default=None, description="1 (mild) to 5 (death), by the scheme.")
    relatedness: Relatedness | None = None
    resolution: Resolution | None = Field(
        default=None, description="`fatal` goes with grade 5, and needs the death on record."
    )
    resolved_on: Day | None = None
    sequelae: Annotated[Text, Field(max_length=500)] | None = Field(
        default=None, description="What stayed: needed with `with_sequelae`."
    )
    note: OptionalNote = None

    def to_draft(self) -> AdverseEventDraft:
        """Give the event as the rules judge it."""
        return AdverseEventDraft(**self.model_dump())


class AdverseEventOut(BaseModel):
    """A recorded adverse event.

    An `expected` effect of the technique is counted apart, and so is the course of the disease:
    only what `counts_as_harm` is a complication.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    procedure_id: UUID
    patient_id: UUID
    version: int
    onset_on: date
    complication: str
    complication_text: str | None
    expected: bool
    counts_as_harm: bool
    scheme: str | None
    scheme_version: str | None
    grade: int | None
    relatedness: str | None
    resolution: str | None
    resolved_on: date | None
    sequelae: str | None
    note: str | None


@router.post(
    "/procedures/{procedure_id}/adverse-events",
    status_code=HTTPStatus.CREATED,
    responses=CONFLICTS,
    dependencies=[api_needs(Permission.WRITE_RECORDS)],
    summary="Record an adverse event after a procedure",
)
def create_adverse_event(
    procedure_id: UUID,
    body: AdverseEventIn,
    actor: Bearer,
    session: WriteSession,
    submit: Submitting,
    today: Today,
) -> AdverseEventOut:
    """Record something untoward after a procedure, graded by a named version of a scheme."""
    record_id = submit(
        body,
        lambda: add_adverse_event(
            session, actor=actor, procedure_id=procedure_id, draft=body.to_draft(), today=today
        ),
    )
    return read_adverse_event(record_id, actor, session)


@router.get("/adverse-events/{event_id}", summary="Read an adverse event")
def read_adverse_event(event_id: UUID, actor: Bearer, session: ReadSession) -> AdverseEventOut:
    """Read an adverse event as it stands."""
    row = get_record(session, AdverseEvent, actor=actor, record_id=event_id)
    return AdverseEventOut.model_validate(row)
