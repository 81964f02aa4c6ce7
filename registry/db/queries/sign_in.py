"""Sessions, tokens, second factors, and what guards the way to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from registry.db.tables import (
    AccountLink,
    ApiToken,
    HeldForm,
    PendingSignIn,
    RecoveryCode,
    SignInGuard,
    UserSession,
    UserTotp,
)


def find_session(session: Session, token_hash: str) -> UserSession | None:
    """Find a browser's session by the hash of its cookie."""
    return session.get(UserSession, token_hash)


def list_sessions(session: Session, user_id: UUID, now: datetime) -> list[UserSession]:
    """List a person's sessions that have not run out, the last seen first."""
    query = select(UserSession).where(
        UserSession.user_id == user_id, col(UserSession.expires_at) > now
    )
    return list(session.exec(query.order_by(col(UserSession.last_seen_at).desc())).all())


def latest_sessions(session: Session) -> dict[UUID, datetime]:
    """Give when each person who has a session was last seen."""
    query = select(UserSession.user_id, func.max(UserSession.last_seen_at)).group_by(
        col(UserSession.user_id)
    )
    return dict(session.exec(query).all())


def mark_session(session: Session, token_hash: str, **values: datetime) -> None:
    """Note when a session was last seen, or its person last gave a password or code."""
    session.exec(
        update(UserSession).where(col(UserSession.token_hash) == token_hash).values(**values)
    )


def delete_expired_sessions(session: Session, user_id: UUID, now: datetime) -> None:
    """Forget a person's sessions that have run out."""
    session.exec(
        delete(UserSession).where(
            col(UserSession.user_id) == user_id, col(UserSession.expires_at) <= now
        )
    )


def delete_sessions(session: Session, user_id: UUID, *, but: str | None = None) -> int:
    """Forget all of a person's sessions, but perhaps the one with this cookie's hash."""
    query = delete(UserSession).where(col(UserSession.user_id) == user_id)
    if but is not None:
        query = query.where(col(UserSession.token_hash) != but)
    return session.exec(query).rowcount


def find_token(session: Session, token_hash: str) -> ApiToken | None:
    """Find an API token by its hash."""
    return session.exec(select(ApiToken).where(ApiToken.token_hash == token_hash)).first()


def get_token(session: Session, token_id: UUID) -> ApiToken | None:
    """Read an API token."""
    return session.get(ApiToken, token_id)


def list_tokens(session: Session, user_id: UUID) -> list[ApiToken]:
    """List a person's tokens that were not revoked, the newest first."""
    query = select(ApiToken).where(ApiToken.user_id == user_id, col(ApiToken.revoked_at).is_(None))
    return list(session.exec(query.order_by(col(ApiToken.created_at).desc())).all())


def mark_token(session: Session, token_id: UUID, now: datetime) -> None:
    """Note when a token was last used."""
    session.exec(update(ApiToken).where(col(ApiToken.id) == token_id).values(last_used_at=now))


def hold_guard(session: Session, door: str, now: datetime) -> SignInGuard:
    """Read the failures behind a door and hold them until the commit: who else knocks, waits."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    begin = insert(SignInGuard).values(door=door, failures=0, last_at=now, blocked_until=now)
    session.connection().execute(begin.on_conflict_do_nothing())
    return session.exec(
        select(SignInGuard)
        .where(SignInGuard.door == door)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def delete_old_guards(session: Session, before: datetime) -> None:
    """Forget doors at which nobody failed for long."""
    session.exec(delete(SignInGuard).where(col(SignInGuard.last_at) < before))


def find_pending(session: Session, token_hash: str) -> PendingSignIn | None:
    """Find a sign-in that waits for its second factor."""
    return session.get(PendingSignIn, token_hash)


def delete_pending(session: Session, user_id: UUID) -> None:
    """Forget the sign-ins of a person that wait."""
    session.exec(delete(PendingSignIn).where(col(PendingSignIn.user_id) == user_id))


def get_totp(session: Session, user_id: UUID) -> UserTotp | None:
    """Read a person's second factor, confirmed or only offered."""
    return session.get(UserTotp, user_id)


def people_with_second_factor(session: Session) -> set[UUID]:
    """List who has a second factor."""
    return set(
        session.exec(select(UserTotp.user_id).where(col(UserTotp.confirmed_at).is_not(None))).all()
    )


def advance_step(session: Session, user_id: UUID, step: int) -> bool:
    """Take a code's time step; False when it, or a later one, was taken before."""
    taken = session.exec(
        update(UserTotp)
        .where(col(UserTotp.user_id) == user_id, col(UserTotp.last_step) < step)
        .values(last_step=step)
    )
    return taken.rowcount == 1


def take_recovery_code(session: Session, user_id: UUID, code_hash: str, now: datetime) -> bool:
    """Use up a recovery code; False when there is none such, or it was used."""
    taken = session.exec(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.user_id) == user_id,
            col(RecoveryCode.code_hash) == code_hash,
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=now)
    )
    return taken.rowcount == 1


def count_recovery_codes(session: Session, user_id: UUID) -> int:
    """Count a person's recovery codes that can still be used."""
    query = select(func.count()).where(
        RecoveryCode.user_id == user_id, col(RecoveryCode.used_at).is_(None)
    )
    return session.exec(query).one()


def replace_recovery_codes(session: Session, user_id: UUID, hashes: Iterable[str]) -> None:
    """Put new recovery codes in the place of all earlier ones."""
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    session.add_all(RecoveryCode(code_hash=kept, user_id=user_id) for kept in hashes)


def delete_totp(session: Session, user_id: UUID) -> None:
    """Take a person's second factor away, recovery codes included."""
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    session.exec(delete(UserTotp).where(col(UserTotp.user_id) == user_id))


def find_held_form(session: Session, token_hash: str) -> HeldForm | None:
    """Find what somebody sent after their session had ended."""
    return session.get(HeldForm, token_hash)


def delete_expired_forms(session: Session, now: datetime) -> None:
    """Forget held forms that nobody came back for."""
    session.exec(delete(HeldForm).where(col(HeldForm.expires_at) <= now))


def find_link(session: Session, token_hash: str) -> AccountLink | None:
    """Find a link by the hash of its secret; whoever else uses it waits."""
    query = select(AccountLink).where(AccountLink.token_hash == token_hash).with_for_update()
    return session.exec(query).first()


def delete_links(session: Session, user_id: UUID | None) -> None:
    """Withdraw the links for somebody; None: those for the first account of all."""
    who = col(AccountLink.user_id)
    session.exec(delete(AccountLink).where(who.is_(None) if user_id is None else who == user_id))
