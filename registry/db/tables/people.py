"""Sites, the people who work there, and how they are let in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from registry.db.base import new_id, one_of, utc_now
from registry.domain.access import Role


class Site(SQLModel, table=True):
    """A pain service. It chooses its conversion table, its eligibility floor and its cut-off."""

    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("eligibility_floor BETWEEN 0 AND 10", name="eligibility_floor_on_scale"),
        CheckConstraint("disclosure_threshold IN (5, 8, 11)", name="disclosure_threshold_known"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=40)
    name: str = Field(max_length=200)
    opioid_table: str = Field(default="cdc-2022", max_length=40)
    eligibility_floor: int = 4
    disclosure_threshold: int = 11
    synthetic: bool = False
    created_at: datetime = Field(default_factory=utc_now)


class UserAccount(SQLModel, table=True):
    """Somebody who can sign in.

    Without a password hash they were invited and have not chosen one yet, or come through the
    provider that knows them as `oidc_subject`. A system administrator manages sites and accounts.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        UniqueConstraint("email"),
        UniqueConstraint("oidc_subject"),
        CheckConstraint("email = lower(email)", name="email_lower_case"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    email: str = Field(max_length=254)
    name: str = Field(max_length=200)
    password_hash: str | None = Field(default=None, max_length=500)
    oidc_subject: str | None = Field(default=None, max_length=64)
    system_admin: bool = False
    active: bool = True
    created_at: datetime = Field(default_factory=utc_now)


class Membership(SQLModel, table=True):
    """What a person is to a site."""

    __table_args__ = (one_of("role", Role),)

    site_id: UUID = Field(primary_key=True, foreign_key="site.id")
    user_id: UUID = Field(primary_key=True, foreign_key="user_account.id", index=True)
    role: str = Field(max_length=20)
