"""The trail: who did what, which requests were already answered, what was confirmed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from registry.db.base import SiteRow, new_id, utc_now


class AuditEvent(SQLModel, table=True):
    """One line of the audit trail. `changes` is `{field: [old, new]}`; `site_id` is null for what
    happens before a site is known, such as a refused sign-in.

    Each site has a chain of its own, and what belongs to none has one: `number` counts from 1
    without a gap, `seal` seals all of the line behind the seal of the one before. Triggers keep
    lines from being changed or deleted; `assuage audit verify` finds who got past them.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index(None, "site_id", "record_type", "record_id"),
        Index(None, "site_id", "at"),
        UniqueConstraint("chain", "number"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    site_id: UUID | None = Field(default=None, foreign_key="site.id")
    at: datetime = Field(default_factory=utc_now)
    user_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    actor: str = Field(max_length=200)
    role: str = Field(max_length=20)
    action: str = Field(max_length=60)
    record_type: str | None = Field(default=None, max_length=40)
    record_id: UUID | None = None
    changes: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    reason: str | None = Field(default=None, max_length=500)
    request_id: str | None = Field(default=None, max_length=64)
    app_version: str = Field(max_length=40)
    schema_version: str = Field(max_length=40)
    chain: str = Field(max_length=40)
    number: int
    previous: str = Field(max_length=64)
    seal: str = Field(max_length=64)


class AuditHead(SQLModel, table=True):
    """Where a chain of the trail ends. Whoever adds a line holds this row until the commit."""

    __tablename__ = "audit_head"

    chain: str = Field(primary_key=True, max_length=40)
    number: int = 0
    seal: str = Field(max_length=64)


class Submission(SQLModel, table=True):
    """A write that was already carried out under a client's key: asked again, it isn't repeated.

    Its fingerprint is a keyed mark of what was asked for (`registry.db.fingerprints`).
    """

    user_id: UUID = Field(primary_key=True, foreign_key="user_account.id")
    key: str = Field(primary_key=True, max_length=200)
    fingerprint: str = Field(max_length=64)
    site_id: UUID | None = Field(default=None, foreign_key="site.id")
    record_type: str = Field(max_length=40)
    record_id: UUID
    created_at: datetime = Field(default_factory=utc_now)


class Confirmation(SiteRow, table=True):
    """That somebody was asked whether an unlikely value is right, and said yes.

    `code` names the doubt together with the value it was about, so another value is asked anew.
    """

    __table_args__ = (
        UniqueConstraint("site_id", "record_id", "code"),
        ForeignKeyConstraint(["site_id", "patient_id"], ["patient.site_id", "patient.id"]),
    )

    patient_id: UUID
    record_type: str = Field(max_length=40)
    record_id: UUID
    code: str = Field(max_length=80)
    message: str = Field(max_length=300)
    user_id: UUID | None = Field(default=None, foreign_key="user_account.id")
    actor: str = Field(max_length=200)
    confirmed_at: datetime = Field(default_factory=utc_now)
