"""What a program sends to have data exported, and what it is told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from registry.domain.access import Actor, Profile
from registry.domain.exports import ExportState
from registry.exchange.datasets import choose_data_sets, data_sets
from registry.exchange.formats import choose_formats
from registry.services.export_plans import Asked
from registry.web.api.filters import FilterQuery
from registry.web.api.models import Sent, Slug, Text

Purpose = Annotated[Text, Field(max_length=500)]
Names = Annotated[tuple[Slug, ...], Field(max_length=50)]


class ExportIn(Sent):
    """What to take away, and for what."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "data_sets": ["patients", "procedures", "procedure_outcomes"],
                    "formats": ["csv", "parquet"],
                    "profile": "limited",
                    "purpose": "clinical audit, quarter 3",
                    "filters": {"category": ["visceral-sympathetic"]},
                }
            ]
        }
    )

    data_sets: Names = Field(default=(), description="Names of data sets; none: all but the trail.")
    formats: Names = Field(default=(), description="csv, xlsx, parquet, spss, stata, jsonl.")
    profile: Profile
    purpose: Purpose = Field(description="Kept in the audit trail. No patient data.")
    filters: FilterQuery = FilterQuery()

    def asked(self, session: Session, actor: Actor) -> Asked:
        """Give what is asked for; what doesn't exist is refused."""
        named = self.data_sets or tuple(n for n in data_sets() if n != "audit_trail")
        return Asked(
            data_sets=tuple(d.name for d in choose_data_sets(named)),
            formats=tuple(choose_formats(self.formats)),
            profile=self.profile,
            purpose=self.purpose,
            filters=self.filters.read(session, actor),
        )


class ExportOut(BaseModel):
    """An export and how far it is. `sha256`, `size` and `rows` are there once it is done."""

    id: UUID
    state: ExportState
    profile: Profile
    purpose: str
    data_sets: list[str]
    formats: list[str]
    filters: dict[str, Any]
    sites: list[str]
    as_of: date
    created_at: datetime
    rows_done: int
    rows_total: int
    message: str | None
    sha256: str | None
    size: int | None
    rows: dict[str, int] | None
    finished_at: datetime | None
    expires_at: datetime | None
    removed_at: datetime | None


class RiskLineOut(BaseModel):
    """What a reader who knows `known` of a person could find, in patients."""

    known: list[str]
    combinations: int
    smallest: int = Field(description="The least k of any combination that occurs.")
    alone: int = Field(description="Patients who are the only one of a combination of theirs.")
    few: int = Field(description="Patients who share one with fewer than the threshold.")


class RareOut(BaseModel):
    """A technique that few patients had at a site."""

    technique: str
    site: str
    patients: int


class RiskOut(BaseModel):
    """How easily somebody could be found in an export, before it is released."""

    profile: Profile
    threshold: int
    patients: int
    procedures: int
    answer: str
    lines: list[RiskLineOut]
    rare: list[RareOut]
    rare_count: int


class RiskQuery(FilterQuery):
    """Of which procedures, under which profile."""

    profile: Profile


class ColumnOut(BaseModel):
    """A column as a profile leaves it."""

    name: str
    type: str
    unit: str
    meaning: str
    values: list[str]


class DataSetOut(BaseModel):
    """A data set as a profile leaves it."""

    name: str
    label: str
    grain: str
    key: list[str]
    columns: list[ColumnOut]
