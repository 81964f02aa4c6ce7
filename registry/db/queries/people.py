"""Sites, people, their sessions and tokens."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from registry.db.tables import ApiToken, Membership, Site, UserAccount, UserSession


def get_site(session: Session, site_id: UUID) -> Site:
    """Read a site whose id comes from a record."""
    return session.get_one(Site, site_id)


def find_site(session: Session, code: str) -> Site | None:
    """Find a site by its code."""
    return session.exec(select(Site).where(Site.code == code)).first()


def list_sites(session: Session) -> list[Site]:
    """List all sites by code."""
    return list(session.exec(select(Site).order_by(col(Site.code))).all())


def find_user(session: Session, email: str) -> UserAccount | None:
    """Find an active account by e-mail, whatever its case."""
    return session.exec(
        select(UserAccount).where(
            UserAccount.email == email.strip().lower(), col(UserAccount.active).is_(True)
        )
    ).first()


def get_user(session: Session, user_id: UUID) -> UserAccount | None:
    """Read an active account."""
    user = session.get(UserAccount, user_id)
    return user if user is not None and user.active else None


def list_memberships(session: Session, user_id: UUID) -> list[tuple[Membership, Site]]:
    """List what somebody is to which site, by the site's code."""
    query = (
        select(Membership, Site)
        .join(Site, col(Site.id) == Membership.site_id)
        .where(Membership.user_id == user_id)
        .order_by(col(Site.code))
    )
    return list(session.exec(query).all())


def has_synthetic_site(session: Session) -> bool:
    """Say whether any site holds made-up patients."""
    return session.exec(select(Site.id).where(col(Site.synthetic)).limit(1)).first() is not None


def find_session(session: Session, token_hash: str) -> UserSession | None:
    """Find a browser's session by the hash of its cookie."""
    return session.get(UserSession, token_hash)


def delete_expired_sessions(session: Session, user_id: UUID, now: datetime) -> None:
    """Forget a person's sessions that have run out."""
    session.exec(
        delete(UserSession).where(
            col(UserSession.user_id) == user_id, col(UserSession.expires_at) <= now
        )
    )


def find_token(session: Session, token_hash: str) -> ApiToken | None:
    """Find an API token by its hash."""
    return session.exec(select(ApiToken).where(ApiToken.token_hash == token_hash)).first()
