"""What every page of a correction shows: the record, and whether somebody else was faster."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import Session

from registry.db.queries.patients import Course, Event
from registry.db.tables import Patient
from registry.domain.access import Actor
from registry.services.corrections import list_history
from registry.web.forms.correction import at_version
from registry.web.forms.form import Form
from registry.web.views.history import tell_history
from registry.web.views.patient import heading
from registry.web.views.record import facts_of


def correction_context(
    session: Session,
    actor: Actor,
    today: date,
    course: Course,
    row: Event | Patient,
    form: Form,
) -> dict[str, Any]:
    """Gather it; for who corrected an older version also what stands now, and by whom."""
    context = {**heading(course, today), "form": form, "record": row, "stale": form.stale}
    if not form.stale:
        return {**context, "standing": [], "last": None}
    history = list_history(session, actor=actor, patient_id=course.patient.id, record_id=row.id)
    return {
        **context,
        "form": at_version(form, row),
        "standing": facts_of(row),
        "last": tell_history(history)[0] if history else None,
    }
