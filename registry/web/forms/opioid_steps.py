"""Steps of the opioid rows: a row more or fewer, the last regimen again, a text read into rows."""

from __future__ import annotations

from registry.domain.opioids import Regimen
from registry.domain.regimens import LONGEST
from registry.domain.regimens import read_regimen as read_text
from registry.web.forms.form import Form
from registry.web.forms.opioids import (
    DRUG,
    NO_OPIOIDS,
    OPIOIDS,
    TEXT,
    TICKED,
    opioid_rows,
    regimen_values,
)
from registry.web.forms.rows import STEP, after_step, without_blank_rows

SAME_AS_LAST = f"{OPIOIDS}-last"
READ_TEXT = f"{OPIOIDS}-read"


def after_opioid_step(form: Form, last: Regimen | None) -> Form:
    """Carry out the step that was asked for, if it is one of these; everything else stays."""
    step = form.value(STEP)
    if step == SAME_AS_LAST and last is not None:
        return _with_regimen(form, last)
    if step == READ_TEXT:
        return _with_text_read(form)
    return after_step(form, OPIOIDS, DRUG)


def _with_regimen(form: Form, regimen: Regimen) -> Form:
    kept = {k: v for k, v in form.typed.items() if not _is_regimen(k)}
    return form.holding({**kept, **Form.starting(**regimen_values(regimen)).typed})


def _is_regimen(name: str) -> bool:
    return name == NO_OPIOIDS or (name.startswith(f"{OPIOIDS}-") and name != TEXT)


def _with_text_read(form: Form) -> Form:
    """Add a row for each drug that was understood; what can't be taken stays in the box."""
    text = form.value(TEXT)
    if not text.strip():
        form.refuse(TEXT, "Type or paste a regimen first: MST 30 bd, Oramorph 10 mg prn x4.")
        return form
    if len(text) > LONGEST:
        form.refuse(TEXT, f"Shorten this to {LONGEST} characters: it has {len(text)}.")
        return form
    read = read_text(text)
    if not read.items and not read.not_understood:
        return _with_none_taken(form)
    if read.not_understood:
        form.refuse(TEXT, "This was not understood. Write it another way, or enter it as a row.")
    if not read.items:
        return form
    form = without_blank_rows(form, OPIOIDS)
    rows = Form.starting(**regimen_values(read.items, first=len(form.rows(OPIOIDS)))).typed
    left = {TEXT: ["\n".join(read.not_understood)]}
    return form.holding({**form.typed, **rows, **left})


def _with_none_taken(form: Form) -> Form:
    if opioid_rows(form):
        form.refuse(TEXT, "This says that none was taken. Clear it, or remove the rows.")
        return form
    return form.holding({**form.typed, TEXT: [""], NO_OPIOIDS: [TICKED]})
