"""Patients: registering, listing and finding them. No patient's value ever stands in a URL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from sqlmodel import Session

from registry.db.tables import Patient
from registry.domain.access import Actor, Permission
from registry.domain.drafts import PatientDraft
from registry.domain.errors import NotFound
from registry.domain.timeline import Sex
from registry.services.outcomes import sites_of
from registry.services.patients import (
    find_patient_by_number,
    get_patient,
    normal_number,
    register_patient,
    search_patients,
)
from registry.web.api.models import (
    BLANK_IS_NONE,
    CONFLICTS,
    Day,
    OptionalLine,
    OptionalSlug,
    Sent,
    Text,
    YesNo,
)
from registry.web.api.sites import choose_site
from registry.web.api.writing import Submitting
from registry.web.deps import Bearer, ReadSession, Today, WriteSession
from registry.web.needs import api_needs

router = APIRouter(
    prefix="/patients", tags=["patients"], dependencies=[api_needs(Permission.READ_RECORDS)]
)

EXAMPLE: JsonDict = {
    "hospital_number": "H1",
    "birth_date": "1950-05-17",
    "sex": "female",
    "diagnosis_group": "lung",
    "metastases": True,
}
SiteCode = Annotated[
    OptionalSlug,
    Field(description="The site's code; may be left out by who works at one site alone."),
]
HospitalNumber = Annotated[
    Text,
    AfterValidator(normal_number),
    Field(max_length=40, description="Spaces and the letters' case don't matter."),
]
Phone = Annotated[Annotated[Text, Field(max_length=40)] | None, BLANK_IS_NONE]


class PatientIn(Sent):
    """A person to be registered at a site."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    site: SiteCode = None
    hospital_number: HospitalNumber
    birth_date: Day
    sex: Sex
    name: OptionalLine = None
    phone: Phone = None
    diagnosis_group: OptionalSlug = None
    diagnosis: OptionalLine = None
    metastases: YesNo | None = None

    def to_draft(self) -> PatientDraft:
        """Give the person as the rules judge them."""
        return PatientDraft(**self.model_dump(exclude={"site"}))


class LookupIn(Sent):
    """Whom to look up."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"hospital_number": "H1"}]})

    site: SiteCode = None
    hospital_number: HospitalNumber


class PatientOut(BaseModel):
    """A registered patient."""

    id: UUID
    site: str = Field(description="The site's code.")
    version: int
    hospital_number: str
    name: str | None
    birth_date: date
    sex: Sex
    phone: str | None
    diagnosis_group: str | None
    diagnosis: str | None
    metastases: bool | None


class PatientPage(BaseModel):
    """A page of patients, the latest registered first."""

    items: list[PatientOut]
    next_offset: int | None = Field(description="Where the next page begins; null on the last.")


class Paging(Sent):
    """Which part of a list to give."""

    limit: int = Field(default=50, ge=1, le=200)
    offset: int = Field(default=0, ge=0, le=10_000_000)


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=CONFLICTS,
    dependencies=[api_needs(Permission.WRITE_RECORDS)],
    summary="Register a patient",
)
def create_patient(
    body: PatientIn, actor: Bearer, session: WriteSession, submit: Submitting, today: Today
) -> PatientOut:
    """Register a person at a site; a hospital number can be used once in each site."""

    def write() -> Patient:
        site_id = choose_site(session, actor, body.site, Permission.WRITE_RECORDS)
        return register_patient(
            session, actor=actor, site_id=site_id, draft=body.to_draft(), today=today
        )

    record_id = submit(body, write)
    return show_patients(session, actor, [get_patient(session, actor=actor, patient_id=record_id)])[
        0
    ]


@router.get("", summary="List patients")
def list_patients(
    actor: Bearer, session: ReadSession, paging: Annotated[Paging, Query()]
) -> PatientPage:
    """List the patients of your sites, page by page. To find one by number, use the look-up."""
    found = search_patients(
        session, actor=actor, text="", limit=paging.limit + 1, offset=paging.offset
    )
    more = len(found) > paging.limit
    return PatientPage(
        items=show_patients(session, actor, found[: paging.limit]),
        next_offset=paging.offset + paging.limit if more else None,
    )


@router.post("/lookup", summary="Find a patient by hospital number")
def look_up_patient(body: LookupIn, actor: Bearer, session: ReadSession) -> PatientOut:
    """Find a patient of a site. A POST, so that the number stands in no log; it writes nothing."""
    site_id = choose_site(session, actor, body.site, Permission.READ_RECORDS)
    found = find_patient_by_number(
        session, actor=actor, site_id=site_id, hospital_number=body.hospital_number
    )
    if found is None:
        raise NotFound("This site has no patient with this hospital number.")
    return show_patients(session, actor, [found])[0]


def show_patients(session: Session, actor: Actor, rows: Sequence[Patient]) -> list[PatientOut]:
    """Answer patients of the actor's sites."""
    sites = sites_of(session, actor)
    return [PatientOut(**row.model_dump(), site=sites[row.site_id].code) for row in rows]
