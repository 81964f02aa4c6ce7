"""The form of an assessment that stands by itself: a follow-up, or the correction of one."""

from __future__ import annotations

from datetime import date

from registry.db.queries.patients import Course
from registry.db.tables import Assessment
from registry.domain.drafts import AssessmentDraft
from registry.services.timelines import to_regimen
from registry.web.forms.assessment import read_assessment
from registry.web.forms.form import Form
from registry.web.forms.opioids import DRUG, NO_OPIOIDS, OPIOIDS, regimen_values
from registry.web.forms.rows import STEP, after_step, with_even_rows

SAME_AS_LAST = f"{OPIOIDS}-last"


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
    """Do what a step of the form asks for: a row more or fewer, the last regimen; None for none."""
    if not form.has(STEP):
        return None
    form = with_even_rows(form, OPIOIDS)
    if form.value(STEP) == SAME_AS_LAST and (last := last_regimen(course)) is not None:
        kept = {k: v for k, v in form.typed.items() if not _is_regimen(k)}
        return Form({**kept, **Form.starting(**regimen_values(to_regimen(last))).typed})
    return after_step(form, OPIOIDS, DRUG)


def _is_regimen(name: str) -> bool:
    return name == NO_OPIOIDS or name.startswith(f"{OPIOIDS}-")


def last_regimen(course: Course) -> Assessment | None:
    """Find the last assessment at which opioids were asked about."""
    recorded = (a for a in reversed(course.assessments) if a.regimen_recorded)
    return next(recorded, None)
