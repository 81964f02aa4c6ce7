"""Running a report: the rows that an actor may see, released for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import Session

from registry.db.queries.adverse_events import list_adverse_events
from registry.db.queries.outcomes import read_medd_rows
from registry.db.tables import Site
from registry.domain.access import Actor, Permission
from registry.domain.axes import axis
from registry.domain.dates import show_day
from registry.domain.diagnoses import diagnosis_group
from registry.domain.errors import NotPermitted
from registry.domain.techniques import taxonomy
from registry.services.exports import plain_filters
from registry.services.outcome_frames import to_doses, to_events
from registry.services.outcomes import outcome_frame, sites_of
from registry.services.readings import note_report
from registry.services.report_doses import choose_conversion, convert_anew
from reports.disclosure import Policy
from reports.doses import doses_of, empty_doses
from reports.events import empty_events, events_of
from reports.filters import Filters
from reports.groups import By, Group
from reports.page import Asked, Data, prepare
from reports.report import Report
from reports.run import ReportOutput, run
from reports.scope import Scope


@dataclass(frozen=True, slots=True)
class Answer:
    """A report over one set of procedures, released for one actor."""

    filters: Filters
    asked: Asked
    scope: Scope
    is_empty: bool
    output: ReportOutput


def run_report(
    session: Session,
    *,
    actor: Actor,
    report: Report,
    filters: Filters,
    asked: Asked,
    today: date,
) -> Answer:
    """Run a report over the procedures that the filters ask for, as things stand today.

    Who saw it, of which sites, is noted for the trail.
    """
    answer = make_answer(
        session, actor=actor, report=report, filters=filters, asked=asked, today=today
    )
    told = {
        "report": report.slug,
        "filters": plain_filters(filters),
        "asked": plain_asked(answer.asked),
    }
    note_report(session, actor, (s.id for s in _chosen(session, actor, filters)), told)
    return answer


def make_answer(
    session: Session,
    *,
    actor: Actor,
    report: Report,
    filters: Filters,
    asked: Asked,
    today: date,
) -> Answer:
    """Run a report for one who will say elsewhere that it was seen.

    A report of one technique compares by technique: its category may hold others.
    """
    asked = replace(asked, by="technique") if report.one_technique else asked
    sites = readable_sites(session, actor)
    data = _read(session, actor, report, filters, asked, today)
    chosen = _chosen(session, actor, filters)
    scope = Scope(
        population=population(filters, sites),
        cut_off=today,
        synthetic=any(s.synthetic for s in chosen),
        since=filters.since,
        until=filters.until,
    )
    names = {s.code: s.name for s in chosen}
    page = prepare(data, asked, groups_of(asked.by), policy_for(actor, chosen), scope, names)
    return Answer(filters, asked, scope, data.outcomes.is_empty(), run(report, page))


def _read(
    session: Session, actor: Actor, report: Report, filters: Filters, asked: Asked, today: date
) -> Data:
    """Read the rows that a report needs, all of the same procedures, all doses by one table."""
    sites = actor.sites(Permission.READ_OUTCOMES)
    outcomes = outcome_frame(session, actor=actor, filters=filters, as_of=today)
    of_sites = readable_sites(session, actor)
    conversion = choose_conversion(report, asked, outcomes, of_sites)
    events, doses = empty_events(), empty_doses()
    if "events" in report.needs:
        events = events_of(to_events(list_adverse_events(session, sites)), outcomes)
    if "doses" in report.needs or conversion.instead_of:
        doses = doses_of(to_doses(read_medd_rows(session, sites)), outcomes)
    return Data(convert_anew(outcomes, doses, conversion, of_sites), events, doses, conversion)


def _chosen(session: Session, actor: Actor, filters: Filters) -> list[Site]:
    sites = readable_sites(session, actor)
    return [s for s in sites if not filters.site or s.code in filters.site]


def plain_asked(asked: Asked) -> Mapping[str, Any]:
    """Give what was asked of a report beside its filters, as plain JSON for the trail."""
    windows = [window.slug for window in asked.windows]
    told = {**asdict(replace(asked, windows=())), "windows": windows}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in told.items() if v}


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
