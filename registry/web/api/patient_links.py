"""Links by which a patient answers once, without signing in."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from registry.db.tables import PatientLink
from registry.domain.access import Permission
from registry.services.patient_links import MOST_DAYS, VALID_DAYS, get_link, make_patient_link
from registry.web.api.models import CONFLICTS, Sent, Whole
from registry.web.api.writing import Submitting
from registry.web.deps import Bearer, Now, WriteSession
from registry.web.needs import api_needs
from registry.web.views.make_link import address_of

router = APIRouter(tags=["patients"], dependencies=[api_needs(Permission.WRITE_RECORDS)])


class LinkIn(Sent):
    """How long a link is to work."""

    valid_days: Annotated[Whole, Field(ge=1, le=MOST_DAYS)] = VALID_DAYS


class LinkOut(BaseModel):
    """A link for a patient. It works once, and its address is kept nowhere."""

    id: UUID
    patient_id: UUID
    expires_at: datetime
    address: str | None = Field(
        description="Answered this once; null when the request is sent again under its key."
    )


@router.post(
    "/patients/{patient_id}/links",
    status_code=HTTPStatus.CREATED,
    responses=CONFLICTS,
    summary="Make a link by which the patient answers once",
)
def create_link(
    request: Request,
    patient_id: UUID,
    body: LinkIn,
    actor: Bearer,
    session: WriteSession,
    submit: Submitting,
    now: Now,
) -> LinkOut:
    """Make a link; one that was made before and not used is withdrawn."""
    address: str | None = None

    def write() -> PatientLink:
        nonlocal address
        link, secret = make_patient_link(
            session, actor=actor, patient_id=patient_id, now=now, valid_days=body.valid_days
        )
        address = address_of(request, secret)
        return link

    link = get_link(session, actor=actor, link_id=submit(body, write))
    return LinkOut(
        id=link.id, patient_id=link.patient_id, expires_at=link.expires_at, address=address
    )
