"""Logging and amending procedures, and what went wrong after them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session

from registry.db.queries.patients import Course
from registry.db.tables import AdverseEvent, Procedure, ProcedureAgent, ProcedureGuidance
from registry.domain import outcomes
from registry.domain.access import Actor
from registry.domain.complications import complication
from registry.domain.drafts import AdverseEventDraft, AssessmentDraft, PatientDraft, ProcedureDraft
from registry.domain.errors import Problem, RuleViolation, refuse
from registry.domain.rules import (
    Bounds,
    check_adverse_event,
    check_assessment,
    check_baseline,
    check_events_after,
    check_patient,
    check_procedure,
)
from registry.domain.techniques import taxonomy
from registry.domain.windows import BASELINE
from registry.services.assessments import insert_assessment
from registry.services.audit import created, record_event
from registry.services.corrections import Amendment, amending, open_record
from registry.services.outcomes import refresh_outcomes
from registry.services.patients import bounds_of, open_course, register_patient
from registry.services.timelines import to_assessment

CTCAE = "CTCAE 5.0"

_PLAIN_FIELDS = (
    "performed_on",
    "technique",
    "technique_text",
    "intent",
    "operator",
    "supervisor",
    "mechanism",
    "pain_site",
    "approach",
    "laterality",
    "sedation",
    "technical_success",
    "baseline_missing_reason",
    "note",
)


def log_procedure(
    session: Session,
    *,
    actor: Actor,
    patient_id: UUID,
    draft: ProcedureDraft,
    baseline: AssessmentDraft | None,
    today: date,
) -> Procedure:
    """Log a procedure together with the assessment made before it, if there is one to add."""
    course = open_course(session, actor=actor, patient_id=patient_id)
    if baseline is not None and baseline.is_empty:
        baseline = None
    refuse(_problems(course, draft, baseline, today))
    patient = course.patient
    if baseline is not None:
        course = course.plus(
            insert_assessment(session, actor=actor, patient=patient, draft=baseline)
        )
    row = Procedure(
        site_id=patient.site_id,
        patient_id=patient.id,
        performed_on=draft.performed_on,
        technique=draft.technique,
        taxonomy_version=taxonomy().version,
        intent=draft.intent,
        operator=draft.operator,
    )
    _fill(session, row, draft)
    session.add(row)
    record_event(session, actor, "log_procedure", record=row, changes=created(row))
    refresh_outcomes(session, course.plus(row))
    return row


def log_first_procedure(
    session: Session,
    *,
    actor: Actor,
    site_id: UUID,
    patient: PatientDraft | None,
    draft: ProcedureDraft,
    baseline: AssessmentDraft | None,
    today: date,
) -> Procedure:
    """Register a patient and log the first procedure; the problems of both are told together.

    Without a patient it only tells what is wrong with the rest.
    """
    born_on = patient.birth_date if patient and patient.birth_date <= today else date.min
    bounds = Bounds(born_on=born_on, died_on=None, today=today)
    problems = [
        *(check_patient(patient, today) if patient else ()),
        *check_procedure(draft, bounds),
        *(check_assessment(baseline, bounds) if baseline else ()),
        *check_baseline(draft, baseline, False),
    ]
    if problems or patient is None:
        raise RuleViolation(problems)
    registered = register_patient(session, actor=actor, site_id=site_id, draft=patient, today=today)
    return log_procedure(
        session,
        actor=actor,
        patient_id=registered.id,
        draft=draft,
        baseline=baseline,
        today=today,
    )


def _problems(
    course: Course, draft: ProcedureDraft, baseline: AssessmentDraft | None, today: date
) -> list[Problem]:
    bounds = bounds_of(course, today)
    problems = check_procedure(draft, bounds)
    if baseline is not None:
        problems += check_assessment(baseline, bounds)
        if not BASELINE.holds((baseline.assessed_on - draft.performed_on).days):
            problems.append(
                Problem("assessed_on", "The baseline is made in the week before the procedure.")
            )
    known = find_baseline(course, draft.performed_on) is not None
    return problems + check_baseline(draft, baseline, known)


def _check_still_has_baseline(course: Course, draft: ProcedureDraft) -> list[Problem]:
    """Ask for the reason when a correction leaves a procedure without its baseline."""
    if draft.baseline_missing_reason or find_baseline(course, draft.performed_on) is not None:
        return []
    return [
        Problem(
            "baseline_missing_reason",
            "No pain score of the week before this day is on record. Add one, or say why there is "
            "none.",
        )
    ]


@dataclass(frozen=True, slots=True)
class KnownBaseline:
    """An average pain that the patient gave in the week before a procedure."""

    on: date
    score: int


def find_baseline(course: Course, performed_on: date) -> KnownBaseline | None:
    """Find the score on record that counts as baseline for a procedure on a day."""
    found = outcomes.find_baseline(map(to_assessment, course.assessments), performed_on)
    if found is None:
        return None
    day, score = found
    return KnownBaseline(performed_on + timedelta(days=day), score)


def amend_procedure(
    session: Session,
    *,
    actor: Actor,
    procedure_id: UUID,
    draft: ProcedureDraft,
    amendment: Amendment,
    today: date,
) -> Procedure:
    """Correct a procedure; the earlier version stays in the trail."""
    row, course = open_record(session, Procedure, actor=actor, record_id=procedure_id)
    events = [e for e in course.adverse_events if e.procedure_id == row.id]
    refuse(
        [
            *check_procedure(draft, bounds_of(course, today)),
            *check_events_after(draft.performed_on, (e.onset_on for e in events)),
            *_check_still_has_baseline(course, draft),
        ]
    )
    with amending(session, row, actor=actor, amendment=amendment):
        _fill(session, row, draft)
    for event in events:  # what is to be expected hangs on the technique
        event.expected = complication(event.complication, after=row.technique).expected
    refresh_outcomes(session, course)
    return row


def _fill(session: Session, row: Procedure, draft: ProcedureDraft) -> None:
    for name in _PLAIN_FIELDS:
        setattr(row, name, getattr(draft, name))
    row.levels = ";".join(draft.levels) or None
    row.agents, row.guidance = [], []
    session.flush()  # what an amendment replaces must be gone before the new parts take its place
    row.agents = [
        ProcedureAgent(
            site_id=row.site_id,
            procedure_id=row.id,
            position=position,
            agent_class=agent.agent_class,
            substance=agent.substance,
            concentration=agent.concentration,
            volume_ml=agent.volume_ml,
            dose=agent.dose,
        )
        for position, agent in enumerate(draft.agents)
    ]
    row.guidance = [
        ProcedureGuidance(site_id=row.site_id, procedure_id=row.id, mode=mode)
        for mode in dict.fromkeys(draft.guidance)
    ]


def add_adverse_event(
    session: Session,
    *,
    actor: Actor,
    procedure_id: UUID,
    draft: AdverseEventDraft,
    today: date,
) -> AdverseEvent:
    """Record something untoward after a procedure."""
    procedure, course = open_record(session, Procedure, actor=actor, record_id=procedure_id)
    bounds = bounds_of(course, today)
    refuse(check_adverse_event(draft, procedure.performed_on, bounds))
    row = AdverseEvent(
        site_id=procedure.site_id,
        procedure_id=procedure.id,
        patient_id=procedure.patient_id,
        onset_on=draft.onset_on,
        complication=draft.complication,
        complication_text=draft.complication_text,
        expected=complication(draft.complication, after=procedure.technique).expected,
        grade=draft.grade,
        scheme=CTCAE if draft.grade is not None else None,
    )
    session.add(row)
    record_event(session, actor, "add_adverse_event", record=row, changes=created(row))
    refresh_outcomes(session, course.plus(row))
    return row
