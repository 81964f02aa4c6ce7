"""Reports that people keep."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from registry.db.base import SiteRow, utc_now


class SavedReport(SiteRow, table=True):
    """A report and its filters under a name, for everybody of a site who may read outcomes.

    `query` is the address's query string: the address is the report, and this only names it.
    """

    __tablename__ = "saved_report"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    name: str = Field(max_length=120)
    report: str = Field(max_length=40)
    query: str = Field(max_length=2000)
    created_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=utc_now)
