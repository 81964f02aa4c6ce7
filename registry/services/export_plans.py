"""Planning an export of data sets: who may take what, of whom, up to which line of the trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from registry.db.queries.export_scope import ExportScope
from registry.db.queries.people import list_sites
from registry.db.queries.trail import last_change, list_heads
from registry.domain.access import Actor, Permission, Profile
from registry.domain.errors import NotPermitted, RuleViolation
from registry.domain.trail import Link
from registry.services.audit import record_event
from registry.services.exports import LONGEST_PURPOSE, plain_filters
from reports.filters import Filters

TRAIL = "audit_trail"
_RECORDS = (
    *("patient", "procedure", "assessment", "adverse_event", "death", "device_check"),
    *("missed_follow_up", "site"),
)
"""Tables whose changes change what an export holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asks to take away: names of data sets and formats, a profile and a purpose."""

    data_sets: tuple[str, ...]
    formats: tuple[str, ...]
    profile: Profile
    purpose: str
    filters: Filters = Filters()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """An export that may happen: of which sites, as things stand on which day.

    `heads` are the places in the sites' chains up to which the registry is told: the last change
    of a record or, where the trail itself is taken away, its last line.
    """

    asked: Asked
    sites: Mapping[UUID, str]
    as_of: date
    heads: Mapping[UUID, Link]
    synthetic: bool

    @property
    def scope(self) -> ExportScope:
        """Give the plan as the queries of exports take it."""
        trail = {str(site): link.number for site, link in self.heads.items()}
        return scope_for(self.asked.filters, frozenset(self.sites), self.as_of, trail)


def scope_for(
    filters: Filters, sites: frozenset[UUID], as_of: date, trail: Mapping[str, int]
) -> ExportScope:
    """Put filters as the queries of exports take them."""
    named = {f.name: getattr(filters, f.name) for f in fields(filters)}
    choices = {n: v for n, v in named.items() if v and n not in {"since", "until"}}
    return ExportScope(sites, as_of, filters.since, filters.until, choices, trail)


def plan_export(session: Session, *, actor: Actor, asked: Asked, as_of: date) -> ExportPlan:
    """Plan an export that an actor asks for; nothing has left and nothing is written yet."""
    _check(asked)
    allowed = actor.sites_to_take(asked.profile)
    if not allowed:
        raise NotPermitted(_refusal(actor, asked.profile))
    wanted = asked.filters.site
    sites = [s for s in list_sites(session) if s.id in allowed and (not wanted or s.code in wanted)]
    if missing := set(wanted) - {s.code for s in sites}:
        names = " and ".join(sorted(missing))
        raise NotPermitted(f"You may not take {_words(asked.profile)} data of {names} away.")
    _check_trail(actor, asked, frozenset(s.id for s in sites))
    heads = _heads(session, frozenset(s.id for s in sites), whole=TRAIL in asked.data_sets)
    codes = {s.id: s.code for s in sites}
    return ExportPlan(asked, codes, as_of, heads, any(s.synthetic for s in sites))


def _check(asked: Asked) -> None:
    if not asked.purpose.strip():
        message = "Say what the data are for; it is kept in the audit trail."
        raise RuleViolation.at("purpose", message)
    if len(asked.purpose.strip()) > LONGEST_PURPOSE:
        raise RuleViolation.at("purpose", f"Shorten this to {LONGEST_PURPOSE} characters.")
    dated = asked.filters.since or asked.filters.until
    if asked.profile is Profile.SAFE_HARBOR and dated:
        raise RuleViolation.at(
            "since" if asked.filters.since else "until",
            "A period would date each procedure in it. Leave it out of a de-identified export, and "
            "choose by first_procedure_year in the data.",
        )


def _check_trail(actor: Actor, asked: Asked, sites: frozenset[UUID]) -> None:
    if TRAIL in asked.data_sets and not all(actor.may(Permission.READ_TRAIL, s) for s in sites):
        raise NotPermitted("The audit trail is for those who may search it. Leave it out.")


def _refusal(actor: Actor, profile: Profile) -> str:
    may = " or ".join(_words(p) for p in actor.profiles)
    if not may:
        return "Your role doesn't include taking data away. Ask an auditor of the site."
    return f"Your role doesn't include {_words(profile)} data. You may take {may} data away."


def _words(profile: Profile) -> str:
    return profile.value.replace("_", " ")


def _heads(session: Session, sites: frozenset[UUID], *, whole: bool) -> dict[UUID, Link]:
    """Find up to where the trail is told.

    What was merely looked at or taken away changes no record: without the trail itself the same
    records give the same file, however often they are exported.
    """
    if whole:
        ends = {h.chain: Link(h.number, h.seal) for h in list_heads(session)}
        return {site: ends[str(site)] for site in sites if str(site) in ends}
    found = {site: last_change(session, site, _RECORDS) for site in sites}
    return {site: Link(e.number, e.seal) for site, e in found.items() if e is not None}


def record_plan(session: Session, *, actor: Actor, plan: ExportPlan, export_id: UUID) -> None:
    """Write into the trail of each site that data are about to leave. The caller commits first."""
    for site_id in sorted(plan.sites):
        record_event(
            session,
            actor,
            "export",
            site_id=site_id,
            changes=_told(plan, export_id),
            reason=plan.asked.purpose.strip(),
        )
    session.flush()


def record_made(
    session: Session, *, actor: Actor, plan: ExportPlan, export_id: UUID, made: Mapping[str, Any]
) -> None:
    """Write into the trail what left, with the file's SHA-256."""
    told = {**_told(plan, export_id), **{name: [None, value] for name, value in made.items()}}
    for site_id in sorted(plan.sites):
        record_event(
            session,
            actor,
            "export_made",
            site_id=site_id,
            changes=told,
            reason=plan.asked.purpose.strip(),
        )
    session.flush()


def _told(plan: ExportPlan, export_id: UUID) -> dict[str, list[Any]]:
    asked = asdict(plan.asked)
    named = {name: list(asked[name]) for name in ("data_sets", "formats")}
    told = {
        "export": str(export_id),
        **named,
        "profile": plan.asked.profile.value,
        "filters": plain_filters(plan.asked.filters),
    }
    return {name: [None, value] for name, value in told.items()}
