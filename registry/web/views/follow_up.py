"""What the form of a follow-up shows beside its fields: what its day makes of the assessment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from registry.db.queries.patients import Course
from registry.db.tables import Assessment, Procedure, Site
from registry.domain.dates import read_day, show_day
from registry.domain.techniques import taxonomy
from registry.domain.windows import BASELINE, WINDOWS
from registry.web.forms.follow_up import last_regimen
from registry.web.forms.form import Form
from registry.web.views.assessment import AssessmentView, assessment_view


@dataclass(frozen=True, slots=True)
class FollowUpView:
    """What the form needs beside what was typed.

    `day_facts` say what the day makes of the assessment; `treated` names the procedures of that
    day, for which it matters whether it was made before or after them.
    """

    assessment: AssessmentView
    day_facts: tuple[str, ...]
    treated: tuple[str, ...]


def follow_up_view(
    form: Form, course: Course, site: Site, today: date, *, earlier: Assessment | None = None
) -> FollowUpView:
    """Prepare the form for drawing; `earlier` is the record being corrected."""
    on = read_day(form.value("assessed_on"), today)
    return FollowUpView(
        assessment=assessment_view(
            form,
            site.opioid_table,
            treated=bool(course.procedures),
            earlier=earlier,
            may_repeat=last_regimen(course) is not None,
        ),
        day_facts=tuple(_day_facts(course, on)) if on else (),
        treated=tuple(_title(p) for p in course.procedures if p.performed_on == on),
    )


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
