"""Keeping the derived rows true to the timeline, and reading them for comparisons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from registry.db.queries.outcomes import (
    delete_outcomes,
    has_stale_outcomes,
    insert_medd_rows,
    insert_outcome_rows,
    list_patients_of_site,
    read_outcome_rows,
)
from registry.db.queries.patients import Course, load_course
from registry.db.queries.people import get_site, list_sites
from registry.db.tables import Site
from registry.domain.access import Actor, Permission
from registry.domain.opioids import ConversionTable, conversion_table, conversion_tables
from registry.domain.outcomes import (
    OutcomeRules,
    ProcedureOutcome,
    derive_doses,
    derive_outcomes,
)
from registry.domain.outcomes.responders import RESPONDERS_VERSION
from registry.domain.timeline import Timeline
from registry.domain.windows import WINDOWS_VERSION
from registry.services.outcome_frames import to_frame
from registry.services.outcome_rows import to_medd_row, to_row
from registry.services.timelines import to_timeline
from reports.filters import Filters, narrow
from reports.frames import OutcomeFrame

Rows = list[dict[str, Any]]


def rules_of(site: Site) -> OutcomeRules:
    """Give the rules by which a site's outcomes are derived."""
    return OutcomeRules(table=conversion_table(site.opioid_table), floor=site.eligibility_floor)


def read_outcomes(
    course: Course, site: Site, table: ConversionTable | None = None
) -> dict[UUID, ProcedureOutcome]:
    """Derive what each procedure of a patient achieved, by its id; the outcome rows are these.

    Under another `table` than the site's both ends of every change are converted by that one; no
    row ever holds such figures.
    """
    rules = rules_of(site)
    return derive_outcomes(to_timeline(course), replace(rules, table=table or rules.table))


def refresh_outcomes(session: Session, course: Course) -> None:
    """Derive a patient's outcome rows anew. Every verb that touches a timeline ends with this."""
    session.flush()
    rows, doses = derive_rows(get_site(session, course.patient.site_id), course)
    for patient in (course.patient, *course.merged):
        delete_outcomes(session, patient)
    insert_outcome_rows(session, rows)
    insert_medd_rows(session, doses)


def derive_rows(site: Site, course: Course) -> tuple[Rows, Rows]:
    """Derive a patient's outcome rows, and the doses of every procedure under every table."""
    timeline, version = to_timeline(course), rules_version(site)
    outcomes = derive_outcomes(timeline, rules_of(site))
    rows = [to_row(site, course, p, outcomes[p.id], version) for p in course.procedures]
    return rows, _medd_rows(site, course, timeline)


def _medd_rows(site: Site, course: Course, timeline: Timeline) -> Rows:
    rows = (
        to_medd_row(site, course, procedure_id, table.id, doses)
        for table in conversion_tables().values()
        for procedure_id, doses in derive_doses(timeline, table).items()
    )
    return [row for row in rows if row is not None]


def rules_version(site: Site, table: ConversionTable | None = None) -> str:
    """Name the versions of everything that a site's outcomes are derived with."""
    rules = rules_of(site)
    table = table or rules.table
    return (
        f"windows {WINDOWS_VERSION}; responders {RESPONDERS_VERSION}; "
        f"{table.id} {table.version}; floor {rules.floor}"
    )


def rebuild_outcomes(
    session: Session,
    *,
    sites: Sequence[Site] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Derive every outcome row of these sites, or of all, from nothing; gives how many patients."""
    chosen = list_sites(session) if sites is None else sites
    patients = [p for site in chosen for p in list_patients_of_site(session, site.id)]
    for done, patient in enumerate(patients, start=1):
        refresh_outcomes(session, load_course(session, patient))
        progress(done, len(patients))
    return len(patients)


def list_stale_sites(session: Session) -> list[Site]:
    """List the sites whose outcome rows were derived by other rules than today's, or are missing.

    So after an upgrade that came with new content or new columns.
    """
    return [s for s in list_sites(session) if has_stale_outcomes(session, s.id, rules_version(s))]


def outcome_frame(session: Session, *, actor: Actor, filters: Filters, as_of: date) -> OutcomeFrame:
    """Read the outcome rows that an actor may compare, as they stand on a day."""
    sites = actor.sites(Permission.READ_OUTCOMES)
    frame = to_frame(read_outcome_rows(session, sites, as_of))
    return narrow(frame, filters.for_comparison())


def count_outcomes(session: Session, *, actor: Actor, filters: Filters, as_of: date) -> int:
    """Count the outcome rows that an actor may take away under these filters."""
    sites = actor.sites(Permission.EXPORT_OUTCOMES)
    return narrow(to_frame(read_outcome_rows(session, sites, as_of)), filters).height


def sites_of(session: Session, actor: Actor) -> dict[UUID, Site]:
    """Give the sites that an actor belongs to, by id."""
    return {s.id: s for s in list_sites(session) if s.id in actor.roles}
