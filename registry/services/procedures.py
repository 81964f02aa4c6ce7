"""Logging and amending procedures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session

from registry.db.queries.patients import Course
from registry.db.tables import Patient, Procedure
from registry.domain import outcomes
from registry.domain.access import Actor
from registry.domain.complications import complication
from registry.domain.drafts import AssessmentDraft, PatientDraft, ProcedureDraft
from registry.domain.errors import Doubt, Problem, RuleViolation, refuse
from registry.domain.links import UPKEEP
from registry.domain.plausibility import doubts_about_procedure
from registry.domain.rules import (
    Bounds,
    check_assessment,
    check_baseline,
    check_checks_of,
    check_events_after,
    check_patient,
    check_procedure,
)
from registry.domain.windows import BASELINE
from registry.services.assessments import doubts_about, insert_assessment
from registry.services.audit import created, record_event
from registry.services.corrections import Amendment, amending, open_record
from registry.services.links import link_problems, split_result, tell_block, told_problems
from registry.services.outcomes import refresh_outcomes
from registry.services.patients import bounds_of, open_course, register_patient
from registry.services.plausibility import ask, remember
from registry.services.procedure_rows import fill_procedure, new_procedure
from registry.services.timelines import to_assessment, to_timeline


def log_procedure(
    session: Session,
    *,
    actor: Actor,
    patient_id: UUID,
    draft: ProcedureDraft,
    baseline: AssessmentDraft | None,
    today: date,
) -> Procedure:
    """Log a procedure together with the assessment made before it, if there is one to add.

    A result given with a procedure that continues a block or a trial is written to that.
    """
    course = open_course(session, actor=actor, patient_id=patient_id)
    if baseline is not None and baseline.is_empty:
        baseline = None
    draft, told = split_result(course, draft)
    refuse([*_problems(course, draft, baseline, today), *told_problems(told)])
    about_baseline = doubts_about(session, course, baseline, today) if baseline else []
    about_procedure = _doubts(course, draft, baseline, today)
    answered = ask(session, [*about_procedure, *about_baseline], draft.confirmed)
    patient = course.patient
    if baseline is not None:
        before = insert_assessment(session, actor=actor, patient=patient, draft=baseline)
        remember(session, actor, before, (d for d in answered if d in about_baseline))
        course = course.plus(before)
    row = _insert(session, actor, patient, draft)
    tell_block(session, actor, told)
    remember(session, actor, row, (d for d in answered if d in about_procedure))
    refresh_outcomes(session, course.plus(row))
    return row


def _insert(session: Session, actor: Actor, patient: Patient, draft: ProcedureDraft) -> Procedure:
    row = new_procedure(patient, draft)
    session.add(row)
    record_event(session, actor, "log_procedure", record=row, changes=created(row))
    return row


def _doubts(
    course: Course, draft: ProcedureDraft, baseline: AssessmentDraft | None, today: date
) -> list[Doubt]:
    others = to_timeline(course).procedures
    born_on = course.patient.birth_date
    return list(doubts_about_procedure(draft, baseline, others, born_on, today))


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
    return [*problems, *link_problems(course, draft), *check_baseline(draft, baseline, known)]


def _check_still_has_baseline(course: Course, draft: ProcedureDraft) -> list[Problem]:
    """Ask for the reason when a correction leaves a procedure without its baseline."""
    if draft.intent in UPKEEP or draft.baseline_missing_reason:
        return []
    if find_baseline(course, draft.performed_on) is not None:
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
    checks = [c for c in course.device_checks if c.procedure_id == row.id]
    draft, told = split_result(course, draft)
    refuse(
        [
            *check_procedure(draft, bounds_of(course, today)),
            *check_events_after(draft.performed_on, (e.onset_on for e in events)),
            *check_checks_of(draft, (c.checked_on for c in checks)),
            *link_problems(course, draft, row.id),
            *told_problems(told),
            *_check_still_has_baseline(course, draft),
        ]
    )
    doubts = _doubts(course.minus(row), draft, None, today)
    answered = ask(session, doubts, draft.confirmed, row)
    with amending(session, row, actor=actor, amendment=amendment):
        fill_procedure(session, row, draft)
    tell_block(session, actor, told)
    remember(session, actor, row, answered)
    for event in events:  # what is to be expected hangs on the technique
        event.expected = complication(event.complication, after=row.technique).expected
    refresh_outcomes(session, course)
    return row
