"""Keeping the derived rows true to the timeline, and reading them for comparisons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from sqlmodel import Session

from registry.db.queries.outcomes import (
    delete_outcomes,
    list_patients_of_site,
    read_outcome_rows,
)
from registry.db.queries.patients import Course, load_course
from registry.db.queries.people import get_site, list_sites
from registry.db.tables import UNDECIDED, Procedure, ProcedureOutcomeRow, Site
from registry.domain.access import Actor, Permission
from registry.domain.opioids import Medd, conversion_table
from registry.domain.outcomes import OutcomeRules, ProcedureOutcome, derive_outcomes
from registry.domain.techniques import taxonomy
from registry.domain.windows import WINDOWS_VERSION
from registry.services.outcome_frames import to_frame
from registry.services.timelines import to_timeline
from reports.filters import Filters, narrow
from reports.frames import OutcomeFrame


def rules_of(site: Site) -> OutcomeRules:
    """Give the rules by which a site's outcomes are derived."""
    return OutcomeRules(table=conversion_table(site.opioid_table), floor=site.eligibility_floor)


def read_outcomes(course: Course, site: Site) -> dict[UUID, ProcedureOutcome]:
    """Derive what each procedure of a patient achieved, by its id; the outcome rows are these."""
    return derive_outcomes(to_timeline(course), rules_of(site))


def refresh_outcomes(session: Session, course: Course) -> None:
    """Derive a patient's outcome rows anew. Every verb that touches a timeline ends with this."""
    session.flush()
    site = get_site(session, course.patient.site_id)
    outcomes = read_outcomes(course, site)
    delete_outcomes(session, course.patient)
    session.add_all(_row(site, course, p, outcomes[p.id]) for p in course.procedures)
    session.flush()


def _row(
    site: Site, course: Course, procedure: Procedure, outcome: ProcedureOutcome
) -> ProcedureOutcomeRow:
    patient = course.patient
    technique = taxonomy().techniques[procedure.technique]
    row = ProcedureOutcomeRow(
        site_id=site.id,
        procedure_id=procedure.id,
        patient_id=patient.id,
        site=site.code,
        performed_on=procedure.performed_on,
        region=technique.region,
        category=technique.category,
        technique=technique.slug,
        intent=procedure.intent,
        agent_classes=";".join(sorted({a.agent_class for a in procedure.agents})),
        guidance=";".join(sorted(g.mode for g in procedure.guidance)),
        mechanism=procedure.mechanism,
        diagnosis_group=patient.diagnosis_group,
        age_years=outcome.age_years,
        sex=patient.sex,
        akps=outcome.akps,
        methadone=outcome.methadone,
        neuraxial=outcome.neuraxial,
        days_to_death=outcome.days_to_death,
        synthetic=site.synthetic,
        rules_version=rules_version(site),
        nrs_baseline=outcome.baseline,
    )
    _put_medd(row, "baseline", outcome.medd)
    for slug, at in outcome.windows.items():
        setattr(row, f"nrs_{slug}", at.score)
        setattr(row, f"state_{slug}", at.state or UNDECIDED)
        _put_medd(row, slug, at.medd)
    return row


def _put_medd(row: ProcedureOutcomeRow, when: str, medd: Medd | None) -> None:
    if medd is not None:
        setattr(row, f"medd_{when}", float(medd.total_mg))
        setattr(row, f"medd_complete_{when}", medd.complete)


def rules_version(site: Site) -> str:
    """Name the versions of everything that a site's outcomes are derived with."""
    rules = rules_of(site)
    table = rules.table
    return f"windows {WINDOWS_VERSION}; {table.id} {table.version}; floor {rules.floor}"


def rebuild_outcomes(
    session: Session, *, progress: Callable[[int, int], None] = lambda done, total: None
) -> int:
    """Derive every outcome row of the registry from nothing; gives the number of patients."""
    patients = [p for site in list_sites(session) for p in list_patients_of_site(session, site.id)]
    for done, patient in enumerate(patients, start=1):
        refresh_outcomes(session, load_course(session, patient))
        progress(done, len(patients))
    return len(patients)


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
