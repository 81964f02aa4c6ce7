"""Why there is no follow-up: what a call ended with when it brought no score."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from registry.db.tables import MissedFollowUp
from registry.domain.access import Permission
from registry.domain.drafts import MissedDraft
from registry.services.corrections import get_record
from registry.services.missed import record_missed
from registry.web.api.models import CONFLICTS, Sent, Slug, Text
from registry.web.api.writing import Submitting
from registry.web.deps import Bearer, Today, WriteSession
from registry.web.needs import api_needs

router = APIRouter(tags=["procedures"], dependencies=[api_needs(Permission.WRITE_RECORDS)])

_Note = Annotated[
    Annotated[Text, Field(max_length=500)] | None, AfterValidator(lambda text: text or None)
]


class MissedFollowUpIn(Sent):
    """Why a procedure has no follow-up in a window."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"window": "28d", "reason": "too-unwell"}]}
    )

    window: Slug = Field(description="`48h`, `7d`, `28d`, `90d` or `180d`: one that has opened.")
    reason: Slug = Field(description="A slug of the axis `missed_reason`.")
    note: _Note = Field(default=None, description="In words: needed with `other`. No names.")


class MissedFollowUpOut(BaseModel):
    """A recorded reason; an assessment made in the window after all counts as ever."""

    id: UUID
    procedure_id: UUID
    patient_id: UUID
    version: int
    window: str
    reason: str
    noted_on: date
    note: str | None


@router.post(
    "/procedures/{procedure_id}/missed-follow-ups",
    status_code=HTTPStatus.CREATED,
    responses=CONFLICTS,
    summary="Record why a procedure has no follow-up in a window",
)
def create_missed_follow_up(
    procedure_id: UUID,
    body: MissedFollowUpIn,
    actor: Bearer,
    session: WriteSession,
    submit: Submitting,
    today: Today,
) -> MissedFollowUpOut:
    """Record the reason; 409 when one stands, 422 when the window has a score or is yet to open."""
    draft = MissedDraft(window=body.window, reason=body.reason, note=body.note)
    record_id = submit(
        body,
        lambda: record_missed(
            session, actor=actor, procedure_id=procedure_id, draft=draft, today=today
        ),
    )
    row = get_record(session, MissedFollowUp, actor=actor, record_id=record_id)
    return MissedFollowUpOut(**row.model_dump(), window=row.window_slug)
