"""An assessment as a form: pain, function and opioids, read into a draft and back again.

The same fields serve the baseline of a procedure, a follow-up and an amendment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from registry.db.tables import Assessment
from registry.domain.drafts import AssessmentDraft
from registry.domain.timeline import (
    CLINICIAN_RATED,
    Instrument,
    PainScore,
    PainType,
    Recall,
    Respondent,
    ScoreKind,
    Source,
)
from registry.services.timelines import to_assessment, to_regimen
from registry.web.forms.form import NOTE, Form
from registry.web.forms.opioids import read_regimen, regimen_values

SCORE_FIELDS = {f"{kind}_pain": kind for kind in ScoreKind}
LAST_WEEK = "recall_7d"
"""Ticked when the scores were asked for over the last seven days instead of 24 hours."""

_UNREADABLE: Mapping[Instrument, str] = {
    Instrument.AKPS: "Choose the AKPS from the list.",
    Instrument.ECOG: "Choose the ECOG from the list.",
    Instrument.PGIC: "Choose the change from the list.",
    Instrument.PEG_PAIN: "A PEG item is a whole number from 0 to 10.",
    Instrument.PEG_ENJOYMENT: "A PEG item is a whole number from 0 to 10.",
    Instrument.PEG_ACTIVITY: "A PEG item is a whole number from 0 to 10.",
    Instrument.BREAKTHROUGH: "Give the number of episodes, 0 to 99.",
}


def read_assessment(
    form: Form, assessed_on: date, *, earlier: Assessment | None = None
) -> AssessmentDraft:
    """Read the fields into a draft; what can't be read is refused at its field and left out.

    Whether the answers can be true is for the rules to say. `earlier` is the record being
    corrected: scores that the form doesn't show, opioids' preparations and the words that a patient
    wrote stay.
    """
    respondent = _read_respondent(form)
    return AssessmentDraft(
        assessed_on=assessed_on,
        scores=(*_read_scores(form, respondent), *(other_scores(earlier) if earlier else ())),
        regimen=read_regimen(form),
        **{i.value: form.whole(i.value, message) for i, message in _UNREADABLE.items()},
        respondent=respondent,
        source=_read_source(form, earlier),
        after_procedure=form.has("after_procedure"),
        regimen_text=earlier.regimen_text if earlier else None,
        note=form.text("assessment_note", NOTE),
        confirmed=form.confirmed,
    )


def assessment_values(row: Assessment) -> dict[str, object]:
    """Give the form's values for a recorded assessment, for `Form.starting`."""
    recall, respondent = _shown_recall(row), _shown_respondent(row)
    scores = {score.type: score.score for score in to_assessment(row).scores}
    shown = _shown_types(recall, respondent)
    return {
        "assessed_on": row.assessed_on.isoformat(),
        "respondent": respondent,
        **{field: scores.get(shown[field]) for field in SCORE_FIELDS},
        LAST_WEEK: "yes" if recall is Recall.WEEK else None,
        **{m.instrument: m.value for m in row.measures},
        "source": row.source,
        "after_procedure": "yes" if row.after_procedure else None,
        "assessment_note": row.note,
        **regimen_values(to_regimen(row)),
    }


def other_scores(row: Assessment) -> tuple[PainScore, ...]:
    """Give the recorded scores that the form has no field for; a correction keeps them."""
    shown = _shown_types(_shown_recall(row), _shown_respondent(row)).values()
    return tuple(score for score in to_assessment(row).scores if score.type not in shown)


def _read_scores(form: Form, respondent: Respondent) -> Iterator[PainScore]:
    recall = Recall.WEEK if form.has(LAST_WEEK) else Recall.DAY
    for field, pain in _shown_types(recall, respondent).items():
        score = form.whole(field, "A pain score is a whole number from 0 to 10.")
        if score is not None:
            yield PainScore(pain, score)


def _read_respondent(form: Form) -> Respondent:
    try:
        return Respondent(form.text("respondent") or Respondent.SELF)
    except ValueError:
        form.refuse("respondent", "Choose one of the listed values.")
        return Respondent.SELF


def _read_source(form: Form, earlier: Assessment | None) -> Source:
    """Read how the answers were had; that a patient gave them by a link can't be claimed."""
    given = form.text("source") or Source.CLINIC.value
    allowed = {Source.CLINIC, Source.PHONE, Source.RECORD, earlier.source if earlier else None}
    if given in allowed:
        return Source(given)
    form.refuse("source", "Choose one of the listed values.")
    return Source.CLINIC


def _shown_respondent(row: Assessment) -> Respondent:
    """Choose whose word the form shows: who answered the measures, else the patient if possible."""
    measured = {m.respondent for m in row.measures if m.instrument not in CLINICIAN_RATED}
    given = measured or {s.respondent for s in row.scores}
    return next((r for r in Respondent if r in given), Respondent.SELF)


def _shown_recall(row: Assessment) -> Recall:
    """Choose the span that the form shows: 24 h unless only the last week was asked about."""
    spans = {s.recall for s in row.scores if s.respondent == _shown_respondent(row)}
    return Recall.WEEK if Recall.WEEK in spans and Recall.DAY not in spans else Recall.DAY


def _shown_types(recall: Recall, respondent: Respondent) -> dict[str, PainType]:
    """Give the type of score that each field holds; pain now looks back over nothing."""
    return {
        field: PainType(kind, Recall.NOW if kind is ScoreKind.NOW else recall, respondent)
        for field, kind in SCORE_FIELDS.items()
    }
