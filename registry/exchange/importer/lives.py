"""What rows say about one patient together: do they tell of one person and one life?

Every check is blind to the order of the rows: where rows contradict each other none of them is
taken for the right one, so all are refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations

from registry.db.queries.patients import Course
from registry.db.tables import Procedure
from registry.domain.drafts import PatientDraft, ProcedureDraft
from registry.domain.timeline import Sex
from registry.exchange.importer.report import Finding, FindingKind
from registry.exchange.importer.rows import Row
from registry.services.timelines import to_timeline

Rows = Sequence[Row]


def find_logged(rows: Rows, known: Course | None) -> Iterator[Finding]:
    """Find the procedures that the registry has already."""
    for row in rows:
        if known and any(_is_same(row.procedure, p) for p in known.procedures):
            yield row.find(
                FindingKind.ALREADY_THERE,
                "technique",
                "The registry has a procedure of this patient, day and technique. Nothing of this "
                "line was added: what it says beyond that record, add there.",
            )


def find_told_twice(rows: Rows) -> Iterator[Finding]:
    """Find rows that describe one procedure in different ways."""
    for one, other in combinations(rows, 2):
        if _is_same(one.procedure, other.procedure):
            for row, twin in ((one, other), (other, one)):
                yield row.find(
                    FindingKind.REFUSED,
                    "technique",
                    f"Line {twin.line} describes the same procedure in another way. Keep the one "
                    "that is right.",
                )


def _is_same(one: ProcedureDraft, other: ProcedureDraft | Procedure) -> bool:
    """Say whether two may be one procedure; both sides or levels of a day are two."""
    return (
        one.performed_on == other.performed_on
        and one.technique == other.technique
        and not _differ(one.laterality, other.laterality)
        and not _differ(";".join(one.levels), _levels(other))
    )


def _levels(procedure: ProcedureDraft | Procedure) -> str | None:
    if isinstance(procedure, ProcedureDraft):
        return ";".join(procedure.levels)
    return procedure.levels


def _differ(one: str | None, other: str | None) -> bool:
    return bool(one and other and one != other)


def find_contradictions(rows: Rows, known: Course | None) -> Iterator[Finding]:
    """Find particulars that differ between a patient's rows, or from what the registry has."""
    patient, death = (known.patient, known.death) if known else (None, None)
    sex = patient.sex if patient and patient.sex != Sex.UNKNOWN else None
    yield from _differing(
        rows, "birth_date", lambda r: r.patient.birth_date, patient and patient.birth_date
    )
    yield from _differing(
        rows, "sex", lambda r: r.patient.sex if r.patient.sex != Sex.UNKNOWN else None, sex
    )
    yield from _differing(rows, "died_on", lambda r: r.died_on, death and death.died_on)


_NAMES = {"birth_date": "birth date", "sex": "sex", "died_on": "date of death"}


def _differing(
    rows: Rows, field: str, read: Callable[[Row], Hashable | None], kept: Hashable | None
) -> Iterator[Finding]:
    said: dict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        if (value := read(row)) is not None:
            said[value].append(row)
    lines = ", ".join(str(row.line) for row in rows if read(row) is not None)
    for value, those in said.items():
        if kept is not None and value != kept:
            reason = f"The registry has another {_NAMES[field]} for this hospital number."
        elif kept is None and len(said) > 1:
            reason = f"Lines {lines} give one hospital number more than one {_NAMES[field]}."
        else:
            continue
        for row in those:
            yield row.find(
                FindingKind.REFUSED, field, f"{reason} Correct it, or the hospital number."
            )


def find_after_death(rows: Rows, known: Course | None) -> Iterator[Finding]:
    """Find what is dated after the death that another row, this one or the registry tells of."""
    stating = [row for row in rows if row.died_on is not None]
    recorded = known.death.died_on if known and known.death else None
    died_on = recorded or next((row.died_on for row in stating), None)
    if died_on is None:
        return
    late = False
    for row in rows:
        for field, reason in _late(row, died_on):
            late = True
            yield row.find(FindingKind.REFUSED, field, reason)
    kept_late = recorded is None and known and any(d > died_on for d in to_timeline(known).dates())
    if kept_late or (late and recorded is None):
        where = (
            "The registry has records" if kept_late else "This file has procedures or follow-ups"
        )
        for row in stating:
            yield row.find(
                FindingKind.REFUSED,
                "died_on",
                f"{where} of this patient after this day. Find out which date is right.",
            )


def _late(row: Row, died_on: date) -> Iterator[tuple[str, str]]:
    if row.procedure.performed_on > died_on:
        yield "performed_on", "The procedure lies after the patient's death. Check both dates."
        return
    for answers in row.visits.follow_ups:
        if answers.earliest > died_on:
            yield answers.key, "The patient had died before this follow-up. Check it and the death."


def find_not_yet(rows: Rows, today: date) -> Iterator[Finding]:
    """Find follow-ups that can't have been made by today."""
    for row in rows:
        for answers in row.visits.follow_ups:
            if answers.earliest > today:
                yield row.find(
                    FindingKind.REFUSED, answers.key, "This follow-up lies in the future. Check it."
                )


def one_patient(rows: Rows, known: Course | None) -> tuple[PatientDraft, list[Finding]]:
    """Make one patient of rows that agree; a diagnosis on which they don't is left out.

    What the registry has of a patient stays: a row that gives another diagnosis is reported.
    """
    drafts = [row.patient for row in rows]
    first = max(drafts, key=lambda d: (bool(d.diagnosis_group), bool(d.diagnosis)))
    draft = replace(
        first,
        sex=next((d.sex for d in drafts if d.sex != Sex.UNKNOWN), first.sex),
        name=next((d.name for d in drafts if d.name), None),
    )
    if known is not None:
        other = [
            r for r in rows if _differ(r.patient.diagnosis_group, known.patient.diagnosis_group)
        ]
        return draft, [
            _diagnosis_left_out(r, "The registry has a diagnosis of another group") for r in other
        ]
    grouped = [row for row in rows if row.patient.diagnosis_group]
    if len({row.patient.diagnosis_group for row in grouped}) < 2:
        return draft, []
    why = "This patient's rows give diagnoses of different groups"
    return replace(draft, diagnosis_group=None, diagnosis=None), [
        _diagnosis_left_out(row, why) for row in grouped
    ]


def _diagnosis_left_out(row: Row, why: str) -> Finding:
    return row.find(FindingKind.WARNING, "diagnosis", f"{why}. Left out.")
