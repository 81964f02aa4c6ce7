"""The patient and the end of the timeline."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from registry.db.base import KeptRow, one_of, within_site
from registry.domain.timeline import Sex


class Patient(KeptRow, table=True):
    """A person treated at a site, known there by a hospital number.

    `merged_into_id` marks a second record of a person: what hangs on it is read as the course of
    the record it points to, and is its own again when the merge is undone.
    """

    __table_args__ = (
        UniqueConstraint("site_id", "hospital_number"),
        one_of("sex", Sex),
        within_site("merged_into_id", "patient"),
        Index(None, "site_id", "merged_into_id"),
        CheckConstraint("merged_into_id <> id", name="merged_into_another"),
    )

    hospital_number: str = Field(max_length=40)
    name: str | None = Field(default=None, max_length=200)
    birth_date: date
    sex: str = Field(max_length=20)
    phone: str | None = Field(default=None, max_length=40)
    diagnosis_group: str | None = Field(default=None, max_length=60)
    diagnosis: str | None = Field(default=None, max_length=200)
    metastases: bool | None = None
    merged_into_id: UUID | None = None


class Death(KeptRow, table=True):
    """That a patient died, and when. At most one that stands for each patient."""

    __table_args__ = (
        within_site("patient_id", "patient"),
        Index(
            "uq_death_standing",
            "site_id",
            "patient_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
    )

    patient_id: UUID
    died_on: date
