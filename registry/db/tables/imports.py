"""Logbooks that are brought in: files, their lines, and the way there through the pages."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from registry.db.base import SiteRow, one_of, utc_now, within_site
from registry.db.sealed import SealedText
from registry.domain.imports import ImportState

LARGEST_FILE = 40_000_000
"""How many characters of a logbook, and of what was found in it, are kept."""


class ImportBatch(SiteRow, table=True):
    """One file that was brought in, and through which mapping."""

    __tablename__ = "import_batch"

    file_name: str = Field(max_length=255)
    mapping: str = Field(max_length=80)
    created_at: datetime = Field(default_factory=utc_now)
    undone_at: datetime | None = None


class ImportedRow(SiteRow, table=True):
    """One line of a file that became a procedure. Its fingerprint keeps it from coming in twice.

    That is a keyed mark (`registry.db.fingerprints`): nobody can confirm by it what a line said.
    """

    __tablename__ = "imported_row"
    __table_args__ = (
        UniqueConstraint("site_id", "fingerprint"),
        ForeignKeyConstraint(["site_id", "batch_id"], ["import_batch.site_id", "import_batch.id"]),
        ForeignKeyConstraint(["site_id", "procedure_id"], ["procedure.site_id", "procedure.id"]),
        Index(None, "site_id", "batch_id"),
    )

    batch_id: UUID
    line: int
    fingerprint: str = Field(max_length=64)
    procedure_id: UUID


class LogbookImport(SiteRow, table=True):
    """A logbook on its way in through the pages: its file, how it is read, and what was found.

    The file and the findings quote patients, so both are sealed; the file goes once it came in, or
    was discarded. `mapping` is how its columns and words are read: the site's next file begins
    with it. `beat_at` is when whoever works on it last said so.
    """

    __tablename__ = "logbook_import"
    __table_args__ = (
        one_of("state", ImportState),
        within_site("batch_id", "import_batch"),
        Index(None, "site_id", "created_at"),
    )

    user_id: UUID = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=utc_now)
    state: str = Field(default=ImportState.MATCHING.value, max_length=20)
    file_name: str = Field(max_length=255)
    content: str | None = Field(default=None, sa_type=SealedText("logbook", LARGEST_FILE))
    mapping: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    is_matched: bool = False
    findings: str | None = Field(default=None, sa_type=SealedText("findings", LARGEST_FILE))
    counts: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    patients_done: int = 0
    patients_total: int = 0
    beat_at: datetime = Field(default_factory=utc_now)
    message: str | None = Field(default=None, max_length=500)
    reason: str | None = Field(default=None, max_length=500)
    batch_id: UUID | None = None
    finished_at: datetime | None = None
