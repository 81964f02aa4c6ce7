"""The form of an assessment that stands by itself: a follow-up, or the correction of one."""

from __future__ import annotations

from datetime import date

from registry.db.queries.patients import Course
from registry.db.tables import Assessment
from registry.domain.drafts import AssessmentDraft
from registry.services.timelines import to_regimen
from registry.web.forms.assessment import read_assessment
from registry.web.forms.form import Form
from registry.web.forms.opioid_steps import after_opioid_step
from registry.web.forms.opioids import OPIOIDS
from registry.web.forms.rows import STEP, with_even_rows


def read_follow_up(
    form: Form, course: Course, today: date, *, earlier: Assessment | None = None
) -> AssessmentDraft:
    """Read the form; what can't be read is refused at its field and has a stand-in in the draft.

    A draft of a form with problems is never to be saved.
    """
    on = form.day("assessed_on", today, missing="Enter the day of the assessment.")
    if any(p.performed_on == on for p in course.procedures) and "after_procedure" not in form.typed:
        form.refuse(
            "after_procedure",
            "There was a procedure on this day. Say whether this was before or after it.",
        )
    return read_assessment(form, on or today, earlier=earlier)


def take_step(form: Form, course: Course) -> Form | None:
    """Do what a step of the form asks for; None when it asks for none."""
    if not form.has(STEP):
        return None
    last = last_regimen(course)
    return after_opioid_step(with_even_rows(form, OPIOIDS), to_regimen(last) if last else None)


def last_regimen(course: Course) -> Assessment | None:
    """Find the last assessment at which opioids were asked about."""
    recorded = (a for a in reversed(course.assessments) if a.regimen_recorded)
    return next(recorded, None)
