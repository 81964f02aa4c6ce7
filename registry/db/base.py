"""What all tables share: names of constraints, keys, types and the marks of a kept record."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> UUID:
    """Make a UUIDv7: unique without asking anyone, and sorted by time of entry."""
    return uuid7()


def utc_now() -> datetime:
    """Stamp a row. Stamps say when something was entered, never when it happened to a patient."""
    return datetime.now(UTC)


def one_of(column: str, values: object) -> CheckConstraint:
    """Allow only an enumeration's values in a column."""
    words = ", ".join(f"'{v}'" for v in values)  # type: ignore[attr-defined]
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_known")


def within_site(column: str, table: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """Refer to a row of the same site: a record can never point into another site's data."""
    return ForeignKeyConstraint(
        ["site_id", column], [f"{table}.site_id", f"{table}.id"], ondelete=ondelete
    )


class SiteRow(SQLModel):
    """A row that belongs to a site: `site_id` leads its key, so that sites can be kept apart."""

    site_id: UUID = Field(primary_key=True, foreign_key="site.id")
    id: UUID = Field(default_factory=new_id, primary_key=True)


class KeptRow(SiteRow):
    """A clinical record: amended under a version number, voided with a reason, never deleted."""

    version: int = 1
    created_at: datetime = Field(default_factory=utc_now)
    voided_at: datetime | None = None
    void_reason: str | None = Field(default=None, max_length=500)
