"""What `components/assessment.html` draws the fields of an assessment from."""

from __future__ import annotations

from dataclasses import dataclass

from registry.db.tables import Assessment
from registry.domain.instruments import PGIC_WORDS
from registry.domain.timeline import Instrument, Respondent, Source
from registry.web.forms.assessment import LAST_WEEK, SCORE_FIELDS, other_scores
from registry.web.forms.form import Form
from registry.web.views.opioids import OpioidsView, opioids_view
from registry.web.views.record import in_words

RESPONDENTS = (
    (Respondent.SELF.value, "The patient"),
    (Respondent.PROXY.value, "Somebody close to them"),
    (Respondent.OBSERVED.value, "Staff, by observation"),
)

SOURCES = (
    (Source.CLINIC.value, "In person"),
    (Source.PHONE.value, "By phone"),
    (Source.RECORD.value, "From the notes"),
)

PGIC_LEVELS = tuple((str(value), f"{value}: {word}") for value, word in PGIC_WORDS.items())

AKPS_LEVELS = (
    ("100", "100: no complaints"),
    ("90", "90: normal activity, minor symptoms"),
    ("80", "80: normal activity with effort"),
    ("70", "70: cares for self, can't work"),
    ("60", "60: needs occasional help"),
    ("50", "50: needs much help and medical care"),
    ("40", "40: in bed more than half the day"),
    ("30", "30: almost always in bed"),
    ("20", "20: always in bed, full nursing care"),
    ("10", "10: hardly rousable"),
)

ECOG_LEVELS = (
    ("0", "0: fully active"),
    ("1", "1: restricted in heavy work"),
    ("2", "2: up more than half the day, no work"),
    ("3", "3: in bed or chair more than half the day"),
    ("4", "4: wholly in bed or chair"),
)


_IN_SIGHT = {"average_pain", "worst_pain", Instrument.AKPS, Instrument.ECOG}
_UNDER_MORE = [name for name in (*SCORE_FIELDS, LAST_WEEK, *Instrument) if name not in _IN_SIGHT]


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """What the macro needs beside the form: what may be chosen, and the opioids as they stand.

    `asks_change`: there was a procedure since which PGIC can ask for the change. `patient_wrote`
    are a patient's own words of the medicines; `kept` are scores of the record being corrected that
    have no field here.
    """

    opioids: OpioidsView
    more_is_open: bool
    asks_change: bool = False
    patient_wrote: str | None = None
    kept: str | None = None
    sources: tuple[tuple[str, str], ...] = SOURCES
    respondents: tuple[tuple[str, str], ...] = RESPONDENTS
    akps_levels: tuple[tuple[str, str], ...] = AKPS_LEVELS
    ecog_levels: tuple[tuple[str, str], ...] = ECOG_LEVELS
    pgic_levels: tuple[tuple[str, str], ...] = PGIC_LEVELS


def assessment_view(
    form: Form,
    opioid_table: str,
    *,
    treated: bool = False,
    earlier: Assessment | None = None,
    may_repeat: bool = False,
) -> AssessmentView:
    """Prepare the fields for drawing; doses are converted under the site's table.

    `treated`: the patient has a procedure on record. `earlier` is the record being corrected.
    `may_repeat`: there is a regimen on record that can be taken over.
    """
    by_link = earlier is not None and earlier.source == Source.LINK
    return AssessmentView(
        opioids_view(form, opioid_table, may_repeat=may_repeat),
        more_is_open=any(form.has(name) or form.error(name) for name in _UNDER_MORE),
        asks_change=treated or form.has(Instrument.PGIC),
        patient_wrote=earlier.regimen_text if earlier else None,
        kept=_kept(earlier) if earlier else None,
        sources=(*SOURCES, (Source.LINK.value, "By the patient, over a link"))
        if by_link
        else SOURCES,
    )


def _kept(earlier: Assessment) -> str | None:
    others = {
        f"{s.type.kind}/{s.type.recall}/{s.type.respondent}": s.score for s in other_scores(earlier)
    }
    return in_words("scores", others) if others else None
