"""What a column of a logbook may be: every field that an import reads, by a name of its own.

A field of the record is named as in the mapping's `columns`; one of an assessment by its time and
what was asked, such as `28d.pain`. The names go into forms and are told back to mappings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from registry.domain.timeline import Instrument, ScoreKind
from registry.domain.windows import BASELINE, WINDOWS
from registry.exchange.importer.mapping import Columns

NEEDED = ("hospital_number", "birth_date", "performed_on", "technique")
"""What no row can do without."""
IGNORED = "ignore"

_PATIENT = {
    "hospital_number": "Hospital number",
    "birth_date": "Date of birth",
    "name": "Name",
    "sex": "Sex",
    "diagnosis": "Diagnosis",
    "died_on": "Date of death",
}
_PROCEDURE = {
    "performed_on": "Date of the procedure",
    "technique": "Procedure, by its name",
    "intent": "Intent (diagnostic, trial, therapeutic ...)",
    "operator": "Operator",
    "supervisor": "Supervisor",
    "trainee": "Trainee",
    "setting": "Setting",
    "referred_on": "Date of referral",
    "mechanism": "Mechanism of the pain",
    "pain_site": "Where the pain is, in words",
    "pain_region": "Region of the pain",
    "pain_cause": "Cause of the pain",
    "prognosis": "Prognosis",
    "anticoagulation": "Anticoagulation",
    "radiotherapy_28d": "Radiotherapy within 28 days",
    "systemic_therapy_28d": "Systemic therapy within 28 days",
    "approach": "Approach",
    "laterality": "Side",
    "levels": "Levels",
    "guidance": "Guidance",
    "agents": "What was injected",
    "sedation": "Sedation",
    "technical_success": "Technical success",
    "technical_failure": "Why it failed technically",
    "block_result": "Result of a test block",
    "block_relief_percent": "Relief by a test block, %",
    "complications": "Complications",
    "note": "Note",
}
_PAIN = "pain"
_ASKED = {
    _PAIN: "pain, a plain number",
    **{f"{_PAIN}-{kind.value}": f"{kind.value.replace('_', ' ')} pain" for kind in ScoreKind},
    "opioids": "opioids, in words",
    "date": "date of the assessment",
    "respondent": "whose word it is",
    "source": "how it was asked",
}
_MEASURES = {
    Instrument.AKPS: "AKPS",
    Instrument.ECOG: "ECOG",
    Instrument.PGIC: "impression of change (PGIC)",
    Instrument.PEG_PAIN: "PEG, pain",
    Instrument.PEG_ENJOYMENT: "PEG, enjoyment of life",
    Instrument.PEG_ACTIVITY: "PEG, general activity",
    Instrument.BREAKTHROUGH: "episodes of breakthrough pain in 24 h",
}
_DAYS = {"baseline": BASELINE.target, **{w.slug: w.target for w in WINDOWS}}


@dataclass(frozen=True, slots=True)
class Target:
    """Something that a column can hold, in a group of a list."""

    slug: str
    label: str
    group: str


@cache
def targets() -> tuple[Target, ...]:
    """List what a column may be, in the order in which one would look for it."""
    return tuple(_targets())


def _targets() -> Iterator[Target]:
    yield from (Target(slug, label, "Patient") for slug, label in _PATIENT.items())
    yield from (Target(slug, label, "Procedure") for slug, label in _PROCEDURE.items())
    asked = {**_ASKED, **{i.value: label for i, label in _MEASURES.items()}}
    for time in _DAYS:
        group = "Before the procedure" if time == "baseline" else _window_label(time)
        for measure, label in asked.items():
            if (time, measure) != ("baseline", Instrument.PGIC):  # a change since what?
                yield Target(f"{time}.{measure}", f"{group}: {label}", group)


def _window_label(slug: str) -> str:
    return next(f"After {w.label}" for w in WINDOWS if w.slug == slug)


def choices_of(raw: Mapping[str, Any]) -> dict[str, str]:
    """Tell which column is what by a mapping, be it half done, as its tables.

    Times between the windows have no name here.
    """
    named = {c: f for f, c in raw.get("columns", {}).items() if c}
    ignored = dict.fromkeys(raw.get("ignore", ()), IGNORED)
    times = {day: slug for slug, day in _DAYS.items()}
    timed: dict[str, str] = {}
    for point in raw.get("assessments", ()):
        if not point.get("after_procedure") and (time := times.get(point["day"])):
            timed |= {column: f"{time}.{what}" for what, column in _asked_at(point)}
    return {**ignored, **named, **timed}


def _asked_at(point: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for what, column in point.items():
        if what == _PAIN and isinstance(column, Mapping):
            yield from ((f"{_PAIN}-{kind}", c) for kind, c in column.items())
        elif column and what not in {"day", "after_procedure"}:
            yield what, column


def columns_and_times(choices: Mapping[str, str]) -> dict[str, Any]:
    """Write which column is what as the tables of a mapping: `columns`, `assessments`, `ignore`."""
    columns = {what: c for c, what in choices.items() if what in Columns.model_fields}
    ignore = [c for c, what in choices.items() if what == IGNORED]
    points: dict[str, dict[str, Any]] = {}
    for column, what in choices.items():
        time, dot, asked = what.partition(".")
        if not dot:
            continue
        point = points.setdefault(time, {"day": _DAYS[time]})
        measure, dash, kind = asked.partition("-")
        if dash or measure == _PAIN:
            point.setdefault(_PAIN, {})[kind] = column
        else:
            point[measure] = column
    in_order = [points[time] for time in _DAYS if time in points]
    return {"columns": columns, "assessments": in_order, "ignore": ignore}


def with_plain_pain(raw: dict[str, Any], plain: ScoreKind) -> dict[str, Any]:
    """Say under which kind of score a column of plain numbers stands beside others of its time."""
    for point in raw["assessments"]:
        scores = point.get(_PAIN)
        if scores is None or "" not in scores:
            continue
        column = scores.pop("")
        point[_PAIN] = {**scores, plain.value: column} if scores else column
    return raw


def find_clashes(choices: Mapping[str, str], plain: ScoreKind) -> dict[str, str]:
    """Find the columns that say the same thing twice: of each the target's label."""
    labels = {t.slug: t.label for t in targets()}
    seen: set[str] = set()
    twice: dict[str, str] = {}
    for column, what in choices.items():
        if what == IGNORED:
            continue
        same = f"{what}-{plain.value}" if what.endswith(f".{_PAIN}") else what
        if same in seen:
            twice[column] = labels[what]
        seen.add(same)
    return twice
