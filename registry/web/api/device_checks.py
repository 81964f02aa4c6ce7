"""Device checks: what an implanted device or a catheter delivers, its settings, its events."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from registry.db.tables import DeviceCheck, Procedure
from registry.domain.access import Permission
from registry.domain.devices import AmplitudeUnit, ConcentrationUnit, DailyUnit
from registry.domain.drafts import DeviceCheckDraft, InfusateDraft
from registry.domain.drugs import find_drug
from registry.services.corrections import get_record
from registry.services.device_checks import add_device_check
from registry.services.patients import read_course
from registry.web.api.models import (
    CONFLICTS,
    Amount,
    ConfirmedCodes,
    Day,
    Name,
    OptionalNote,
    OptionalSlug,
    Sent,
    Slug,
)
from registry.web.api.writing import Submitting
from registry.web.deps import Bearer, ReadSession, Today, WriteSession
from registry.web.needs import api_needs

router = APIRouter(tags=["devices"], dependencies=[api_needs(Permission.READ_RECORDS)])


class InfusateIn(Sent):
    """One drug that a pump or a catheter delivers."""

    drug: Name = Field(description="Any usual name of the drug.")
    concentration: Amount | None = None
    concentration_unit: ConcentrationUnit | None = None
    daily_dose: Amount | None = None
    daily_unit: DailyUnit | None = None

    def to_draft(self) -> InfusateDraft:
        """Give the line under the drug's slug; a name that nobody knows is left to the rules."""
        found = find_drug(self.drug)
        slug = found.drug.slug if found else self.drug
        return InfusateDraft(**{**self.model_dump(), "drug": slug})


class DeviceCheckIn(Sent):
    """A look at a device on a day. A stimulator delivers no drug, a pump has no amplitude.

    Concentration times rate must agree with the daily dose within 10 %, or be confirmed.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "checked_on": "2026-02-02",
                    "status": "refilled",
                    "mode": "continuous",
                    "infusate": [
                        {
                            "drug": "morphine",
                            "concentration": 10,
                            "concentration_unit": "mg/ml",
                            "daily_dose": 4,
                            "daily_unit": "mg/24h",
                        }
                    ],
                    "rate_ml_per_day": 0.4,
                    "reservoir_ml": 3,
                    "refilled_ml": 20,
                    "refill_due_on": "2026-03-16",
                }
            ]
        }
    )

    checked_on: Day
    status: OptionalSlug = Field(default=None, description="A slug of the axis `device_status`.")
    events: Annotated[tuple[Slug, ...], Field(max_length=20)] = Field(
        default=(), description="Slugs of the axis `device_event`."
    )
    mode: OptionalSlug = Field(default=None, description="A slug of the axis `device_mode`.")
    infusate: Annotated[tuple[InfusateIn, ...], Field(max_length=20)] = ()
    rate_ml_per_day: Amount | None = None
    reservoir_ml: Amount | None = Field(default=None, description="Left in the reservoir.")
    refilled_ml: Amount | None = None
    refill_due_on: Day | None = None
    amplitude: Amount | None = None
    amplitude_unit: AmplitudeUnit | None = None
    frequency_hz: Amount | None = None
    pulse_width_us: Amount | None = None
    hours_on_per_day: Amount | None = None
    note: OptionalNote = None
    confirmed: ConfirmedCodes = ()

    def to_draft(self) -> DeviceCheckDraft:
        """Give the check as the rules judge it."""
        return DeviceCheckDraft(
            **self.model_dump(exclude={"infusate", "confirmed"}),
            infusate=tuple(item.to_draft() for item in self.infusate),
            confirmed=frozenset(self.confirmed),
        )


class InfusateOut(BaseModel):
    """One drug that a pump or a catheter delivers."""

    model_config = ConfigDict(from_attributes=True)

    drug: str
    concentration: float | None
    concentration_unit: str | None
    daily_dose: float | None
    daily_unit: str | None


class DeviceCheckOut(BaseModel):
    """A recorded device check."""

    id: UUID
    procedure_id: UUID
    patient_id: UUID
    version: int
    checked_on: date
    status: str | None
    events: list[str]
    mode: str | None
    infusate: list[InfusateOut]
    rate_ml_per_day: float | None
    reservoir_ml: float | None
    refilled_ml: float | None
    refill_due_on: date | None
    amplitude: float | None
    amplitude_unit: str | None
    frequency_hz: float | None
    pulse_width_us: float | None
    hours_on_per_day: float | None
    note: str | None


@router.post(
    "/procedures/{procedure_id}/device-checks",
    status_code=HTTPStatus.CREATED,
    responses=CONFLICTS,
    dependencies=[api_needs(Permission.WRITE_RECORDS)],
    summary="Record a look at a device or catheter",
)
def create_device_check(
    procedure_id: UUID,
    body: DeviceCheckIn,
    actor: Bearer,
    session: WriteSession,
    submit: Submitting,
    today: Today,
) -> DeviceCheckOut:
    """Record a check of the device that a procedure placed, revised or refilled."""
    record_id = submit(
        body,
        lambda: add_device_check(
            session, actor=actor, procedure_id=procedure_id, draft=body.to_draft(), today=today
        ),
    )
    return read_device_check(record_id, actor, session)


@router.get("/procedures/{procedure_id}/device-checks", summary="List a device's checks")
def list_device_checks(
    procedure_id: UUID, actor: Bearer, session: ReadSession
) -> list[DeviceCheckOut]:
    """List the checks that hang on a procedure, earliest first."""
    procedure = get_record(session, Procedure, actor=actor, record_id=procedure_id)
    course = read_course(session, actor=actor, patient_id=procedure.patient_id)
    return [show_device_check(c) for c in course.device_checks if c.procedure_id == procedure_id]


@router.get("/device-checks/{check_id}", summary="Read a device check")
def read_device_check(check_id: UUID, actor: Bearer, session: ReadSession) -> DeviceCheckOut:
    """Read a device check as it stands."""
    row = get_record(session, DeviceCheck, actor=actor, record_id=check_id)
    return show_device_check(row)


def show_device_check(row: DeviceCheck) -> DeviceCheckOut:
    """Answer a recorded check with what was delivered."""
    own = DeviceCheckOut.model_fields.keys() & type(row).model_fields.keys() - {"events"}
    return DeviceCheckOut(
        **row.model_dump(include=own),
        events=row.events.split(";") if row.events else [],
        infusate=[InfusateOut.model_validate(item) for item in row.infusate],
    )
