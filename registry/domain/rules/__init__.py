"""The rules that a record must keep, each worded once. A draft's problems are told together."""

from registry.domain.rules.adverse_event import check_adverse_event
from registry.domain.rules.assessment import check_assessment
from registry.domain.rules.bounds import Bounds
from registry.domain.rules.choices import check_choice, check_choices
from registry.domain.rules.death import check_death
from registry.domain.rules.device_check import NO_DEVICE, check_checks_of, check_device_check
from registry.domain.rules.missed import check_missed
from registry.domain.rules.patient import OLDEST_AGE, check_birth, check_patient
from registry.domain.rules.procedure import (
    check_baseline,
    check_events_after,
    check_procedure,
    check_result,
)

__all__ = [
    "NO_DEVICE",
    "OLDEST_AGE",
    "Bounds",
    "check_adverse_event",
    "check_assessment",
    "check_baseline",
    "check_birth",
    "check_checks_of",
    "check_choice",
    "check_choices",
    "check_death",
    "check_device_check",
    "check_events_after",
    "check_missed",
    "check_patient",
    "check_procedure",
    "check_result",
]
