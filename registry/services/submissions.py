"""Writes that may be asked for twice, by a double click or a client's retry, and happen once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from registry.db.base import SiteRow
from registry.db.fingerprints import request_mark, request_marks
from registry.db.queries.submissions import find_submission, lock_submission
from registry.db.tables import Submission
from registry.domain.access import Actor
from registry.domain.errors import Conflict


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a write made; `repeated` when an earlier request with the same key made it."""

    record_id: UUID
    repeated: bool


def carry_out_once(
    session: Session,
    *,
    actor: Actor,
    key: str | None,
    fingerprint: str,
    write: Callable[[], SiteRow],
) -> Receipt:
    """Do a write unless it was done under this key; the same key for another body is refused.

    `fingerprint` is a hash of what was asked for; a keyed mark of it is kept. Without a
    key the write is simply done.
    """
    if not key or actor.user_id is None:
        return Receipt(write().id, repeated=False)
    lock_submission(session, actor.user_id, key)
    if earlier := find_submission(session, actor.user_id, key):
        if earlier.fingerprint not in request_marks(actor.user_id, key, fingerprint):
            raise Conflict("This key was used for another request. Use a new key for a new one.")
        return Receipt(earlier.record_id, repeated=True)
    row = write()
    session.add(
        Submission(
            user_id=actor.user_id,
            key=key,
            fingerprint=request_mark(actor.user_id, key, fingerprint),
            site_id=row.site_id,
            record_type=str(type(row).__tablename__),
            record_id=row.id,
        )
    )
    session.flush()
    return Receipt(row.id, repeated=False)
