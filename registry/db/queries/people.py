"""Sites, people, their sessions and tokens."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from registry.db.tables import Membership, Site, UserAccount


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


def count_accounts(session: Session) -> int:
    """Count all accounts, closed ones included."""
    return session.exec(select(func.count()).select_from(UserAccount)).one()


def get_account(session: Session, user_id: UUID) -> UserAccount | None:
    """Read an account, closed or not."""
    return session.get(UserAccount, user_id)


def find_account(session: Session, email: str) -> UserAccount | None:
    """Find an account by e-mail, closed or not."""
    query = select(UserAccount).where(UserAccount.email == email.strip().lower())
    return session.exec(query).first()


def find_by_subject(session: Session, subject: str) -> UserAccount | None:
    """Find an active account by how the provider knows its person."""
    query = select(UserAccount).where(
        UserAccount.oidc_subject == subject, col(UserAccount.active).is_(True)
    )
    return session.exec(query).first()


def list_accounts(session: Session) -> list[UserAccount]:
    """List all accounts by name."""
    return list(session.exec(select(UserAccount).order_by(col(UserAccount.name))).all())


def list_all_memberships(session: Session) -> list[tuple[Membership, Site]]:
    """List who is what to which site, by the site's code."""
    query = (
        select(Membership, Site)
        .join(Site, col(Site.id) == Membership.site_id)
        .order_by(col(Site.code))
    )
    return list(session.exec(query).all())
