"""A patient's course, and what each procedure achieved."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.domain.access import Permission
from registry.services.merging import list_merges
from registry.services.patients import read_course
from registry.services.plausibility import confirmations_of
from registry.services.voided import list_voided
from registry.web.deps import CurrentActor, ReadSession, Today
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.achievements import achievements
from registry.web.views.completeness import lacks_of
from registry.web.views.course_figure import course_figure
from registry.web.views.device_course import list_devices
from registry.web.views.patient import heading, site_of
from registry.web.views.timeline import list_lines, list_voided_lines

router = APIRouter(dependencies=[page_needs(Permission.READ_RECORDS)])


@router.get("/patients/{patient_id}")
def show_patient(
    request: Request,
    session: ReadSession,
    actor: CurrentActor,
    today: Today,
    patient_id: UUID,
    table: str | None = None,
) -> Response:
    """Show the whole course of a patient; `table` is another conversion table to look at."""
    course = read_course(session, actor=actor, patient_id=patient_id)
    if course.patient.id != patient_id:  # merged: the address of the other record goes on working
        return redirect(request, f"/patients/{course.patient.id}")
    site = site_of(session, actor, course)
    records = [r.id for r in course.records()]
    confirmations = confirmations_of(session, site.id, records)
    context = {
        **heading(course, today),
        "figure_of_course": course_figure(course, site),
        "lines": list_lines(course, confirmations, site.opioid_table),
        "lacking": lacks_of(course.patient, course),
        "voided": list_voided_lines(list_voided(session, course)),
        "merges": list_merges(session, course),
        "achieved": achievements(course, site, today, table),
        "devices": list_devices(course, today),
        "may_write": actor.may(Permission.WRITE_RECORDS, site.id),
    }
    return render(request, "pages/patient.html", context)
