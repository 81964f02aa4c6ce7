"""What a site decides for itself: its eligibility floor, conversion table and cut-off."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlmodel import Session

from registry.db.queries.outcomes import list_patients_of_site
from registry.db.queries.patients import find_patient, load_course
from registry.db.queries.people import find_site, list_sites
from registry.db.queries.sites import count_baselines, lock_site
from registry.db.tables import Site
from registry.domain.access import Actor, Permission, require, require_account_manager
from registry.domain.errors import Conflict, NotFound, Problem, RuleViolation, refuse
from registry.domain.opioids import conversion_tables
from registry.services.audit import differences, record_event
from registry.services.corrections import require_reason
from registry.services.outcomes import refresh_outcomes

FLOORS = range(11)
THRESHOLDS = (5, 8, 11)


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """The lowest baseline that can be judged (0-10), the table of oral morphine equivalents, and
    the lowest count that is shown to those who see no records.
    """

    eligibility_floor: int
    opioid_table: str
    disclosure_threshold: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change would do: how many of a site's procedures can be judged now, and then."""

    procedures: int
    eligible_now: int
    eligible_then: int


def mark(settings: SiteSettings) -> str:
    """Write settings as one text, to tell whether two are the same."""
    return f"{settings.eligibility_floor}|{settings.opioid_table}|{settings.disclosure_threshold}"


def settings_of(site: Site) -> SiteSettings:
    """Give what a site has decided."""
    return SiteSettings(site.eligibility_floor, site.opioid_table, site.disclosure_threshold)


def get_managed_site(session: Session, *, actor: Actor, code: str) -> Site:
    """Find a site by its code for whom it may be managed by."""
    site = find_site(session, code)
    if site is None:
        raise NotFound("There is no such site.")
    require(actor, Permission.MANAGE_SITE, site.id)
    return site


def list_managed_sites(session: Session, *, actor: Actor) -> list[Site]:
    """List the sites that the actor may manage."""
    return [s for s in list_sites(session) if actor.may(Permission.MANAGE_SITE, s.id)]


def foresee_settings(session: Session, site: Site, settings: SiteSettings) -> Effect:
    """Count which procedures could be judged under other settings."""
    counts = count_baselines(session, site.id)

    def from_floor(floor: int) -> int:
        return sum(n for score, n in counts.items() if score is not None and score >= floor)

    return Effect(
        procedures=sum(counts.values()),
        eligible_now=from_floor(site.eligibility_floor),
        eligible_then=from_floor(settings.eligibility_floor),
    )


def change_settings(
    session: Session,
    *,
    actor: Actor,
    code: str,
    settings: SiteSettings,
    seen: str,
    reason: str,
) -> Site:
    """Change what a site decides, and derive all of its outcomes anew.

    `seen` is the `mark` of what stood when the change was thought of: `Conflict` when it no longer
    does.
    """
    site = lock_site(session, get_managed_site(session, actor=actor, code=code).id)
    before = settings_of(site)
    if mark(before) != seen:
        raise Conflict("Somebody changed these settings since you opened them. Look at them again.")
    refuse(check_settings(settings))
    require_reason(reason)
    changes = differences(asdict(before), asdict(settings))
    if not changes:
        raise RuleViolation.at("", "Nothing was changed.")
    for name in changes:
        setattr(site, name, getattr(settings, name))
    action, why = "change_site_settings", reason.strip()
    record_event(session, actor, action, site_id=site.id, changes=changes, reason=why)
    session.flush()
    _rebuild(session, site.id)
    return site


def read_code(text: str) -> str:
    """Read the code of a new site."""
    code = text.strip()
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", code):
        raise RuleViolation.at(
            "site_code", "Enter a short code of letters, digits and - such as north."
        )
    return code


def read_site_name(text: str) -> str:
    """Read the name of a new site."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= 200:
        raise RuleViolation.at("site_name", "Enter the site's name, in at most 200 characters.")
    return name


def add_site(session: Session, *, actor: Actor, code: str, name: str) -> Site:
    """Open a site; who manages accounts gives people roles at it."""
    require_account_manager(actor)
    code, name = read_code(code), read_site_name(name)
    if find_site(session, code):
        raise RuleViolation.at("site_code", "There is a site with this code already.")
    site = Site(code=code, name=name)
    session.add(site)
    session.flush()
    record_event(session, actor, "open_site", site_id=site.id, changes={"code": [None, code]})
    session.flush()
    return site


def _rebuild(session: Session, site_id: UUID) -> None:
    """Derive a site's outcomes anew, each patient's locked: who writes meanwhile waits for it."""
    for listed in list_patients_of_site(session, site_id):
        patient = find_patient(session, [site_id], listed.id, lock=True)
        if patient is not None:
            refresh_outcomes(session, load_course(session, patient))


def check_settings(settings: SiteSettings) -> list[Problem]:
    """Find settings that a site can't have."""
    problems = []
    if settings.eligibility_floor not in FLOORS:
        problems.append(
            Problem("eligibility_floor", "The floor is a whole pain score from 0 to 10.")
        )
    if settings.opioid_table not in conversion_tables():
        problems.append(Problem("opioid_table", "Choose one of the listed conversion tables."))
    if settings.disclosure_threshold not in THRESHOLDS:
        problems.append(Problem("disclosure_threshold", "Choose 5, 8 or 11."))
    return problems
