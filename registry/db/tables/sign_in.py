"""How people and their programs are let in. Secrets are kept as hashes, or sealed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from registry.db.base import new_id, one_of, utc_now

LINK_PURPOSES = ("setup", "invite", "reset")


class UserSession(SQLModel, table=True):
    """A browser that is signed in. Only a hash of its cookie is kept.

    It ends at `expires_at`, or when nothing was asked for too long since `last_seen_at`.
    `confirmed_at` is when its person last gave a password or code.
    """

    __tablename__ = "user_session"
    __table_args__ = (UniqueConstraint("id"),)

    token_hash: str = Field(primary_key=True, max_length=64)
    id: UUID = Field(default_factory=new_id)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    csrf_token: str = Field(max_length=64)
    device: str = Field(max_length=80)
    created_at: datetime = Field(default_factory=utc_now)
    last_seen_at: datetime
    confirmed_at: datetime
    expires_at: datetime


class PendingSignIn(SQLModel, table=True):
    """Somebody whose password was right and whose second factor is still asked for."""

    __tablename__ = "pending_sign_in"

    token_hash: str = Field(primary_key=True, max_length=64)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    expires_at: datetime


class SignInGuard(SQLModel, table=True):
    """How often signing in failed behind a door; the door's key is kept as a hash."""

    __tablename__ = "sign_in_guard"

    door: str = Field(primary_key=True, max_length=80)
    failures: int = 0
    last_at: datetime
    blocked_until: datetime


class UserTotp(SQLModel, table=True):
    """A person's second factor. Its secret is sealed; without `confirmed_at` it is only offered.

    `last_step` is the time step of the last code that was taken: none before it counts again.
    """

    __tablename__ = "user_totp"

    user_id: UUID = Field(primary_key=True, foreign_key="user_account.id")
    secret: str = Field(max_length=300)
    last_step: int = 0
    created_at: datetime = Field(default_factory=utc_now)
    confirmed_at: datetime | None = None


class RecoveryCode(SQLModel, table=True):
    """A code that lets its person in once without the second factor."""

    __tablename__ = "recovery_code"

    code_hash: str = Field(primary_key=True, max_length=64)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    used_at: datetime | None = None


class HeldForm(SQLModel, table=True):
    """What somebody sent after their session had ended, sealed until they signed in again."""

    __tablename__ = "held_form"

    token_hash: str = Field(primary_key=True, max_length=64)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    sealed: str = Field(sa_column=Column(Text, nullable=False))
    expires_at: datetime


class AccountLink(SQLModel, table=True):
    """A link that works once: for the first account of all, or to choose a password."""

    __tablename__ = "account_link"
    __table_args__ = (
        one_of("purpose", LINK_PURPOSES),
        CheckConstraint("(purpose = 'setup') = (user_id IS NULL)", name="somebodys_or_setup"),
    )

    token_hash: str = Field(primary_key=True, max_length=64)
    purpose: str = Field(max_length=10)
    user_id: UUID | None = Field(default=None, foreign_key="user_account.id", index=True)
    expires_at: datetime


class ApiToken(SQLModel, table=True):
    """A key for a program that acts as a person, within its scopes. Shown once, kept as a hash."""

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("token_hash"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    name: str = Field(max_length=80)
    scopes: str = Field(max_length=200)
    token_hash: str = Field(max_length=64)
    created_at: datetime = Field(default_factory=utc_now)
    last_used_at: datetime | None = None
    expires_at: datetime
    revoked_at: datetime | None = None
