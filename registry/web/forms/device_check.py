"""A device check as a form: read into a draft and back again.

Row i of what is delivered is `infusate-<i>-drug`, `-concentration`, `-concentration_unit`,
`-daily_dose` and `-daily_unit`.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from registry.db.tables import DeviceCheck
from registry.domain.dates import read_day, show_day
from registry.domain.drafts import DeviceCheckDraft, InfusateDraft
from registry.domain.drugs import drugs, find_drug
from registry.web.filters import number
from registry.web.forms.form import NAME, NOTE, Form
from registry.web.forms.rows import STEP, after_step, with_even_rows, without_rows

INFUSATE = "infusate"
DRUG = "drug"
BLANK_ROW = {"infusate-0-drug": ""}
SAME_AS_LAST = "last"

_AMOUNT = "Enter a number, such as 2.5."
_NUMBERS = (
    *("rate_ml_per_day", "reservoir_ml", "refilled_ml"),
    *("amplitude", "frequency_hz", "pulse_width_us", "hours_on_per_day"),
)
_SETTINGS = (
    *("mode", "rate_ml_per_day", "amplitude", "amplitude_unit"),
    *("frequency_hz", "pulse_width_us", "hours_on_per_day"),
)
"""What stays from one check to the next unless somebody changes it."""

_AHEAD = re.compile(r"\+\s?(\d{1,3})")
_YEAR = timedelta(days=365)
_FURTHEST = timedelta(days=999)


def read_device_check(form: Form, today: date) -> DeviceCheckDraft:
    """Read the form; a draft of a form with problems is never to be saved."""
    on = form.day("checked_on", today, missing="Enter the day of the check.") or today
    return DeviceCheckDraft(
        checked_on=on,
        status=form.text("status"),
        events=tuple(form.values("events")),
        mode=form.text("mode"),
        **{name: form.decimal(name, _AMOUNT) for name in _NUMBERS},
        refill_due_on=_read_due(form, on),
        amplitude_unit=form.text("amplitude_unit"),
        infusate=tuple(_read_infused(form, row) for row in form.rows(INFUSATE)),
        note=form.text("note", NOTE),
        confirmed=form.confirmed,
    )


def take_step(form: Form, last: DeviceCheck | None) -> Form | None:
    """Do what a step asks for: a row more or fewer, the last check's settings; None for none."""
    if not form.has(STEP):
        return None
    form = with_even_rows(form, INFUSATE)
    if form.value(STEP) == SAME_AS_LAST and last is not None:
        settings = Form.starting(**_settings(last)).typed
        return form.holding({**without_rows(form, INFUSATE).typed, **settings})
    return after_step(form, INFUSATE, DRUG)


def device_check_values(row: DeviceCheck) -> dict[str, object]:
    """Give the form's values for a recorded check."""
    return {
        **_settings(row),
        "checked_on": show_day(row.checked_on),
        "status": row.status,
        "events": row.events.split(";") if row.events else [],
        "reservoir_ml": _typed(row.reservoir_ml),
        "refilled_ml": _typed(row.refilled_ml),
        "refill_due_on": show_day(row.refill_due_on) if row.refill_due_on else None,
        "note": row.note,
    }


def _settings(row: DeviceCheck) -> dict[str, object]:
    values: dict[str, object] = {name: _typed(getattr(row, name)) for name in _SETTINGS}
    for position, item in enumerate(row.infusate):
        prefix = f"{INFUSATE}-{position}-"
        values |= {
            f"{prefix}{DRUG}": drugs()[item.drug].label,
            f"{prefix}concentration": _typed(item.concentration),
            f"{prefix}concentration_unit": item.concentration_unit,
            f"{prefix}daily_dose": _typed(item.daily_dose),
            f"{prefix}daily_unit": item.daily_unit,
        }
    return values


def _typed(value: float | str | None) -> str | None:
    return number(value, 9) if isinstance(value, (int, float)) else value


def _read_infused(form: Form, row: int) -> InfusateDraft:
    prefix = f"{INFUSATE}-{row}-"
    name = form.text(f"{prefix}{DRUG}", NAME) or ""
    found = find_drug(name)
    return InfusateDraft(
        drug=found.drug.slug if found else name,
        concentration=form.decimal(f"{prefix}concentration", _AMOUNT),
        concentration_unit=form.text(f"{prefix}concentration_unit"),
        daily_dose=form.decimal(f"{prefix}daily_dose", _AMOUNT),
        daily_unit=form.text(f"{prefix}daily_unit"),
    )


def _read_due(form: Form, on: date) -> date | None:
    """Read a day that lies ahead: one without a year is the next such day, `+30` that many days."""
    text = form.text("refill_due_on")
    if text is None:
        return None
    on = min(on, date.max - _FURTHEST)  # a day of the year 9999 is refused elsewhere
    if ahead := _AHEAD.fullmatch(text):
        return on + timedelta(days=int(ahead[1]))
    found = read_day(text, on + _YEAR) if text[0].isdigit() else None
    if found is None:
        form.refuse("refill_due_on", "This is not a day that can be read. For example 23 Nov, +30.")
    return found
