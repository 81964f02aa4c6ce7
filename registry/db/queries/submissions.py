"""Requests that were already answered."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from registry.db.tables import Submission


def lock_submission(session: Session, user_id: UUID, key: str) -> None:
    """Make two requests with one key wait for each other; SQLite has a single writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
            {"key": f"{user_id}/{key}"},
        )


def find_submission(session: Session, user_id: UUID, key: str) -> Submission | None:
    """Find what was made under a key."""
    return session.get(Submission, (user_id, key))
