"""What keeps a line of a logbook, or a request, from counting twice, and tells nobody what it said.

A plain hash of what was said could be found again by guessing it: a number, a birth date, a day. So
only a keyed mark of the hash is stored, and looked up under every key that the process has.
"""

from __future__ import annotations

from uuid import UUID

from registry.db.sealed import vault

_ROW, _REQUEST = "imported row", "submission"


def row_mark(site_id: UUID, fingerprint: str) -> str:
    """Mark what a line of a site's logbook says, by the hash of it."""
    return vault().mark(_ROW, f"{site_id}/{fingerprint}")


def row_marks(site_id: UUID, fingerprint: str) -> tuple[str, ...]:
    """Give the marks that a line may have, by this key or an earlier one."""
    return vault().marks(_ROW, f"{site_id}/{fingerprint}")


def request_mark(user_id: UUID, key: str, fingerprint: str) -> str:
    """Mark what somebody asked for under a client's key, by the hash of it."""
    return vault().mark(_REQUEST, f"{user_id}/{key}/{fingerprint}")


def request_marks(user_id: UUID, key: str, fingerprint: str) -> tuple[str, ...]:
    """Give the marks that a request may have, by this key or an earlier one."""
    return vault().marks(_REQUEST, f"{user_id}/{key}/{fingerprint}")
