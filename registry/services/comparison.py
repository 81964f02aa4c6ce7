"""Comparing technique categories: the frame that an actor may see, run through the reports."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from registry.db.tables import Site
from registry.domain.access import Actor, Permission
from registry.domain.axes import axis
from registry.domain.dates import show_day
from registry.domain.diagnoses import diagnosis_group
from registry.domain.errors import NotPermitted
from registry.domain.techniques import taxonomy
from registry.domain.windows import WINDOWS, Window
from registry.services.outcomes import outcome_frame, sites_of
from reports.catalogue import CATALOGUE
from reports.disclosure import Policy
from reports.filters import Filters
from reports.groups import By, Group
from reports.report import ReportOutput
from reports.run import prepare, run
from reports.scope import Scope


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every report of the catalogue over one set of procedures, released for one actor."""

    filters: Filters
    by: By
    scope: Scope
    is_empty: bool
    outputs: tuple[ReportOutput, ...]


def compare_outcomes(
    session: Session,
    *,
    actor: Actor,
    filters: Filters,
    by: By = "category",
    windows: Sequence[Window] = WINDOWS,
    today: date,
) -> Comparison:
    """Compare the procedures that the filters ask for, as things stand today.

    `windows` are those looked at closely; completeness is always told for all of them.
    """
    sites = readable_sites(session, actor)
    frame = outcome_frame(session, actor=actor, filters=filters, as_of=today)
    asked = [s for s in sites if not filters.site or s.code in filters.site]
    scope = Scope(
        population=population(filters, sites),
        cut_off=today,
        synthetic=any(s.synthetic for s in asked),
    )
    page = prepare(frame, by, groups_of(by), policy_for(actor, asked))
    outputs = tuple(
        run(report, page, scope=scope, windows=WINDOWS if report is CATALOGUE[0] else windows)
        for report in CATALOGUE
    )
    return Comparison(filters, by, scope, frame.is_empty(), outputs)


def readable_sites(session: Session, actor: Actor) -> list[Site]:
    """List the sites whose outcomes an actor may see; refuse who may see none."""
    allowed = actor.sites(Permission.READ_OUTCOMES)
    if not allowed:
        raise NotPermitted("Your role doesn't include outcomes. Ask the site's administrator.")
    return [site for key, site in sites_of(session, actor).items() if key in allowed]


def policy_for(actor: Actor, sites: Collection[Site]) -> Policy:
    """Hold small numbers back by the strictest cut-off of the sites whose records are closed."""
    closed = [s for s in sites if not actor.may(Permission.READ_RECORDS, s.id)]
    return Policy(max((s.disclosure_threshold for s in closed), default=None))


def groups_of(by: By) -> tuple[Group, ...]:
    """Give what can be compared, in the tree's order, which is the order of every figure."""
    tree = taxonomy()
    entries = tree.categories if by == "category" else tree.techniques.values()
    return tuple(Group(entry.slug, entry.label) for entry in entries)


def population(filters: Filters, sites: Collection[Site], *, any_intent: str = "treatments") -> str:
    """Say in words of whom a comparison speaks, or an export with `any_intent` of its own."""
    names = {s.code: s.name for s in sites}
    tree = taxonomy()
    parts = [
        " and ".join(axis("intent").label_of(i).lower() for i in filters.intent) + " procedures"
        if filters.intent
        else any_intent,
        " and ".join(names.get(code, code) for code in filters.site) or "all sites",
        _span(filters.since, filters.until),
        ", ".join(tree.region_label(slug) for slug in filters.region),
        ", ".join(tree.category_label(slug) for slug in filters.category),
        ", ".join(tree.techniques[slug].label for slug in filters.technique),
        " or ".join(axis("agent_class").label_of(slug) for slug in filters.agent_class),
        " or ".join(axis("mechanism").label_of(m).lower() + " pain" for m in filters.mechanism),
        " or ".join(diagnosis_group(slug).label for slug in filters.diagnosis_group),
    ]
    sentence = ", ".join(part for part in parts if part)
    return sentence[0].upper() + sentence[1:]


def _span(since: date | None, until: date | None) -> str:
    if since and until:
        return f"{show_day(since)} to {show_day(until)}"
    if since:
        return f"since {show_day(since)}"
    return f"until {show_day(until)}" if until else ""
