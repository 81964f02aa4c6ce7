"""A line -> what it tells of a patient and a procedure, or every reason why it isn't trusted."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial

from registry.domain.complications import resolve_complication
from registry.domain.diagnoses import resolve_diagnosis
from registry.domain.drafts import AdverseEventDraft, PatientDraft, ProcedureDraft
from registry.domain.rules import Bounds, check_patient, check_procedure
from registry.domain.timeline import AVERAGE_SELF, Sex
from registry.exchange.importer.assessments import Visits, field_of, read_visits
from registry.exchange.importer.cells import Cells
from registry.exchange.importer.dates import read_date
from registry.exchange.importer.mapping import Columns
from registry.exchange.importer.procedure import read_procedure
from registry.exchange.importer.readers.words import fold, free_text, read_axis
from registry.exchange.importer.report import Finding, FindingKind
from registry.services.patients import normal_number

_SEVERAL = re.compile(r"\s*(?:[,;+&]|\band\b)\s*", re.IGNORECASE)

Fields = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line that can be trusted by itself. Two that say the same are equal, however written.

    `cells` holds the column and text of each field, for what is found out about them later.
    """

    line: int = field(compare=False)
    fingerprint: str = field(compare=False)
    cells: Fields = field(compare=False)
    patient: PatientDraft
    procedure: ProcedureDraft
    visits: Visits
    events: tuple[AdverseEventDraft, ...]
    died_on: date | None

    def find(self, kind: FindingKind, of: str, reason: str) -> Finding:
        """Make a finding at a field's cell; at the line as a whole for no field."""
        column, value = self.cells.get(of, ("", ""))
        return Finding(self.line, kind, column, value, reason)


def read_row(cells: Cells, today: date) -> Row | None:
    """Read a line; None when it isn't trusted. What was found stands in `cells.findings`."""
    if cells.line.misshapen:
        cells.refuse(None, cells.line.misshapen)
        return None
    read_day = partial(read_date, styles=cells.mapping.dates)
    performed_on = cells.require("performed_on", read_day)
    patient = _read_patient(cells, cells.require("birth_date", read_day), today)
    procedure = read_procedure(cells, performed_on)
    visits = read_visits(cells, performed_on)
    events = _read_events(cells, performed_on)
    died_on = cells.read("died_on", read_day)
    if procedure is not None:
        procedure = replace(procedure, baseline_missing_reason=_why_no_baseline(cells, visits))
        cells.refuse_problems(check_procedure(procedure, Bounds(date.min, None, today)))
    _check_order(cells, patient.birth_date if patient else None, performed_on, died_on, today)
    if cells.refused or patient is None or procedure is None:
        return None
    fields = _fields(cells)
    return Row(
        line=cells.line.number,
        fingerprint=_fingerprint(cells, fields),
        cells=fields,
        patient=patient,
        procedure=procedure,
        visits=visits,
        events=events,
        died_on=died_on,
    )


def _read_patient(cells: Cells, birth_date: date | None, today: date) -> PatientDraft | None:
    number = cells.require("hospital_number", free_text("hospital_number"))
    sex = cells.read("sex", read_axis("sex")) or Sex.UNKNOWN.value
    diagnosis = cells.read("diagnosis", free_text("diagnosis"))
    group = resolve_diagnosis(diagnosis) if diagnosis else None
    if diagnosis and group is None:
        cells.warn(
            cells.mapping.column("diagnosis"),
            "No one diagnosis group fits this. The words are kept, the group is left out.",
        )
    name = cells.read("name", free_text("name"))
    if number is None or birth_date is None:
        return None
    draft = PatientDraft(
        hospital_number=normal_number(number),
        birth_date=birth_date,
        sex=sex,
        name=name,
        diagnosis_group=group.slug if group else None,
        diagnosis=diagnosis,
    )
    cells.refuse_problems(check_patient(draft, today))
    return draft


def _read_events(cells: Cells, performed_on: date | None) -> tuple[AdverseEventDraft, ...]:
    text = cells.read("complications", free_text("complication_text"))
    if text is None or performed_on is None:
        return ()
    onset = performed_on + timedelta(days=cells.mapping.defaults.complication_day)
    found = named_events(text)
    if found is None:
        kept = cells.mapping.decisions.unknown_complication == "record as other"
        what = "Recorded as other, in these words." if kept else "Left out."
        cells.warn(
            cells.mapping.column("complications"), f"No one event of the list fits this. {what}"
        )
        found = ("other",) if kept else ()
    return tuple(
        AdverseEventDraft(onset_on=onset, complication=slug, complication_text=text)
        for slug in found
    )


def named_events(text: str) -> tuple[str, ...] | None:
    """Read one event ("hypotension, fluids") or several ("vasovagal; bruising"), or None."""
    if whole := resolve_complication(text):
        return (whole.slug,)
    parts = [resolve_complication(part) for part in _SEVERAL.split(text)]
    slugs = tuple(dict.fromkeys(event.slug for event in parts if event))
    return slugs if all(parts) else None


def _why_no_baseline(cells: Cells, visits: Visits) -> str | None:
    scores = visits.baseline.draft.scores if visits.baseline else ()
    if any(score.type == AVERAGE_SELF for score in scores):
        return None
    return cells.mapping.defaults.baseline_missing_reason


def _check_order(
    cells: Cells, born: date | None, performed: date | None, died: date | None, today: date
) -> None:
    """Find a life that doesn't run from birth over the procedure to death."""
    column = cells.mapping.column
    if born and performed and born > performed:
        cells.refuse(
            column("birth_date"), "The birth date lies after the procedure. Check both dates."
        )
    if performed and died and died < performed:
        cells.refuse(column("died_on"), "The death lies before the procedure. Check both dates.")
    if died and died > today:
        cells.refuse(column("died_on"), "The death lies in the future. Check the date.")


def _fields(cells: Cells) -> Fields:
    named = {name: cells.mapping.column(name) for name in Columns.model_fields}
    points = {field_of(p): next(p.columns(), None) for p in cells.mapping.assessments}
    return {
        name: (column, cells.raw(column))
        for name, column in {**named, **points}.items()
        if column is not None
    }


def _fingerprint(cells: Cells, fields: Fields) -> str:
    """Hash what the line says in the columns that are read, however blanks and case are set."""
    everything = {**fields}
    for point in cells.mapping.assessments:
        for place, column in enumerate(point.columns()):
            everything[f"{field_of(point)}.{place}"] = (column, cells.raw(column))
    said = {n: fold(text) for n, (_, text) in everything.items() if not cells.is_unsaid(text)}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
