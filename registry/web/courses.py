"""What the pages about one patient share: the course beside a write, the heading, the form."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.base import KeptRow
from registry.db.queries.patients import Course
from registry.db.tables import Site
from registry.domain.access import Actor, Permission, require
from registry.services.corrections import get_record
from registry.services.outcomes import sites_of
from registry.services.patients import read_course
from registry.web.forms import Form
from registry.web.patient_view import name_of, particulars
from registry.web.render import render

Kept = TypeVar("Kept", bound=KeptRow)


def course_to_write(session: Session, *, actor: Actor, patient_id: UUID) -> Course:
    """Read a course to show beside a write of the same request.

    What was read before the patient's lock is held may be stale once it is, so the session forgets
    it and the verb reads anew.
    """
    course = read_course(session, actor=actor, patient_id=patient_id)
    require(actor, Permission.WRITE_RECORDS, course.patient.site_id)
    session.expunge_all()
    return course


def record_to_write(session: Session, table: type[Kept], *, actor: Actor, record_id: UUID) -> Kept:
    """Read a record to show beside a correction of the same request, as `course_to_write` does."""
    row = get_record(
        session, table, actor=actor, record_id=record_id, permission=Permission.WRITE_RECORDS
    )
    session.expunge_all()
    return row


def site_of(session: Session, actor: Actor, course: Course) -> Site:
    """Give the site whose patient it is."""
    return sites_of(session, actor)[course.patient.site_id]


def heading(course: Course, today: date) -> dict[str, Any]:
    """Give what every page about a patient says on top."""
    return {
        "course": course,
        "patient": course.patient,
        "name": name_of(course.patient),
        "particulars": particulars(course, today),
    }


def show_form(request: Request, template: str, form: Form, **context: Any) -> Response:
    """Show a form: as a page of its own, or its block alone where htmx opens it in place."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.problems else HTTPStatus.OK
    return render(request, template, {"form": form, **context}, block="adding", status=status)
