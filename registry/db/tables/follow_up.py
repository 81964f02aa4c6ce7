"""What came of asking for a follow-up: a reason why there is none, or a link for the patient."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from registry.db.base import KeptRow, SiteRow, one_of, utc_now, within_site
from registry.domain.windows import WINDOWS


class MissedFollowUp(KeptRow, table=True):
    """Why a procedure has no follow-up in a window. At most one that stands for each.

    `reason` is a slug of the axis `missed_reason`.
    """

    __tablename__ = "missed_follow_up"
    __table_args__ = (
        within_site("patient_id", "patient"),
        within_site("procedure_id", "procedure"),
        Index(None, "site_id", "patient_id"),
        Index(
            "uq_missed_follow_up_standing",
            "site_id",
            "procedure_id",
            "window_slug",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
        one_of("window_slug", (w.slug for w in WINDOWS)),
    )

    patient_id: UUID
    procedure_id: UUID
    window_slug: str = Field(max_length=10)
    reason: str = Field(max_length=40)
    noted_on: date
    note: str | None = Field(default=None, max_length=500)


class PatientLink(SiteRow, table=True):
    """A link by which a patient answers once, by phone. Only a hash of its secret is kept."""

    __tablename__ = "patient_link"
    __table_args__ = (
        within_site("patient_id", "patient"),
        within_site("assessment_id", "assessment"),
        UniqueConstraint("token_hash"),
        Index(None, "site_id", "patient_id"),
        CheckConstraint("(used_at IS NULL) = (assessment_id IS NULL)", name="used_once"),
    )

    patient_id: UUID
    token_hash: str = Field(max_length=64)
    created_at: datetime = Field(default_factory=utc_now)
    created_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    expires_at: datetime
    revoked_at: datetime | None = None
    used_at: datetime | None = None
    assessment_id: UUID | None = None
