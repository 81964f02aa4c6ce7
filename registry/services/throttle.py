"""Counting failures at the door, in the database: every worker counts together.

A try is counted before it is looked at, so that a thousand at once are a thousand failures; one
that succeeds is taken off again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from registry.db.queries.sign_in import delete_old_guards, hold_guard
from registry.domain.errors import TooManyTries
from registry.domain.throttling import FORGOTTEN_AFTER, Door, wait_after
from registry.services.vault import Vault

Doors = Mapping[Door, str]
"""Whose failures are counted behind which door: what was typed is never kept, only a mark of it."""


def knock(session: Session, vault: Vault, doors: Doors, now: datetime) -> None:
    """Count a try at each door; `TooManyTries`, with nothing counted, while one is shut."""
    held = [(door, hold_guard(session, key, now)) for key, door in _keys(vault, doors)]
    shut = max(guard.blocked_until for _, guard in held)
    if shut > now:
        raise TooManyTries(shut - now)
    for door, guard in held:
        if now - guard.last_at > FORGOTTEN_AFTER:
            guard.failures = 0
        guard.failures += 1
        guard.last_at = now
        guard.blocked_until = now + wait_after(door, guard.failures)
    session.flush()


def let_through(session: Session, vault: Vault, doors: Doors, now: datetime) -> None:
    """Take a try that succeeded off again: an account's failures are forgotten with it.

    An address's are not: who has an account could otherwise guess at others' for ever.
    """
    for key, door in _keys(vault, doors):
        guard = hold_guard(session, key, now)
        guard.failures = max(guard.failures - 1, 0) if door is Door.ADDRESS else 0
        guard.blocked_until = now
    session.flush()
    delete_old_guards(session, now - FORGOTTEN_AFTER)


def _keys(vault: Vault, doors: Doors) -> list[tuple[str, Door]]:
    """Name the doors, always in the same order: two tries must not wait for each other."""
    return sorted(
        (f"{door}:{vault.mark(f'door {door}', key)}", door) for door, key in doors.items()
    )
