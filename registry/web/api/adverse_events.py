"""Adverse events of a procedure."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from registry.db.tables import AdverseEvent
from registry.domain.drafts import AdverseEventDraft
from registry.services.corrections import get_record
from registry.services.procedures import add_adverse_event
from registry.web.api.models import CONFLICTS, Day, OptionalLine, Sent, Slug, Whole
from registry.web.api.writing import Submitting
from registry.web.deps import Bearer, Today, WriteSession

router = APIRouter(tags=["procedures"])


class AdverseEventIn(Sent):
    """Something untoward after a procedure."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"onset_on": "2026-01-05", "complication": "hypotension", "grade": 2}]
        }
    )

    onset_on: Day
    complication: Slug = Field(description="A slug of the technique's picklist, or `other`.")
    complication_text: OptionalLine = Field(
        default=None, description="What happened, in words: needed with `other`."
    )
    grade: Whole | None = Field(default=None, description="CTCAE v5: 1 (mild) to 5 (death).")


class AdverseEventOut(BaseModel):
    """A recorded adverse event; an `expected` effect of the technique is counted apart."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    procedure_id: UUID
    patient_id: UUID
    version: int
    onset_on: date
    complication: str
    complication_text: str | None
    expected: bool
    scheme: str | None
    grade: int | None


@router.post(
    "/procedures/{procedure_id}/adverse-events",
    status_code=HTTPStatus.CREATED,
    responses=CONFLICTS,
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
    """Record something untoward after a procedure, graded by CTCAE where a grade is given."""
    draft = AdverseEventDraft(
        onset_on=body.onset_on,
        complication=body.complication,
        complication_text=body.complication_text,
        grade=body.grade,
    )
    record_id = submit(
        body,
        lambda: add_adverse_event(
            session, actor=actor, procedure_id=procedure_id, draft=draft, today=today
        ),
    )
    row = get_record(session, AdverseEvent, actor=actor, record_id=record_id)
    return AdverseEventOut.model_validate(row)
