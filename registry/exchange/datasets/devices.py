"""How implanted devices and catheters did: what each look at one found, and what it delivered."""

from __future__ import annotations

from registry.domain.devices import AmplitudeUnit, ConcentrationUnit, DailyUnit
from registry.domain.drugs import drugs
from registry.exchange.column_specs import ColumnSpec
from registry.exchange.datasets.dataset import (
    PATIENT,
    POSITION,
    SITE,
    DataSet,
    amount,
    day,
    key,
    note,
    own_key,
    text,
)
from registry.exchange.vocabulary import of_axis, of_words


def _found() -> tuple[ColumnSpec, ...]:
    return (
        own_key("device_check_id", "device_checks", "The check's identifier."),
        key(
            "procedure_id",
            "procedures",
            "The procedure that placed or served the device; its technique says of which kind it "
            "is.",
        ),
        PATIENT,
        SITE,
        day("checked_on", "Day of the check."),
        text("status", "State of the device. Empty: not recorded.", **of_axis("device_status")),
        ColumnSpec(
            "events",
            "list",
            "What happened to the device, joined by ';'. Empty: nothing, or not recorded.",
            **of_axis("device_event"),
        ),
        text("mode", "Mode of delivery. Empty: not recorded.", **of_axis("device_mode")),
    )


def _infusion() -> tuple[ColumnSpec, ...]:
    other = "Empty: not recorded, or a stimulator."
    return (
        amount("rate_ml_per_day", f"Rate of the infusion. {other}", "ml/24 h"),
        amount("reservoir_ml", f"What was left in the reservoir. {other}", "ml"),
        amount("refilled_ml", f"What was filled in. {other}", "ml"),
        day("refill_due_on", "Day by which the next refill is due, as noted then. Empty: none."),
    )


def _stimulation() -> tuple[ColumnSpec, ...]:
    other = "Empty: not recorded, or no stimulator."
    return (
        amount("amplitude", f"Amplitude of the stimulation. {other}", "see amplitude_unit"),
        text("amplitude_unit", "Unit of the amplitude.", **of_words(AmplitudeUnit, _AS_WRITTEN)),
        amount("frequency_hz", f"Frequency of the stimulation. {other}", "Hz"),
        amount("pulse_width_us", f"Width of a pulse. {other}", "µs"),
        amount("hours_on_per_day", f"Hours a day for which it is on. {other}", "h/24 h"),
        note("note", "Whatever else was written."),
    )


def device_checks() -> DataSet:
    """Describe the looks at implanted devices and catheters: one row each."""
    return DataSet(
        "device_checks",
        "Device checks",
        "one row a look at a pump, a catheter or a stimulator; voided ones are left out",
        "device_checks",
        ("device_check_id",),
        (*_found(), *_infusion(), *_stimulation()),
    )


_AS_WRITTEN = {str(unit): str(unit) for unit in (*AmplitudeUnit, *ConcentrationUnit, *DailyUnit)}
"""Units are read as they are written: a label in words would only change their case."""


def _infusate_columns() -> tuple[ColumnSpec, ...]:
    return (
        key("device_check_id", "device_checks", "The check that found it."),
        POSITION,
        text(
            "drug",
            "A drug of what was delivered. It is in no MEDD: spinal doses have no agreed factor.",
            values=tuple(drugs()),
            labels={slug: drug.label for slug, drug in drugs().items()},
        ),
        amount("concentration", "Its concentration. Empty: not recorded.", "see its unit"),
        text(
            "concentration_unit",
            "Unit of the concentration.",
            **of_words(ConcentrationUnit, _AS_WRITTEN),
        ),
        amount("daily_dose", "Its dose in 24 h, as stated. Empty: not recorded.", "see daily_unit"),
        text("daily_unit", "Unit of the daily dose.", **of_words(DailyUnit, _AS_WRITTEN)),
    )


def infusates() -> DataSet:
    """Describe what pumps and catheters delivered: one row a drug."""
    return DataSet(
        "infusates",
        "Infusates of devices",
        "one row a drug that a pump or a catheter delivered when it was checked",
        "infusates",
        ("device_check_id", "position"),
        _infusate_columns(),
    )
