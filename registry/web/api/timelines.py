"""A patient's whole timeline."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from registry.domain.access import Permission
from registry.services.patients import read_course
from registry.web.api.adverse_events import AdverseEventOut
from registry.web.api.assessments import AssessmentOut, show_assessment
from registry.web.api.deaths import DeathOut
from registry.web.api.device_checks import DeviceCheckOut, show_device_check
from registry.web.api.patients import PatientOut, show_patients
from registry.web.api.procedures import ProcedureOut, show_procedure
from registry.web.deps import Bearer, ReadSession
from registry.web.needs import api_needs

router = APIRouter(tags=["patients"], dependencies=[api_needs(Permission.READ_RECORDS)])


class TimelineOut(PatientOut):
    """A patient with everything that stands on the timeline, earliest first."""

    procedures: list[ProcedureOut]
    assessments: list[AssessmentOut]
    adverse_events: list[AdverseEventOut]
    device_checks: list[DeviceCheckOut]
    death: DeathOut | None


@router.get("/patients/{patient_id}", summary="Read a patient's timeline")
def read_patient(patient_id: UUID, actor: Bearer, session: ReadSession) -> TimelineOut:
    """Read a patient with all procedures, assessments, adverse events and the death."""
    course = read_course(session, actor=actor, patient_id=patient_id)
    (patient,) = show_patients(session, actor, [course.patient])
    return TimelineOut(
        **patient.model_dump(),
        procedures=[show_procedure(row, course.procedures) for row in course.procedures],
        assessments=[show_assessment(row) for row in course.assessments],
        adverse_events=[AdverseEventOut.model_validate(row) for row in course.adverse_events],
        device_checks=[show_device_check(row) for row in course.device_checks],
        death=DeathOut.model_validate(course.death) if course.death else None,
    )
