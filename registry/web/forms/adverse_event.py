"""An adverse event as a form: read into a draft and back again."""

from __future__ import annotations

from datetime import date

from registry.db.tables import AdverseEvent
from registry.domain.dates import show_day
from registry.domain.drafts import AdverseEventDraft
from registry.domain.grading import DEFAULT_GRADING, GRADINGS, Grading, grading
from registry.web.forms.form import LINE, NOTE, Form

SEQUELAE = 500
SCHEME = "scheme"


def read_adverse_event(form: Form, today: date) -> AdverseEventDraft:
    """Read the form; a draft of a form with problems is never to be saved."""
    scheme = chosen_grading(form)
    if form.has(SCHEME) and form.value(SCHEME) != scheme.key:
        form.refuse(SCHEME, "Choose one of the listed schemes.")
    return AdverseEventDraft(
        onset_on=form.day("onset_on", today, missing="Enter the day on which it began.") or today,
        complication=form.value("complication"),
        complication_text=form.text("complication_text", LINE),
        scheme=scheme.scheme.value,
        scheme_version=scheme.version,
        grade=form.whole("grade", "Choose the grade from 1 to 5."),
        relatedness=form.text("relatedness"),
        resolution=form.text("resolution"),
        resolved_on=form.day("resolved_on", today),
        sequelae=form.text("sequelae", SEQUELAE),
        note=form.text("note", NOTE),
    )


def chosen_grading(form: Form) -> Grading:
    """Give the scheme by which the form grades."""
    key = form.value(SCHEME)
    return next((g for g in GRADINGS if g.key == key), DEFAULT_GRADING)


def adverse_event_values(row: AdverseEvent, usual: Grading) -> dict[str, object]:
    """Give the form's values for a recorded event; one without a grade offers the usual scheme."""
    return {
        "complication": row.complication,
        "complication_text": row.complication_text,
        "onset_on": show_day(row.onset_on),
        SCHEME: (grading(row.scheme, row.scheme_version) or usual).key,
        "grade": row.grade,
        "relatedness": row.relatedness,
        "resolution": row.resolution,
        "resolved_on": show_day(row.resolved_on) if row.resolved_on else None,
        "sequelae": row.sequelae,
        "note": row.note,
    }
