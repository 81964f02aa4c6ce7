"""The second factor: codes of an authenticator app (RFC 6238), and recovery codes."""

from __future__ import annotations

import re
import secrets
from base64 import b32decode, b32encode
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlmodel import Session

from registry.db.queries import sign_in as queries
from registry.db.queries.people import get_user, list_memberships, list_sites
from registry.db.tables import UserAccount, UserTotp
from registry.domain.access import SECOND_FACTOR_ROLES, Actor, Role, require_account_manager
from registry.domain.errors import Conflict, NotFound, RuleViolation
from registry.services.audit import record_event
from registry.services.people import actor_of
from registry.services.secrets import digest
from registry.services.vault import Unreadable, Vault

STEP = 30
DRIFT = 1
"""How many steps a telephone's clock may be off."""
RECOVERY_CODES = 10
_ISSUER = "Assuage"
_WRONG = "This code is not right. Take the one that the app shows now; each works only once."


@dataclass(frozen=True, slots=True)
class Offer:
    """A second factor to be taken up: the secret as one types it, and as an app scans it."""

    secret: str
    address: str


def is_enrolled(session: Session, user_id: UUID) -> bool:
    """Say whether somebody has a second factor."""
    kept = queries.get_totp(session, user_id)
    return kept is not None and kept.confirmed_at is not None


def must_enrol(session: Session, user: UserAccount) -> bool:
    """Say whether somebody can't go on without a second factor.

    Made-up patients need no guard: a site of the demonstration does not ask for one.
    """
    if user.system_admin:
        sites = list_sites(session)
        return not sites or any(not site.synthetic for site in sites)
    return any(
        Role(membership.role) in SECOND_FACTOR_ROLES and not site.synthetic
        for membership, site in list_memberships(session, user.id)
    )


def offer_factor(session: Session, vault: Vault, *, user: UserAccount) -> Offer:
    """Offer a second factor. Until a code of it was given, the same is offered again.

    It asks for a write transaction: what is offered is kept, sealed.
    """
    kept = queries.get_totp(session, user.id)
    if kept is not None and kept.confirmed_at is not None:
        raise Conflict("There is a second factor already. Take it away before you set up another.")
    secret = _read(vault, kept) if kept else None
    if secret is None:
        secret = b32encode(secrets.token_bytes(20)).decode()
        sealed = vault.seal(_purpose(user.id), secret)
        if kept is None:
            session.add(UserTotp(user_id=user.id, secret=sealed))
        else:
            kept.secret = sealed
        session.flush()
    label = quote(f"{_ISSUER}:{user.email}")
    address = f"otpauth://totp/{label}?secret={secret}&issuer={_ISSUER}&digits=6&period={STEP}"
    return Offer(secret, address)


def take_up_factor(
    session: Session,
    vault: Vault,
    *,
    user: UserAccount,
    code: str,
    now: datetime,
    request_id: str | None = None,
) -> list[str]:
    """Take up the offered factor with a code of it; gives recovery codes, seen only now."""
    kept = queries.get_totp(session, user.id)
    if (
        kept is None
        or kept.confirmed_at is not None
        or not _is_code(session, vault, kept, code, now)
    ):
        raise RuleViolation.at("code", _WRONG)
    kept.confirmed_at = now
    record_event(session, actor_of(session, user, request_id), "set_second_factor")
    return _new_codes(session, user.id)


def renew_recovery_codes(session: Session, *, actor: Actor) -> list[str]:
    """Replace the actor's recovery codes; gives the new ones, seen only now."""
    if actor.user_id is None or not is_enrolled(session, actor.user_id):
        raise Conflict("There is no second factor for which to have recovery codes.")
    record_event(session, actor, "renew_recovery_codes")
    return _new_codes(session, actor.user_id)


def check_code(
    session: Session, vault: Vault, *, user_id: UUID, code: str, now: datetime
) -> str | None:
    """Say by what a code lets in, `code` or `recovery code`; None when it doesn't.

    It is used up: the same code, and any before it, are refused from then on.
    """
    kept = queries.get_totp(session, user_id)
    if kept is None or kept.confirmed_at is None:
        return None
    if _is_code(session, vault, kept, code, now):
        return "code"
    tidy = re.sub(r"[\s-]", "", code).upper()
    used = queries.take_recovery_code(session, user_id, _hash_code(user_id, tidy), now)
    return "recovery code" if used else None


def reset_factor(session: Session, *, actor: Actor, user_id: UUID) -> None:
    """Take somebody's second factor away: their telephone is lost, or is replaced."""
    if actor.user_id != user_id:
        require_account_manager(actor)
    if get_user(session, user_id) is None:
        raise NotFound("There is no such account.")
    queries.delete_totp(session, user_id)
    changes = {"user": [str(user_id), None]}
    record_event(session, actor, "reset_second_factor", changes=changes)
    session.flush()


def code_at(secret: str, step: int) -> str:
    """Give the code of a time step."""
    totp = TOTP(b32decode(secret), 6, SHA1(), STEP)  # noqa: S303  (what the apps reckon with)
    return totp.generate(step * STEP).decode()


def _is_code(session: Session, vault: Vault, kept: UserTotp, code: str, now: datetime) -> bool:
    secret, tidy = _read(vault, kept), re.sub(r"\s", "", code)
    if secret is None or not re.fullmatch(r"[0-9]{6}", tidy):
        return False
    current = int(now.timestamp()) // STEP
    for step in range(current - DRIFT, current + DRIFT + 1):
        if secrets.compare_digest(code_at(secret, step), tidy):
            return queries.advance_step(session, kept.user_id, step)
    return False


def _read(vault: Vault, kept: UserTotp) -> str | None:
    try:
        return vault.unseal(_purpose(kept.user_id), kept.secret)
    except Unreadable:
        return None


def _purpose(user_id: UUID) -> str:
    return f"second factor of {user_id}"


def _new_codes(session: Session, user_id: UUID) -> list[str]:
    codes = [b32encode(secrets.token_bytes(10)).decode() for _ in range(RECOVERY_CODES)]
    queries.replace_recovery_codes(session, user_id, (_hash_code(user_id, c) for c in codes))
    session.flush()
    return ["-".join(code[i : i + 4] for i in range(0, 16, 4)) for code in codes]


def _hash_code(user_id: UUID, code: str) -> str:
    return digest(f"{user_id} {code}")
