"""An assessment as a form: pain, function and opioids, read into a draft and back again.

The same fields serve the baseline of a procedure, a follow-up and an amendment.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from registry.db.tables import Assessment
from registry.domain.drafts import AssessmentDraft
from registry.domain.timeline import (
    Instrument,
    PainScore,
    PainType,
    Recall,
    Respondent,
    ScoreKind,
)
from registry.services.timelines import to_assessment, to_regimen
from registry.web.forms.form import NOTE, Form
from registry.web.forms.opioids import read_regimen, regimen_values

SCORE_FIELDS = {"average_pain": ScoreKind.AVERAGE, "worst_pain": ScoreKind.WORST}


def read_assessment(
    form: Form, assessed_on: date, *, earlier: Assessment | None = None
) -> AssessmentDraft:
    """Read the fields into a draft; what can't be read is refused at its field and left out.

    Whether the answers can be true is for the rules to say. `earlier` is the record being
    corrected: scores of kinds that the form doesn't show, and opioids' preparations, stay.
    """
    before = to_assessment(earlier) if earlier else None
    return AssessmentDraft(
        assessed_on=assessed_on,
        scores=(*_read_scores(form), *(other_scores(earlier) if earlier else ())),
        regimen=read_regimen(form, before.regimen if before else None),
        akps=form.whole("akps", "Choose the AKPS from the list."),
        ecog=form.whole("ecog", "Choose the ECOG from the list."),
        after_procedure=form.has("after_procedure"),
        note=form.text("assessment_note", NOTE),
    )


def assessment_values(row: Assessment) -> dict[str, object]:
    """Give the form's values for a recorded assessment, for `Form.starting`."""
    respondent = _shown_respondent(row)
    functions = {f.instrument: f.value for f in row.functions}
    scores = {(s.kind, s.recall, s.respondent): s.score for s in row.scores}
    return {
        "assessed_on": row.assessed_on.isoformat(),
        "respondent": respondent,
        **{
            field: scores.get((kind, Recall.DAY, respondent))
            for field, kind in SCORE_FIELDS.items()
        },
        "akps": functions.get(Instrument.AKPS),
        "ecog": functions.get(Instrument.ECOG),
        "after_procedure": "yes" if row.after_procedure else None,
        "assessment_note": row.note,
        **regimen_values(to_regimen(row)),
    }


def other_scores(row: Assessment) -> tuple[PainScore, ...]:
    """Give the recorded scores that the form has no field for; a correction keeps them."""
    shown = _shown_types(_shown_respondent(row))
    return tuple(score for score in to_assessment(row).scores if score.type not in shown)


def _read_scores(form: Form) -> Iterator[PainScore]:
    respondent = _read_respondent(form)
    for field, kind in SCORE_FIELDS.items():
        score = form.whole(field, "A pain score is a whole number from 0 to 10.")
        if score is not None:
            yield PainScore(PainType(kind, Recall.DAY, respondent), score)


def _read_respondent(form: Form) -> Respondent:
    try:
        return Respondent(form.text("respondent") or Respondent.SELF)
    except ValueError:
        form.refuse("respondent", "Choose one of the listed values.")
        return Respondent.SELF


def _shown_respondent(row: Assessment) -> Respondent:
    """Choose whose scores the form shows: the patient's own, else those that there are."""
    daily = {s.respondent for s in row.scores if s.recall == Recall.DAY}
    return next((r for r in Respondent if r in daily), Respondent.SELF)


def _shown_types(respondent: Respondent) -> frozenset[PainType]:
    return frozenset(PainType(kind, Recall.DAY, respondent) for kind in SCORE_FIELDS.values())
