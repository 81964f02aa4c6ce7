"""Reports to carry away: many at once, over the same procedures, with what they rest on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from registry.db.tables import Site
from registry.domain.access import Actor, Permission, Role
from registry.domain.errors import NotPermitted
from registry.domain.opioids import ConversionTable, conversion_table, conversion_tables
from registry.services.audit import record_event
from registry.services.exports import plain_filters
from registry.services.outcomes import rules_version
from registry.services.reports import Answer, make_answer, policy_for, population, readable_sites
from reports.filters import Filters
from reports.page import Asked
from reports.report import Report

DATASET = "report_file"


@dataclass(frozen=True, slots=True)
class SiteRules:
    """By what rules a site's outcomes were derived: its floor, its table, all versions."""

    id: UUID
    name: str
    floor: int
    table: str
    rules: str


@dataclass(frozen=True, slots=True)
class ReportFile:
    """Reports over one set of procedures, released, and everything needed to read them elsewhere.

    `left_out` speak of one technique, and none was chosen. `held_back` says in words what is held
    back; None where small numbers and marks of single records are shown.
    """

    answers: tuple[Answer, ...]
    filters: Filters
    left_out: tuple[Report, ...]
    population: str
    cut_off: date
    synthetic: bool
    held_back: str | None
    sites: tuple[SiteRules, ...]
    tables: tuple[ConversionTable, ...]
    made_by: str
    made_at: datetime


def make_report_file(
    session: Session,
    *,
    actor: Actor,
    reports: Sequence[Report],
    filters: Filters,
    asked: Asked,
    today: date,
    now: datetime,
    identifiable: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ReportFile:
    """Run reports for a file. It may not leave before `record_report_file`.

    A file travels further than a page: small numbers are held back by the sites' cut-off whoever
    asks, unless `identifiable` is asked for by somebody who may read every record behind it.
    """
    chosen = [
        s for s in readable_sites(session, actor) if not filters.site or s.code in filters.site
    ]
    reader = _with_records(actor, chosen) if identifiable else _without_records(actor)
    asking = [r for r in reports if len(filters.technique) == 1 or not r.one_technique]
    answers = []
    for done, report in enumerate(asking, start=1):
        answers.append(
            make_answer(
                session, actor=reader, report=report, filters=filters, asked=asked, today=today
            )
        )
        progress(done, len(asking))
    left_out = tuple(r for r in reports if r not in asking)
    held_back = policy_for(reader, chosen).note
    return _file(tuple(answers), left_out, held_back, chosen, filters, actor, today, now)


def _file(
    answers: tuple[Answer, ...],
    left_out: tuple[Report, ...],
    held_back: str | None,
    sites: Sequence[Site],
    filters: Filters,
    actor: Actor,
    today: date,
    now: datetime,
) -> ReportFile:
    return ReportFile(
        answers=answers,
        filters=filters,
        left_out=left_out,
        population=population(filters, sites),
        cut_off=today,
        synthetic=any(s.synthetic for s in sites),
        held_back=held_back,
        sites=tuple(_rules(site) for site in sites),
        tables=_tables([answer.output.report for answer in answers], sites),
        made_by=actor.name,
        made_at=now,
    )


def record_report_file(session: Session, *, actor: Actor, file: ReportFile) -> None:
    """Write into the trail of each site that a file leaves, what it holds and of whom."""
    told: dict[str, list[Any]] = {
        "dataset": [None, DATASET],
        "reports": [None, [answer.output.report.slug for answer in file.answers]],
        "filters": [None, plain_filters(file.filters)],
        "small_numbers": [None, "held back" if file.held_back else "shown"],
    }
    for site in sorted(file.sites, key=lambda s: s.id):
        record_event(session, actor, "export", site_id=site.id, changes=told)
    session.flush()


def _without_records(actor: Actor) -> Actor:
    """Give the actor as one who sees outcomes and no record."""
    sites = actor.sites(Permission.READ_OUTCOMES)
    return replace(actor, local=False, roles=dict.fromkeys(sites, Role.QUALITY))


def _with_records(actor: Actor, sites: Sequence[Site]) -> Actor:
    closed = [s.name for s in sites if not actor.may(Permission.READ_RECORDS, s.id)]
    if closed:
        raise NotPermitted(
            f"Small numbers of {' and '.join(closed)} are for those who may read the records there."
        )
    return actor


def _rules(site: Site) -> SiteRules:
    title = conversion_table(site.opioid_table).title
    return SiteRules(site.id, site.name, site.eligibility_floor, title, rules_version(site))


def _tables(reports: Sequence[Report], sites: Sequence[Site]) -> tuple[ConversionTable, ...]:
    """Give the tables that doses were converted by: every one where they are laid side by side."""
    if any("doses" in report.needs for report in reports):
        return tuple(conversion_tables().values())
    own = {site.opioid_table for site in sites}
    return tuple(table for table in conversion_tables().values() if table.id in own)
