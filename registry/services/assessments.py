"""Adding and amending assessments."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Session

from registry.db.queries.patients import Course
from registry.db.queries.people import get_site
from registry.db.tables import (
    Assessment,
    MeasureRow,
    OpioidItemRow,
    PainScoreRow,
    Patient,
    Site,
)
from registry.domain.access import Actor
from registry.domain.drafts import AssessmentDraft
from registry.domain.errors import Doubt, refuse
from registry.domain.opioids import conversion_table, convert
from registry.domain.plausibility import doubts_about_assessment
from registry.domain.rules import check_assessment
from registry.domain.timeline import CLINICIAN_RATED
from registry.services.audit import created, record_event
from registry.services.corrections import Amendment, amending, open_record
from registry.services.outcomes import refresh_outcomes
from registry.services.patients import bounds_of, open_course
from registry.services.plausibility import ask, remember
from registry.services.timelines import to_assessment


def add_assessment(
    session: Session, *, actor: Actor, patient_id: UUID, draft: AssessmentDraft, today: date
) -> Assessment:
    """Add an assessment to a patient's timeline."""
    course = open_course(session, actor=actor, patient_id=patient_id)
    refuse(check_assessment(draft, bounds_of(course, today)))
    answered = ask(session, doubts_about(session, course, draft, today), draft.confirmed)
    row = insert_assessment(session, actor=actor, patient=course.patient, draft=draft)
    remember(session, actor, row, answered)
    refresh_outcomes(session, course.plus(row))
    return row


def doubts_about(
    session: Session, course: Course, draft: AssessmentDraft, today: date
) -> list[Doubt]:
    """Find what is unlikely about an assessment beside the others of a course."""
    table = conversion_table(get_site(session, course.patient.site_id).opioid_table)
    others = [to_assessment(a) for a in course.assessments]
    return list(
        doubts_about_assessment(draft, others, lambda regimen: convert(regimen, table), today)
    )


def new_assessment(site: Site, patient: Patient, draft: AssessmentDraft) -> Assessment:
    """Make the row of a patient's assessment, with its parts."""
    row = Assessment(site_id=patient.site_id, patient_id=patient.id, assessed_on=draft.assessed_on)
    _fill(row, draft)
    _fill_parts(site, row, draft)
    return row


def insert_assessment(
    session: Session, *, actor: Actor, patient: Patient, draft: AssessmentDraft
) -> Assessment:
    """Write a checked assessment; the caller refreshes the outcomes."""
    row = new_assessment(get_site(session, patient.site_id), patient, draft)
    session.add(row)
    record_event(session, actor, "add_assessment", record=row, changes=created(row))
    return row


def amend_assessment(
    session: Session,
    *,
    actor: Actor,
    assessment_id: UUID,
    draft: AssessmentDraft,
    amendment: Amendment,
    today: date,
) -> Assessment:
    """Correct an assessment; the earlier version stays in the trail."""
    row, course = open_record(session, Assessment, actor=actor, record_id=assessment_id)
    refuse(check_assessment(draft, bounds_of(course, today)))
    doubts = doubts_about(session, course.minus(row), draft, today)
    answered = ask(session, doubts, draft.confirmed, row)
    with amending(session, row, actor=actor, amendment=amendment):
        row.assessed_on = draft.assessed_on
        _fill(row, draft)
        row.scores, row.measures, row.opioids = [], [], []
        session.flush()  # what is replaced must be gone before the new parts take its place
        _fill_parts(get_site(session, row.site_id), row, draft)
    remember(session, actor, row, answered)
    refresh_outcomes(session, course)
    return row


def _fill(row: Assessment, draft: AssessmentDraft) -> None:
    row.after_procedure = draft.after_procedure
    row.source = draft.source.value
    row.regimen_text = draft.regimen_text
    row.note = draft.note


def _fill_parts(site: Site, row: Assessment, draft: AssessmentDraft) -> None:
    """Put a draft's answers into a row, converting its opioids under the site's table."""
    row.scores = [
        PainScoreRow(
            site_id=row.site_id,
            assessment_id=row.id,
            kind=s.type.kind.value,
            recall=s.type.recall.value,
            respondent=s.type.respondent.value,
            score=s.score,
        )
        for s in draft.scores
    ]
    row.measures = [
        MeasureRow(
            site_id=row.site_id,
            assessment_id=row.id,
            instrument=instrument.value,
            respondent=None if instrument in CLINICIAN_RATED else draft.respondent.value,
            value=value,
        )
        for instrument, value in draft.measures.items()
    ]
    _fill_opioids(site, row, draft)


def _fill_opioids(site: Site, row: Assessment, draft: AssessmentDraft) -> None:
    row.regimen_recorded = draft.regimen is not None
    if draft.regimen is None:
        row.medd_mg = row.medd_complete = row.medd_table = row.medd_version = None
        return
    medd = convert(draft.regimen, conversion_table(site.opioid_table))
    row.medd_mg, row.medd_complete = float(medd.total_mg), medd.complete
    row.medd_table, row.medd_version = medd.table, medd.version
    row.opioids = [
        OpioidItemRow(
            site_id=row.site_id,
            assessment_id=row.id,
            position=position,
            drug=done.item.drug,
            route=done.item.route.value,
            form=done.item.form,
            product=done.item.product,
            dose=float(done.item.dose),
            unit=done.item.unit.value,
            per_day=None if done.item.per_day is None else float(done.item.per_day),
            as_needed=done.item.as_needed,
            factor=None if done.factor is None else float(done.factor),
            mg=None if done.mg is None else float(done.mg),
            reason=done.reason,
        )
        for position, done in enumerate((*medd.items, *medd.neuraxial))
    ]
