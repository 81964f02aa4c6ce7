"""What `components/assessment.html` draws the fields of an assessment from."""

from __future__ import annotations

from dataclasses import dataclass

from registry.domain.timeline import Respondent
from registry.web.forms.form import Form
from registry.web.views.opioids import OpioidsView, opioids_view

RESPONDENTS = (
    (Respondent.SELF.value, "The patient"),
    (Respondent.PROXY.value, "Somebody close to them"),
    (Respondent.OBSERVED.value, "Staff, by observation"),
)

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


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """What the macro needs beside the form: what may be chosen, and the opioids as they stand."""

    opioids: OpioidsView
    respondents: tuple[tuple[str, str], ...] = RESPONDENTS
    akps_levels: tuple[tuple[str, str], ...] = AKPS_LEVELS
    ecog_levels: tuple[tuple[str, str], ...] = ECOG_LEVELS


def assessment_view(form: Form, opioid_table: str) -> AssessmentView:
    """Prepare the fields for drawing; doses are converted under the site's table."""
    return AssessmentView(opioids_view(form, opioid_table))
