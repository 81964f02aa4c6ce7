"""The rules that a record must keep, each worded once. A draft's problems are told together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from registry.domain.axes import axis
from registry.domain.complications import complications
from registry.domain.diagnoses import diagnosis_groups
from registry.domain.drafts import AdverseEventDraft, AssessmentDraft, PatientDraft, ProcedureDraft
from registry.domain.errors import Problem, RuleViolation
from registry.domain.techniques import check_axes, technique
from registry.domain.timeline import (
    AVERAGE_SELF,
    INSTRUMENT_VALUES,
    Instrument,
    PainScore,
    ScoreKind,
    Sex,
    Timeline,
)

OLDEST_AGE = 120
SCORES = range(11)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The days between which something can have happened to a patient."""

    born_on: date
    died_on: date | None
    today: date

    def check(self, field: str, day: date, what: str) -> Iterator[Problem]:
        """Find what is impossible about a day on which the patient must have been alive."""
        if day > self.today:
            yield Problem(field, f"{what} lies in the future. Enter the day it happened.")
        if day < self.born_on:
            yield Problem(field, f"{what} lies before the patient's birth. Check both dates.")
        if self.died_on is not None and day > self.died_on:
            yield Problem(
                field, f"{what} lies after the patient's death. Check this date and the death's."
            )


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


def check_assessment(draft: AssessmentDraft, bounds: Bounds) -> list[Problem]:
    """Find what is wrong with an assessment of a known patient."""
    problems = list(bounds.check("assessed_on", draft.assessed_on, "The assessment"))
    problems += _check_scores(draft.scores)
    for instrument, value in ((Instrument.AKPS, draft.akps), (Instrument.ECOG, draft.ecog)):
        if value is not None and value not in INSTRUMENT_VALUES[instrument]:
            scale = "0 to 100 in tens" if instrument is Instrument.AKPS else "0 to 4"
            problems.append(
                Problem(instrument.value, f"{instrument.value.upper()} runs from {scale}.")
            )
    if draft.is_empty:
        problems.append(
            Problem("scores", "Enter at least a pain score, the opioids or the function.")
        )
    return problems


def _check_scores(scores: Sequence[PainScore]) -> Iterator[Problem]:
    seen = set()
    for score in scores:
        field = f"{score.type.kind}_pain"
        if score.score not in SCORES:
            yield Problem(field, "A pain score is a whole number from 0 to 10.")
        if score.type in seen:
            yield Problem(field, "This kind of pain score is given twice. Keep one.")
        seen.add(score.type)
    yield from _check_order(scores)


_ORDER = (ScoreKind.LEAST, ScoreKind.AVERAGE, ScoreKind.WORST)


def _check_order(scores: Iterable[PainScore]) -> Iterator[Problem]:
    """Hold least, average and worst of one respondent and recall against each other."""
    given = {(s.type.recall, s.type.respondent, s.type.kind): s.score for s in scores}
    for recall, respondent, kind in given:
        higher = _ORDER[_ORDER.index(kind) + 1 :] if kind in _ORDER else ()
        for other in higher:
            above = given.get((recall, respondent, other))
            if above is not None and above < given[recall, respondent, kind]:
                yield Problem(
                    f"{other}_pain", f"{other.title()} pain is lower than {kind}. Check both."
                )


def check_procedure(draft: ProcedureDraft, bounds: Bounds) -> list[Problem]:
    """Find what is wrong with a procedure, its axes included."""
    problems = list(bounds.check("performed_on", draft.performed_on, "The procedure"))
    if not draft.operator.strip():
        problems.append(Problem("operator", "Enter who did the procedure."))
    problems += check_choice("mechanism", draft.mechanism)
    try:
        chosen = technique(draft.technique)
    except RuleViolation as unknown:
        return problems + list(unknown.problems)
    return problems + check_axes(
        chosen,
        technique_text=draft.technique_text,
        intent=draft.intent,
        agents=draft.agents,
        guidance=draft.guidance,
        approach=draft.approach,
        laterality=draft.laterality,
        levels=draft.levels,
        sedation=draft.sedation,
        technical_success=draft.technical_success,
    )


def check_choice(axis_name: str, slug: str | None) -> list[Problem]:
    """Find a value that an axis doesn't have; none given is no problem."""
    if slug is None or slug in {v.slug for v in axis(axis_name).values}:
        return []
    return [Problem(axis_name, "Choose one of the listed values.")]


def check_baseline(
    procedure: ProcedureDraft, baseline: AssessmentDraft | None, known_baseline: bool
) -> list[Problem]:
    """Ask for the average pain before the procedure, or for the reason why there is none."""
    has_score = baseline is not None and any(s.type == AVERAGE_SELF for s in baseline.scores)
    if has_score or known_baseline or procedure.baseline_missing_reason:
        return []
    return [
        Problem(
            "average_pain", "Enter the average pain before the procedure, or why there is none."
        )
    ]


def check_adverse_event(
    draft: AdverseEventDraft, performed_on: date, bounds: Bounds
) -> list[Problem]:
    """Find what is wrong with an adverse event of a procedure.

    A technique's picklist offers what is likely after it; any known event can be recorded.
    """
    problems = list(bounds.check("onset_on", draft.onset_on, "The event"))
    if draft.onset_on < performed_on:
        problems.append(
            Problem("onset_on", "The event began before the procedure. Check the date.")
        )
    known = complications().by_slug.get(draft.complication)
    if known is None:
        problems.append(Problem("complication", "Choose one of the listed events, or other."))
    elif known.needs_text and not draft.complication_text:
        problems.append(Problem("complication_text", "Say what happened."))
    if draft.grade is not None and draft.grade not in range(1, 6):
        problems.append(Problem("grade", "The grade runs from 1 (mild) to 5 (death)."))
    return problems


def check_events_after(performed_on: date, onsets: Iterable[date]) -> list[Problem]:
    """Find out whether a procedure is moved past its own adverse events."""
    if all(onset >= performed_on for onset in onsets):
        return []
    return [
        Problem(
            "performed_on",
            "An adverse event of this procedure began before this day. Check the date, or correct "
            "the event first.",
        )
    ]


def check_death(died_on: date, timeline: Timeline, today: date) -> list[Problem]:
    """Find what is wrong with a date of death: nothing can have happened after it."""
    problems = []
    if died_on > today:
        problems.append(Problem("died_on", "The death lies in the future. Check the date."))
    if died_on < timeline.birth_date:
        problems.append(Problem("died_on", "The death lies before the birth. Check both dates."))
    if any(day > died_on for day in timeline.dates()):
        problems.append(
            Problem(
                "died_on",
                "The record has procedures, assessments or events after this day. Check the date, "
                "or correct what is dated later first.",
            )
        )
    return problems
