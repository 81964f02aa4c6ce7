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
    """Somebody who can sign in."""

    __tablename__ = "user_account"
    __table_args__ = (
        UniqueConstraint("email"),
        CheckConstraint("email = lower(email)", name="email_lower_case"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    email: str = Field(max_length=254)
    name: str = Field(max_length=200)
    password_hash: str = Field(max_length=500)
    active: bool = True
    created_at: datetime = Field(default_factory=utc_now)


class Membership(SQLModel, table=True):
    """What a person is to a site."""

    __table_args__ = (one_of("role", Role),)

    site_id: UUID = Field(primary_key=True, foreign_key="site.id")
    user_id: UUID = Field(primary_key=True, foreign_key="user_account.id", index=True)
    role: str = Field(max_length=20)


class UserSession(SQLModel, table=True):
    """A browser that is signed in. Only a hash of its cookie is kept."""

    __tablename__ = "user_session"

    token_hash: str = Field(primary_key=True, max_length=64)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    csrf_token: str = Field(max_length=64)
    created_at: datetime = Field(default_factory=utc_now)
    expires_at: datetime


class ApiToken(SQLModel, table=True):
    """A key for a program that acts as a person. Shown once, kept as a hash."""

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("token_hash"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    token_hash: str = Field(max_length=64)
    created_at: datetime = Field(default_factory=utc_now)
    expires_at: datetime
    revoked_at: datetime | None = None
