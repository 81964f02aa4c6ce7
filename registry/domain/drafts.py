"""What somebody means to record: the one shape that forms, API and files fill."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from registry.domain.grading import DEFAULT_GRADING
from registry.domain.opioids import Regimen
from registry.domain.timeline import Instrument, PainScore, Respondent, Source

Confirmed = frozenset[str] | None
"""Codes of the doubts that whoever enters a record was asked about and said yes to; None where
nobody can be asked, as when a file is imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDraft:
    """A person to be registered at a site."""

    hospital_number: str
    birth_date: date
    sex: str
    name: str | None = None
    phone: str | None = None
    diagnosis_group: str | None = None
    diagnosis: str | None = None
    metastases: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentDraft:
    """What was asked and answered on a day. `regimen` None: opioids were not asked about.

    `respondent` is who answered PGIC, PEG and the breakthrough episodes; pain scores each say so
    themselves. `regimen_text` is what a patient wrote of the medicines taken.
    """

    assessed_on: date
    scores: tuple[PainScore, ...] = ()
    regimen: Regimen | None = None
    akps: int | None = None
    ecog: int | None = None
    pgic: int | None = None
    peg_pain: int | None = None
    peg_enjoyment: int | None = None
    peg_activity: int | None = None
    breakthrough: int | None = None
    respondent: Respondent = Respondent.SELF
    source: Source = Source.CLINIC
    after_procedure: bool = False
    regimen_text: str | None = None
    note: str | None = None
    confirmed: Confirmed = frozenset()

    @property
    def measures(self) -> dict[Instrument, int]:
        """Give what was answered beside pain, by instrument."""
        given = {i: getattr(self, i.value) for i in Instrument}
        return {i: value for i, value in given.items() if value is not None}

    @property
    def is_empty(self) -> bool:
        """Say whether it holds no answer at all."""
        answered = self.scores or self.measures or self.regimen is not None or self.regimen_text
        return not answered


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDraft:
    """Something given or applied: concentration in %, volume in mL, dose in its class's unit."""

    agent_class: str
    substance: str | None = None
    concentration: float | None = None
    volume_ml: float | None = None
    dose: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureDraft:
    """A procedure and its axes, as slugs of the taxonomy.

    `technical_failure` says why technical success was not full. `follows_id` is the procedure that
    this one continues; `block_result` and the relief in % of the pain before it are what a
    diagnostic or prognostic block, or a trial, told.
    """

    performed_on: date
    technique: str
    intent: str
    operator: str
    technique_text: str | None = None
    supervisor: str | None = None
    trainee: str | None = None
    setting: str | None = None
    referred_on: date | None = None
    mechanism: str | None = None
    pain_site: str | None = None
    pain_region: str | None = None
    pain_cause: str | None = None
    prognosis: str | None = None
    anticoagulation: str | None = None
    radiotherapy_28d: bool | None = None
    systemic_therapy_28d: bool | None = None
    approach: str | None = None
    laterality: str | None = None
    levels: tuple[str, ...] = ()
    sedation: str | None = None
    technical_success: str | None = None
    technical_failure: str | None = None
    agents: tuple[AgentDraft, ...] = ()
    guidance: tuple[str, ...] = ()
    baseline_missing_reason: str | None = None
    follows_id: UUID | None = None
    block_result: str | None = None
    block_relief_percent: int | None = None
    note: str | None = None
    confirmed: Confirmed = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEventDraft:
    """Something untoward after a procedure; `grade` 1-5 by a scheme and its version."""

    onset_on: date
    complication: str
    complication_text: str | None = None
    scheme: str = DEFAULT_GRADING.scheme.value
    scheme_version: str = DEFAULT_GRADING.version
    grade: int | None = None
    relatedness: str | None = None
    resolution: str | None = None
    resolved_on: date | None = None
    sequelae: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InfusateDraft:
    """One drug that a pump or catheter delivers, its concentration and its daily dose."""

    drug: str
    concentration: float | None = None
    concentration_unit: str | None = None
    daily_dose: float | None = None
    daily_unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCheckDraft:
    """A look at a device on a day: what it delivers, how it is set, what happened to it."""

    checked_on: date
    status: str | None = None
    events: tuple[str, ...] = ()
    mode: str | None = None
    rate_ml_per_day: float | None = None
    reservoir_ml: float | None = None
    refilled_ml: float | None = None
    refill_due_on: date | None = None
    amplitude: float | None = None
    amplitude_unit: str | None = None
    frequency_hz: float | None = None
    pulse_width_us: float | None = None
    hours_on_per_day: float | None = None
    infusate: tuple[InfusateDraft, ...] = ()
    note: str | None = None
    confirmed: Confirmed = frozenset()

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was found or set: only the day is given."""
        given = (getattr(self, f.name) for f in fields(self) if f.name not in _ABOUT_A_CHECK)
        return not any(value is not None and value != () for value in given)


_ABOUT_A_CHECK = {"checked_on", "confirmed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedDraft:
    """Why a procedure has no follow-up in a window; `reason` is of the axis `missed_reason`."""

    window: str
    reason: str
    note: str | None = None
