"""What a procedure continues, as the form offers it: the likely one is chosen once, then kept."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from registry.db.queries.patients import Course
from registry.domain.dates import read_day
from registry.services.links import Links, find_links
from registry.web.forms.form import Form
from registry.web.forms.technique import named_technique, usual_intent

FOLLOWS = "follows_id"
LINKED_FOR = "linked_for"
"""The hidden field that says for which patient, technique and intent the likely one was chosen."""


def links_for(
    form: Form, course: Course | None, today: date, own_id: UUID | None = None
) -> Links | None:
    """Find what the typed procedure can continue; None until patient and technique are known."""
    technique = named_technique(form)
    if course is None or technique is None:
        return None
    performed_on = read_day(form.value("performed_on"), today) or today
    return find_links(course, technique.slug, intent_of(form), performed_on, own_id)


def intent_of(form: Form) -> str:
    """Give the intent as it will be read."""
    return form.text("intent") or usual_intent(named_technique(form))


def linked_for(form: Form, course: Course) -> str:
    """Name what the likely one is chosen for."""
    technique = named_technique(form)
    return f"{course.patient.id}:{technique.slug if technique else ''}:{intent_of(form)}"


def with_link(form: Form, course: Course | None, today: date) -> Form:
    """Give the form with the likely one chosen, unless somebody had the choice already."""
    links = links_for(form, course, today)
    if course is None or links is None:
        return form
    key = linked_for(form, course)
    if form.value(LINKED_FOR) == key:
        return form
    standing = form.value(FOLLOWS) if not form.has(LINKED_FOR) else ""
    chosen = standing or (str(links.likely) if links.likely else "")
    return form.holding({**form.typed, LINKED_FOR: [key], FOLLOWS: [chosen]})
