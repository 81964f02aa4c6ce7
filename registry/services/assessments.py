"""Adding and amending assessments."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Session

from registry.db.queries.people import get_site
from registry.db.tables import (
    Assessment,
    FunctionScoreRow,
    OpioidItemRow,
    PainScoreRow,
    Patient,
)
from registry.domain.access import Actor
from registry.domain.drafts import AssessmentDraft
from registry.domain.errors import refuse
from registry.domain.opioids import conversion_table, convert
from registry.domain.rules import check_assessment
from registry.domain.timeline import Instrument
from registry.services.audit import created, record_event
from registry.services.corrections import Amendment, amending, open_record
from registry.services.outcomes import refresh_outcomes
from registry.services.patients import bounds_of, open_course


def add_assessment(
    session: Session, *, actor: Actor, patient_id: UUID, draft: AssessmentDraft, today: date
) -> Assessment:
    """Add an assessment to a patient's timeline."""
    course = open_course(session, actor=actor, patient_id=patient_id)
    refuse(check_assessment(draft, bounds_of(course, today)))
    row = insert_assessment(session, actor=actor, patient=course.patient, draft=draft)
    refresh_outcomes(session, course.plus(row))
    return row


def insert_assessment(
    session: Session, *, actor: Actor, patient: Patient, draft: AssessmentDraft
) -> Assessment:
    """Write a checked assessment; the caller refreshes the outcomes."""
    row = Assessment(site_id=patient.site_id, patient_id=patient.id, assessed_on=draft.assessed_on)
    fill(session, row, draft)
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
    with amending(session, row, actor=actor, amendment=amendment):
        row.assessed_on = draft.assessed_on
        fill(session, row, draft)
    refresh_outcomes(session, course)
    return row


def fill(session: Session, row: Assessment, draft: AssessmentDraft) -> None:
    """Put a draft's answers into a row, converting its opioids under the site's table."""
    row.after_procedure = draft.after_procedure
    row.note = draft.note
    row.scores, row.functions, row.opioids = [], [], []
    session.flush()  # what an amendment replaces must be gone before the new parts take its place
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
    functions = {Instrument.AKPS: draft.akps, Instrument.ECOG: draft.ecog}
    row.functions = [
        FunctionScoreRow(
            site_id=row.site_id, assessment_id=row.id, instrument=instrument.value, value=value
        )
        for instrument, value in functions.items()
        if value is not None
    ]
    _fill_opioids(session, row, draft)


def _fill_opioids(session: Session, row: Assessment, draft: AssessmentDraft) -> None:
    row.regimen_recorded = draft.regimen is not None
    if draft.regimen is None:
        row.medd_mg = row.medd_complete = row.medd_table = row.medd_version = None
        return
    medd = convert(draft.regimen, conversion_table(get_site(session, row.site_id).opioid_table))
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
