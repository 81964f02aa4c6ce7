"""Which two records are one person's, and which of them stays."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from registry.db.queries.patients import Course
from registry.domain.access import Actor
from registry.services.patients import find_patient_by_number, read_course
from registry.web.forms.form import Form

KEEP, NUMBER, SHOWN, STEP = "keep", "number", "shown", "step"


@dataclass(frozen=True, slots=True)
class Pair:
    """The record that is open and the one whose number was typed, None while there is none.

    `seen` says that the form was showing this very one when it was sent.
    """

    this: Course
    other: Course | None
    seen: bool


def find_pair(session: Session, actor: Actor, this: Course, form: Form) -> Pair:
    """Look up the other record; the form says when there is none to be had."""
    number = form.text(NUMBER)
    site_id = this.patient.site_id
    found = (
        find_patient_by_number(session, actor=actor, site_id=site_id, hospital_number=number)
        if number
        else None
    )
    if number is None:
        form.refuse(NUMBER, "Enter the hospital number of the other record.")
    elif found is None:
        form.refuse(NUMBER, "This site has no patient with this hospital number. Check it.")
    elif found.id == this.patient.id:
        form.refuse(NUMBER, "This is the same record. Give the number of the other.")
        found = None
    other = read_course(session, actor=actor, patient_id=found.id) if found else None
    return Pair(this, other, found is not None and form.value(SHOWN) == str(found.id))


def read_choice(form: Form, this: Course, other: Course) -> tuple[UUID, UUID]:
    """Give the id of the record that stays and of the one that goes."""
    one, two = this.patient.id, other.patient.id
    if form.value(KEEP) not in {str(one), str(two)}:
        form.refuse(KEEP, "Choose which record stays.")
    return (two, one) if form.value(KEEP) == str(two) else (one, two)
