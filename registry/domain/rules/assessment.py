"""The rules of an assessment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from registry.domain.drafts import AssessmentDraft
from registry.domain.errors import Problem
from registry.domain.instruments import PEG
from registry.domain.rules.bounds import Bounds
from registry.domain.timeline import (
    INSTRUMENT_VALUES,
    Instrument,
    PainScore,
    Recall,
    Respondent,
    ScoreKind,
)

SCORES = range(11)
_PEG = "A PEG item is a whole number from 0 to 10."
_SCALES: dict[Instrument, str] = {
    Instrument.AKPS: "AKPS runs from 0 to 100 in tens.",
    Instrument.ECOG: "ECOG runs from 0 to 4.",
    Instrument.PGIC: "PGIC runs from 1 (very much better) to 7 (very much worse).",
    Instrument.PEG_PAIN: _PEG,
    Instrument.PEG_ENJOYMENT: _PEG,
    Instrument.PEG_ACTIVITY: _PEG,
    Instrument.BREAKTHROUGH: "Give the episodes of breakthrough pain in the last 24 h, 0 to 99.",
}
_NOT_OBSERVED = (Instrument.PGIC, *PEG)
"""What nobody can see from outside: the patient says it, or somebody close for the patient."""


def check_assessment(draft: AssessmentDraft, bounds: Bounds) -> list[Problem]:
    """Find what is wrong with an assessment of a known patient."""
    problems = list(bounds.check("assessed_on", draft.assessed_on, "The assessment"))
    problems += _check_scores(draft.scores)
    problems += [
        Problem(instrument.value, _SCALES[instrument])
        for instrument, value in draft.measures.items()
        if value not in INSTRUMENT_VALUES[instrument]
    ]
    problems += _check_whose_word(draft)
    if draft.pgic is not None and not _after_a_procedure(draft, bounds):
        problems.append(
            Problem("pgic", "PGIC asks for the change since a procedure, and none is before this.")
        )
    if draft.is_empty:
        problems.append(
            Problem("scores", "Enter at least a pain score, the opioids or the function.")
        )
    return problems


def _after_a_procedure(draft: AssessmentDraft, bounds: Bounds) -> bool:
    first = bounds.treated_on
    if first is None or first > draft.assessed_on:
        return False
    return first < draft.assessed_on or draft.after_procedure


def _check_whose_word(draft: AssessmentDraft) -> Iterator[Problem]:
    if draft.respondent is not Respondent.OBSERVED:
        return
    for instrument in _NOT_OBSERVED:
        if instrument in draft.measures:
            yield Problem(
                instrument.value,
                "This can't be observed. Ask the patient or somebody close, or leave it out.",
            )


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


_ORDERED = (
    *combinations((ScoreKind.LEAST, ScoreKind.AVERAGE, ScoreKind.WORST), 2),
    (ScoreKind.NOW, ScoreKind.WORST),
)
"""Pairs of kinds of which the second is never below the first, whatever span is looked back over:
the moment of asking belongs to every span."""


def _check_order(scores: Sequence[PainScore]) -> Iterator[Problem]:
    """Hold the scores of one respondent and recall against each other."""
    given = {(s.type.kind, s.type.recall, s.type.respondent): s.score for s in scores}
    for lower, higher in _ORDERED:
        for (kind, recall, respondent), score in sorted(given.items()):
            if kind != higher:
                continue
            span = Recall.NOW if lower is ScoreKind.NOW else recall
            below = given.get((lower, span, respondent))
            if below is not None and score < below:
                yield Problem(
                    f"{higher}_pain",
                    f"{higher.title()} pain is lower than {_in_words(lower)}. Check both.",
                )


def _in_words(kind: ScoreKind) -> str:
    return "pain now" if kind is ScoreKind.NOW else kind.value
