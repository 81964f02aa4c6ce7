"""The rules of a device check: what fits its kind of device, and when it can have been made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from registry.domain.axes import axis
from registry.domain.devices import (
    EXPLANT,
    AmplitudeUnit,
    ConcentrationUnit,
    DailyUnit,
    DeviceKind,
    daily_mg,
)
from registry.domain.drafts import DeviceCheckDraft, InfusateDraft, ProcedureDraft
from registry.domain.drugs import drugs
from registry.domain.errors import Problem
from registry.domain.rules.bounds import Bounds
from registry.domain.rules.choices import check_choices
from registry.domain.techniques import taxonomy

NO_DEVICE = "This procedure leaves no device or catheter in place that could be checked."

_OF_INFUSION = ("rate_ml_per_day", "reservoir_ml", "refilled_ml", "refill_due_on")
_OF_STIMULATION = ("amplitude", "frequency_hz", "pulse_width_us", "hours_on_per_day")
_POSITIVE = ("refilled_ml", "frequency_hz", "pulse_width_us")
_NOT_NEGATIVE = ("rate_ml_per_day", "reservoir_ml", "amplitude")


def check_device_check(
    draft: DeviceCheckDraft,
    device: DeviceKind,
    performed_on: date,
    removed_on: date | None,
    bounds: Bounds,
) -> list[Problem]:
    """Find what is wrong with a check of the device that a procedure left on a day.

    `removed_on` is the day on which the device was taken out.
    """
    problems = [
        *bounds.check("checked_on", draft.checked_on, "The check"),
        *_check_days(draft, performed_on, removed_on),
        *_check_values(draft, device),
        *_check_amounts(draft),
    ]
    for number, item in enumerate(draft.infusate):
        problems += _check_infused(f"infusate.{number}", item)
    if len({item.drug for item in draft.infusate}) < len(draft.infusate):
        problems.append(Problem("infusate", "A drug stands here twice. Keep one line for each."))
    if draft.is_empty:
        problems.append(
            Problem("", "Record something: its state, an event, a setting or what it delivers.")
        )
    return problems


def check_checks_of(draft: ProcedureDraft, checks: Iterable[date]) -> list[Problem]:
    """Find out whether a corrected procedure still left the device that was checked after it."""
    days = list(checks)
    if not days:
        return []
    problems = []
    if draft.performed_on > min(days):
        problems.append(
            Problem("performed_on", "Its device was checked before this day. Check both dates.")
        )
    technique = taxonomy().techniques.get(draft.technique)
    if technique is not None and technique.device is None:
        reason = "Its device was checked, and this technique leaves none."
        problems.append(Problem("technique", f"{reason} Void the checks first."))
    if draft.intent == EXPLANT:
        reason = "Its device was checked after it, and an explant leaves none."
        problems.append(Problem("intent", f"{reason} Void the checks first."))
    return problems


def _check_days(
    draft: DeviceCheckDraft, performed_on: date, removed_on: date | None
) -> Iterator[Problem]:
    if draft.checked_on < performed_on:
        yield Problem("checked_on", "The check lies before the procedure. Check the date.")
    if removed_on is not None and draft.checked_on > removed_on:
        yield Problem(
            "checked_on",
            "The device was taken out before this day. Check the date, or choose the device that "
            "is in place.",
        )
    if draft.refill_due_on is not None and draft.refill_due_on <= draft.checked_on:
        yield Problem("refill_due_on", "The next refill must lie after the check. Check the date.")


def _check_values(draft: DeviceCheckDraft, device: DeviceKind) -> Iterator[Problem]:
    """Hold every value against the kind of device: nobody sets a pulse width on a pump."""
    for name, field, given in (
        ("device_status", "status", [draft.status] if draft.status else []),
        ("device_event", "events", draft.events),
        ("device_mode", "mode", [draft.mode] if draft.mode else []),
    ):
        yield from check_choices(name, given, field)
        known = [value for slug in given if (value := axis(name).get(slug))]
        if any(value.group not in ("", device.group) for value in known):
            yield Problem(field, "This is not said of such a device. Choose another.")
    foreign = _OF_STIMULATION if device.infuses else _OF_INFUSION
    for field in foreign:
        if getattr(draft, field) is not None:
            yield Problem(field, "Such a device has no setting of this kind. Leave it empty.")
    if draft.infusate and not device.infuses:
        yield Problem("infusate", "A stimulator delivers no drug. Remove the line.")


def _check_amounts(draft: DeviceCheckDraft) -> Iterator[Problem]:
    for field in _POSITIVE:
        value = getattr(draft, field)
        if value is not None and value <= 0:
            yield Problem(field, "Enter a number above 0, or leave it empty.")
    for field in _NOT_NEGATIVE:
        value = getattr(draft, field)
        if value is not None and value < 0:
            yield Problem(field, "Enter 0 or more.")
    if draft.hours_on_per_day is not None and not 0 <= draft.hours_on_per_day <= 24:
        yield Problem("hours_on_per_day", "A day has 0 to 24 hours.")
    if draft.amplitude is not None and draft.amplitude_unit not in list(AmplitudeUnit):
        yield Problem("amplitude_unit", "Choose the unit of the amplitude: mA or V.")
    if draft.amplitude is None and draft.amplitude_unit is not None:
        yield Problem("amplitude", "Enter the amplitude, or leave its unit empty.")


def _check_infused(field: str, item: InfusateDraft) -> Iterator[Problem]:
    drug = drugs().get(item.drug)
    if drug is None:
        yield Problem(f"{field}.drug", "Name a drug of the list, as it is searched for.")
    for name, amount, unit, units in (
        ("concentration", item.concentration, item.concentration_unit, ConcentrationUnit),
        ("daily_dose", item.daily_dose, item.daily_unit, DailyUnit),
    ):
        unit_field = "daily_unit" if name == "daily_dose" else f"{name}_unit"
        if amount is not None and amount <= 0:
            yield Problem(f"{field}.{name}", "Enter a number above 0, or leave it empty.")
        if (amount is None) is not (unit is None):
            missing, what = (name, "amount") if amount is None else (unit_field, "unit")
            yield Problem(f"{field}.{missing}", f"Enter the {what} too, or leave both empty.")
        elif unit is not None and unit not in list(units):
            yield Problem(f"{field}.{unit_field}", f"Choose one of: {', '.join(units)}.")
    dose = daily_mg(item)
    if drug is not None and dose is not None and dose > drug.most_mg_per_day:
        yield Problem(
            f"{field}.daily_dose", "More than anyone is given in a day. Check the dose and unit."
        )
