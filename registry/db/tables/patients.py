"""The patient, sealed, by what marks one is found, and the end of the timeline."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Connection, Index, event, text
from sqlmodel import Field, SQLModel

from registry.db.base import KeptRow, one_of, within_site
from registry.db.patient_marks import number_mark, search_keys
from registry.db.sealed import SealedDate, SealedText
from registry.domain.timeline import Sex


class Patient(KeptRow, table=True):
    """A person treated at a site, known there by a hospital number.

    Number, name, birth date and phone are sealed. `hospital_number_mark` is the same for the same
    number of a site, so that it can be looked up and is used once; it is set with every write.
    Only a registration by an import that was undone is ever voided: its number is free again.

    `merged_into_id` marks a second record of a person: what hangs on it is read as the course of
    the record it points to, and is its own again when the merge is undone.
    """

    __table_args__ = (
        Index(
            "uq_patient_number_standing",
            "site_id",
            "hospital_number_mark",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
        one_of("sex", Sex),
        within_site("merged_into_id", "patient"),
        Index(None, "site_id", "merged_into_id"),
        CheckConstraint("merged_into_id <> id", name="merged_into_another"),
    )

    hospital_number: str = Field(sa_type=SealedText("hospital_number", 40))
    hospital_number_mark: str = Field(default="", max_length=64)
    name: str | None = Field(default=None, sa_type=SealedText("name", 200))
    birth_date: date = Field(sa_type=SealedDate("birth_date"))
    sex: str = Field(max_length=20)
    phone: str | None = Field(default=None, sa_type=SealedText("phone", 40))
    diagnosis_group: str | None = Field(default=None, max_length=60)
    diagnosis: str | None = Field(default=None, max_length=200)
    metastases: bool | None = None
    merged_into_id: UUID | None = None


class PatientSearchKey(SQLModel, table=True):
    """A beginning of a patient's number or of a word of their name, as a short keyed mark.

    Sixteen bits: enough to leave few to be unsealed and compared, too few to tell a name by.
    """

    __tablename__ = "patient_search_key"
    __table_args__ = (
        within_site("patient_id", "patient", ondelete="CASCADE"),
        Index(None, "site_id", "patient_id"),
    )

    site_id: UUID = Field(primary_key=True)
    search_key: int = Field(primary_key=True)
    patient_id: UUID = Field(primary_key=True)


@event.listens_for(Patient, "before_insert")
@event.listens_for(Patient, "before_update")
def _mark(_mapper: Any, _connection: Connection, patient: Patient) -> None:
    patient.hospital_number_mark = number_mark(patient.site_id, patient.hospital_number)


@event.listens_for(Patient, "after_insert")
@event.listens_for(Patient, "after_update")
def _keep_search_keys(_mapper: Any, connection: Connection, patient: Patient) -> None:
    table: Any = PatientSearchKey.__table__  # type: ignore[attr-defined]
    own = {"site_id": patient.site_id, "patient_id": patient.id}
    connection.execute(
        table.delete().where(table.c.site_id == patient.site_id, table.c.patient_id == patient.id)
    )
    keys = search_keys(patient.site_id, patient.hospital_number, patient.name)
    connection.execute(table.insert(), [{**own, "search_key": key} for key in sorted(keys)])


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
