"""What a patient sends by a link, read without ever complaining: an odd value is no answer."""

from __future__ import annotations

from collections.abc import Container

from registry.domain.instruments import PGIC_WORDS
from registry.domain.rules.assessment import SCORES
from registry.domain.rules.patient_answer import PatientAnswer
from registry.web.forms.form import Form

CHANGE = "change"
SEND = "send"
STEP = "step"


def read_patient_answer(form: Form, *, asks_change: bool) -> PatientAnswer:
    """Read the answers; what the page didn't ask is not read."""
    return PatientAnswer(
        average=_chosen(form, "average", SCORES),
        worst=_chosen(form, "worst", SCORES),
        pgic=_chosen(form, "pgic", PGIC_WORDS) if asks_change else None,
        taken=(form.text("taken") or "").replace("\r\n", "\n") or None,
    )


def _chosen(form: Form, name: str, allowed: Container[int]) -> int | None:
    text = form.value(name)
    if not (text.isascii() and text.isdecimal() and len(text) <= 2):
        return None
    return int(text) if int(text) in allowed else None
