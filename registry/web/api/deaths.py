"""The end of a patient's timeline."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from registry.db.tables import Death
from registry.domain.access import Permission
from registry.services.corrections import get_record
from registry.services.patients import record_death
from registry.web.api.models import CONFLICTS, Day, Sent
from registry.web.api.writing import Submitting
from registry.web.deps import Bearer, Today, WriteSession
from registry.web.needs import api_needs

router = APIRouter(tags=["patients"], dependencies=[api_needs(Permission.WRITE_RECORDS)])


class DeathIn(Sent):
    """When a patient died."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"died_on": "2026-02-14"}]})

    died_on: Day


class DeathOut(BaseModel):
    """A recorded death."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    patient_id: UUID
    version: int
    died_on: date


@router.post(
    "/patients/{patient_id}/death",
    status_code=HTTPStatus.CREATED,
    responses=CONFLICTS,
    summary="Record a patient's death",
)
def create_death(
    patient_id: UUID,
    body: DeathIn,
    actor: Bearer,
    session: WriteSession,
    submit: Submitting,
    today: Today,
) -> DeathOut:
    """Record a death; 409 when one stands already, 422 when something is recorded after the day."""
    record_id = submit(
        body,
        lambda: record_death(
            session, actor=actor, patient_id=patient_id, died_on=body.died_on, today=today
        ),
    )
    return DeathOut.model_validate(get_record(session, Death, actor=actor, record_id=record_id))
