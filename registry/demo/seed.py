"""Filling a new registry with the demonstration, through the same services as real work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

from sqlmodel import Session

from registry.db.queries.people import list_sites
from registry.db.tables import Site, UserAccount
from registry.demo.linked import MadeUpStep
from registry.demo.people import MadeUpCourse, draw_course
from registry.demo.practice import Practice, draw_practice
from registry.demo.profiles import PROFILES
from registry.demo.referrals import add_referral
from registry.domain.access import Actor, Role
from registry.domain.errors import Conflict
from registry.services.adverse_events import add_adverse_event
from registry.services.assessments import add_assessment
from registry.services.device_checks import add_device_check
from registry.services.missed import record_missed
from registry.services.patients import record_death, register_patient
from registry.services.people import actor_of, create_user, ensure_site, grant_role, local_actor
from registry.services.procedures import log_procedure

SEED = 20_210_713
PROCEDURES = 420
MONTHS_BACK = 20
PASSWORD = "made-up-patients"  # noqa: S105  (printed on the demonstration's own screen)
SITES = (("harbour", "Harbour Hospital"), ("hill", "Hill Hospice"))


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
    random = Random(SEED)
    sites = [ensure_site(session, code, name=name, synthetic=True) for code, name in SITES]
    clinician = _make_accounts(session, sites)[0]
    actor = actor_of(session, clinician)
    weights = [p.weight for p in PROFILES]
    days = sorted(random.randrange(1, MONTHS_BACK * 30) for _ in range(procedures))
    for done, days_ago in enumerate(reversed(days), start=1):
        profile = random.choices(PROFILES, weights=weights)[0]
        course = draw_course(random, done, profile, today - timedelta(days=days_ago), today)
        add_referral(course, done, profile)
        site = random.choices(sites, weights=(3, 2))[0]
        practice = draw_practice(done, site.code, course, today)
        _record(session, actor, site, course, practice, today)
        progress(done, procedures)


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


def _record(
    session: Session,
    actor: Actor,
    site: Site,
    course: MadeUpCourse,
    practice: Practice,
    today: date,
) -> None:
    patient = register_patient(
        session, actor=actor, site_id=site.id, draft=course.patient, today=today
    )

    def log(step: MadeUpStep, follows: UUID | None) -> UUID:
        row = log_procedure(
            session,
            actor=actor,
            patient_id=patient.id,
            draft=replace(step.procedure, follows_id=follows, operator=practice.operator),
            baseline=step.baseline,
            today=today,
        )
        return row.id

    tested = log(course.test, None) if course.test else None
    treated = log(MadeUpStep(course.procedure, course.baseline), tested)
    for assessment in practice.follow_ups:
        add_assessment(session, actor=actor, patient_id=patient.id, draft=assessment, today=today)
    for step in course.later:
        log(step, treated)
    _record_aftermath(session, actor, treated, course, practice, today)
    if course.died_on is not None:
        record_death(
            session, actor=actor, patient_id=patient.id, died_on=course.died_on, today=today
        )


def _record_aftermath(
    session: Session,
    actor: Actor,
    treated: UUID,
    course: MadeUpCourse,
    practice: Practice,
    today: date,
) -> None:
    """Record what hangs on the treatment: harms, looks at a device, reasons for a missed call."""
    for event in practice.events:
        add_adverse_event(session, actor=actor, procedure_id=treated, draft=event, today=today)
    for check in course.checks:
        add_device_check(session, actor=actor, procedure_id=treated, draft=check, today=today)
    for missed in course.missed:
        record_missed(session, actor=actor, procedure_id=treated, draft=missed, today=today)
