"""Filling a new registry with the demonstration: its sites, its accounts, its patients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from registry.db.queries.people import list_sites
from registry.db.tables import Site, UserAccount
from registry.demo.bulk import BulkWriter
from registry.demo.courses import SITES, draw_courses
from registry.domain.access import Actor, Role
from registry.domain.errors import Conflict
from registry.services.people import actor_of, create_user, ensure_site, grant_role, local_actor

PROCEDURES = 420
PASSWORD = "made-up-patients"  # noqa: S105  (printed on the demonstration's own screen)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody to sign in as."""

    email: str
    name: str
    role: Role
    does: str


ACCOUNTS = (
    Account("clinician@example.org", "Dr Adeyemi", Role.CLINICIAN, "logs procedures, sees all"),
    Account("nurse@example.org", "Nurse Okafor", Role.COORDINATOR, "rings patients for follow-up"),
    Account("quality@example.org", "Quinn Marsh", Role.QUALITY, "compares, sees no record"),
    Account("auditor@example.org", "Audrey Lind", Role.AUDITOR, "takes data away"),
    Account("admin@example.org", "Ade Moss", Role.ADMIN, "keeps sites and accounts"),
)


def is_seeded(session: Session) -> bool:
    """Say whether the demonstration is there already; refuse a registry of anything else."""
    sites = list_sites(session)
    if any(not site.synthetic for site in sites):
        raise Conflict(
            "This database holds a real registry. Give the demonstration one of its own through "
            "ASSUAGE_DATABASE_URL."
        )
    return bool(sites)


def seed_demo(
    session: Session,
    *,
    today: date,
    procedures: int = PROCEDURES,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Make the sites, the accounts and the patients of the demonstration."""
    sites, actor = open_demo(session)
    writer = BulkWriter(session, actor, sites, today)
    for done, drawn in enumerate(draw_courses(today, procedures), start=1):
        writer.add(drawn)
        progress(done, procedures)
    writer.write()


def open_demo(session: Session) -> tuple[list[Site], Actor]:
    """Make the sites and the accounts; gives the sites, and who records at them."""
    sites = [ensure_site(session, code, name=name, synthetic=True) for code, name in SITES]
    clinician = _make_accounts(session, sites)[0]
    return sites, actor_of(session, clinician)


def _make_accounts(session: Session, sites: list[Site]) -> list[UserAccount]:
    local = local_actor(session)
    made = []
    for account in ACCOUNTS:
        user = create_user(
            session,
            actor=local,
            email=account.email,
            name=account.name,
            password=PASSWORD,
            site=sites[0],
            role=account.role,
        )
        user.system_admin = account.role is Role.ADMIN
        for site in sites[1:]:
            grant_role(session, actor=local, user=user, site=site, role=account.role)
        made.append(user)
    return made
