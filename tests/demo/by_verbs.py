"""Recording a made-up course as people would: through the services, one verb after the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlmodel import Session

from registry.demo.courses import DrawnCourse
from registry.demo.linked import MadeUpStep
from registry.domain.access import Actor
from registry.services.adverse_events import add_adverse_event
from registry.services.assessments import add_assessment
from registry.services.device_checks import add_device_check
from registry.services.missed import record_missed
from registry.services.patients import record_death, register_patient
from registry.services.procedures import log_procedure


def record(session: Session, actor: Actor, site_id: UUID, drawn: DrawnCourse, today: date) -> None:
    """Record a course: whatever is refused of a person is refused here."""
    course, practice = drawn.course, drawn.practice
    patient = register_patient(
        session, actor=actor, site_id=site_id, draft=course.patient, today=today
    )

    def log(step: MadeUpStep, follows: UUID | None) -> UUID:
        draft = replace(step.procedure, follows_id=follows, operator=practice.operator)
        return log_procedure(
            session,
            actor=actor,
            patient_id=patient.id,
            draft=draft,
            baseline=step.baseline,
            today=today,
        ).id

    tested = log(course.test, None) if course.test else None
    treated = log(MadeUpStep(course.procedure, course.baseline), tested)
    for assessment in practice.follow_ups:
        add_assessment(session, actor=actor, patient_id=patient.id, draft=assessment, today=today)
    for step in course.later:
        log(step, treated)
    for event in practice.events:
        add_adverse_event(session, actor=actor, procedure_id=treated, draft=event, today=today)
    for check in course.checks:
        add_device_check(session, actor=actor, procedure_id=treated, draft=check, today=today)
    for missed in course.missed:
        record_missed(session, actor=actor, procedure_id=treated, draft=missed, today=today)
    if (died_on := course.died_on) is not None:
        record_death(session, actor=actor, patient_id=patient.id, died_on=died_on, today=today)
