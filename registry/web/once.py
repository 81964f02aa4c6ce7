"""Doing a request's write once, however often it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from fastapi import Request
from sqlmodel import Session

from registry.db.base import SiteRow
from registry.domain.access import Actor
from registry.services.submissions import Receipt, carry_out_once


def write_once(
    session: Session,
    request: Request,
    *,
    actor: Actor,
    key: str | None,
    sent: str,
    write: Callable[[], SiteRow],
) -> Receipt:
    """Do a write unless this actor's request did it before under this key.

    `Conflict` when the key came with something else: another address, or other than `sent`.
    """
    asked = f"{request.method} {request.url.path}\n{sent}"
    fingerprint = hashlib.sha256(asked.encode()).hexdigest()
    return carry_out_once(session, actor=actor, key=key, fingerprint=fingerprint, write=write)
