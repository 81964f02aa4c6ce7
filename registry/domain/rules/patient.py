"""The rules of a person's particulars."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from registry.domain.diagnoses import diagnosis_groups
from registry.domain.drafts import PatientDraft
from registry.domain.errors import Problem
from registry.domain.timeline import Sex

OLDEST_AGE = 120


def check_patient(draft: PatientDraft, today: date) -> list[Problem]:
    """Find what is wrong with a person's particulars."""
    problems = []
    if not draft.hospital_number.strip():
        problems.append(Problem("hospital_number", "Enter the hospital number."))
    if not draft.hospital_number.isprintable():
        problems.append(
            Problem("hospital_number", "This has characters that can't be seen. Type it again.")
        )
    if draft.birth_date > today:
        problems.append(Problem("birth_date", "The birth date lies in the future. Check it."))
    elif today.year - draft.birth_date.year > OLDEST_AGE:
        problems.append(
            Problem("birth_date", f"This makes the patient over {OLDEST_AGE}. Check the year.")
        )
    if draft.sex not in set(Sex):
        problems.append(Problem("sex", "Choose one of the listed values."))
    if draft.diagnosis_group and draft.diagnosis_group not in {g.slug for g in diagnosis_groups()}:
        problems.append(Problem("diagnosis_group", "Choose one of the listed diagnosis groups."))
    return problems


def check_birth(birth_date: date, days: Iterable[date]) -> list[Problem]:
    """Find out whether a birth date lies after something that happened to the patient."""
    if all(day >= birth_date for day in days):
        return []
    return [
        Problem(
            "birth_date",
            "The record has procedures, assessments or events before this day. Check the birth "
            "date, or correct what is dated earlier first.",
        )
    ]
