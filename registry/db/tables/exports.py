"""Exports that are made, and were made: what was asked, by whom, how far they are, their hash."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from registry.db.base import new_id, one_of, utc_now
from registry.domain.access import Profile
from registry.domain.exports import ExportState


class ExportJob(SQLModel, table=True):
    """An export of data sets. It may speak of several sites, so it belongs to none.

    `sites` and `heads` are by the site's id: its code, and the place in its trail up to which the
    registry is told. `beat_at` is when whoever makes it last said so: from a job that falls silent
    another process takes over. The file goes at `expires_at`; this line of it stays.
    """

    __tablename__ = "export_job"
    __table_args__ = (
        one_of("state", ExportState),
        one_of("profile", Profile),
        Index(None, "user_id", "created_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=utc_now)
    state: str = Field(default=ExportState.QUEUED.value, max_length=20)
    profile: str = Field(max_length=20)
    purpose: str = Field(max_length=500)
    data_sets: list[str] = Field(sa_column=Column(JSON, nullable=False))
    formats: list[str] = Field(sa_column=Column(JSON, nullable=False))
    filters: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    sites: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    heads: dict[str, list[Any]] = Field(sa_column=Column(JSON, nullable=False))
    synthetic: bool = False
    as_of: date
    rows_done: int = 0
    rows_total: int = 0
    beat_at: datetime = Field(default_factory=utc_now)
    message: str | None = Field(default=None, max_length=500)
    sha256: str | None = Field(default=None, max_length=64)
    size: int | None = Field(default=None, sa_column=Column(BigInteger))
    rows: dict[str, int] | None = Field(default=None, sa_column=Column(JSON))
    finished_at: datetime | None = None
    expires_at: datetime | None = None
    removed_at: datetime | None = None
