"""A patient's course, and what each procedure achieved."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.domain.access import Permission
from registry.services.patients import read_course
from registry.web.deps import CurrentActor, ReadSession, Today
from registry.web.render import render
from registry.web.views.achievements import list_achievements
from registry.web.views.course_figure import course_figure
from registry.web.views.patient import heading, site_of
from registry.web.views.timeline import list_lines

router = APIRouter()


@router.get("/patients/{patient_id}")
def show_patient(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, patient_id: UUID
) -> Response:
    """Show the whole course of a patient."""
    course = read_course(session, actor=actor, patient_id=patient_id)
    site = site_of(session, actor, course)
    context = {
        **heading(course, today),
        "figure_of_course": course_figure(course),
        "lines": list_lines(course),
        "achievements": list_achievements(course, site, today),
        "may_write": actor.may(Permission.WRITE_RECORDS, site.id),
    }
    return render(request, "pages/patient.html", context)
