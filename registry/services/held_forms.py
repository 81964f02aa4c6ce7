"""What somebody sent after their session had ended: sealed until they signed in again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from registry.db.queries.sign_in import delete_expired_forms, find_held_form
from registry.db.tables import HeldForm
from registry.services.secrets import digest, new_secret
from registry.services.vault import Unreadable, Vault

HELD_FOR = timedelta(hours=1)
LARGEST = 500_000
"""How many characters of a form are held."""

Fields = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Unsent:
    """A form as it was sent: where to, and every field in order."""

    address: str
    fields: Fields


def hold_form(
    session: Session, vault: Vault, *, user_id: UUID, address: str, fields: Fields, now: datetime
) -> str | None:
    """Hold a form for whoever was signed in; gives the browser's secret, None when it is too large.

    It is sealed under that secret and the installation's key: neither alone opens it, nor does the
    database.
    """
    plain = json.dumps({"address": address, "fields": dict(fields)})
    if len(plain) > LARGEST:
        return None
    delete_expired_forms(session, now)
    secret = new_secret()
    sealed = vault.seal(_purpose(secret, user_id), plain)
    held = HeldForm(
        token_hash=digest(secret), user_id=user_id, sealed=sealed, expires_at=now + HELD_FOR
    )
    session.add(held)
    session.flush()
    return secret


def recall_form(
    session: Session, vault: Vault, *, user_id: UUID, secret: str, now: datetime
) -> Unsent | None:
    """Give a held form back to the one who filled it in; to nobody else."""
    held = find_held_form(session, digest(secret)) if secret else None
    if held is None or held.user_id != user_id or held.expires_at <= now:
        return None
    try:
        found = json.loads(vault.unseal(_purpose(secret, user_id), held.sealed))
    except Unreadable:
        return None
    return Unsent(found["address"], found["fields"])


def drop_form(session: Session, *, secret: str) -> None:
    """Forget a held form."""
    if held := find_held_form(session, digest(secret)):
        session.delete(held)
        session.flush()


def _purpose(secret: str, user_id: UUID) -> str:
    return f"form held for {user_id} under {secret}"
