"""The form of an assessment that stands by itself: a follow-up, or the correction of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from registry.db.queries.patients import Course
from registry.db.tables import Assessment, Procedure, Site
from registry.domain.dates import read_day, show_day
from registry.domain.drafts import AssessmentDraft
from registry.domain.techniques import taxonomy
from registry.domain.windows import BASELINE, WINDOWS
from registry.services.timelines import to_regimen
from registry.web.assessment_form import AssessmentView, assessment_view, read_assessment
from registry.web.forms import Form
from registry.web.opioid_rows import FIRST_FIELD, NO_OPIOIDS, OPIOIDS, regimen_values
from registry.web.repeated_rows import STEP, after_step, with_even_rows
from registry.web.text_fields import NOTE, text_up_to

SAME_AS_LAST = f"{OPIOIDS}-last"


@dataclass(frozen=True, slots=True)
class FollowUpView:
    """What the form needs beside what was typed.

    `day_facts` say what the day makes of the assessment; `treated` names the procedures of that
    day, for which it matters whether it was made before or after them.
    """

    assessment: AssessmentView
    day_facts: tuple[str, ...]
    treated: tuple[str, ...]
    has_earlier_regimen: bool


def follow_up_view(form: Form, course: Course, site: Site, today: date) -> FollowUpView:
    """Prepare the form for drawing."""
    on = read_day(form.value("assessed_on"), today)
    return FollowUpView(
        assessment=assessment_view(form, site.opioid_table),
        day_facts=tuple(_day_facts(course, on)) if on else (),
        treated=tuple(_title(p) for p in course.procedures if p.performed_on == on),
        has_earlier_regimen=_last_regimen(course) is not None,
    )


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
    text_up_to(form, "assessment_note", NOTE)
    return read_assessment(form, on or today, earlier=earlier)


def take_step(form: Form, course: Course) -> Form | None:
    """Do what a step of the form asks for: a row more or fewer, the last regimen; None for none."""
    if not form.has(STEP):
        return None
    form = with_even_rows(form, OPIOIDS)
    if form.value(STEP) == SAME_AS_LAST and (last := _last_regimen(course)) is not None:
        kept = {k: v for k, v in form.typed.items() if not _is_regimen(k)}
        return Form({**kept, **Form.starting(**regimen_values(to_regimen(last))).typed})
    return after_step(form, OPIOIDS, FIRST_FIELD)


def _is_regimen(name: str) -> bool:
    return name == NO_OPIOIDS or name.startswith(f"{OPIOIDS}-")


def _last_regimen(course: Course) -> Assessment | None:
    recorded = (a for a in reversed(course.assessments) if a.regimen_recorded)
    return next(recorded, None)


def _day_facts(course: Course, on: date) -> Iterator[str]:
    """Say for which procedures' windows an assessment on a day counts."""
    counts = False
    for procedure in course.procedures:
        day = (on - procedure.performed_on).days
        for window in WINDOWS:
            if window.holds(day):
                counts = True
                yield f"Day {day}: counts at {window.label} after {_title(procedure)}."
        if BASELINE.holds(day):
            counts = True
        if BASELINE.opens <= day < 0:
            yield f"In the week before {_title(procedure)}: can be its baseline."
    if not counts and (before := [p for p in course.procedures if p.performed_on < on]):
        day = (on - before[-1].performed_on).days
        yield (
            f"Day {day} after {_title(before[-1])}: between the follow-up windows, so it shows on "
            "the course and counts at none."
        )


def _title(procedure: Procedure) -> str:
    label = taxonomy().techniques[procedure.technique].label
    return f"{label} of {show_day(procedure.performed_on)}"
