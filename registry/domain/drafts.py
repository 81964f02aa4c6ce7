"""What somebody means to record: the one shape that forms, API and files fill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry.domain.opioids import Regimen
from registry.domain.timeline import PainScore


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDraft:
    """A person to be registered at a site."""

    hospital_number: str
    birth_date: date
    sex: str
    name: str | None = None
    diagnosis_group: str | None = None
    diagnosis: str | None = None
    metastases: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentDraft:
    """What was asked and answered on a day. `regimen` None: opioids were not asked about."""

    assessed_on: date
    scores: tuple[PainScore, ...] = ()
    regimen: Regimen | None = None
    akps: int | None = None
    ecog: int | None = None
    after_procedure: bool = False
    note: str | None = None

    @property
    def is_empty(self) -> bool:
        """Say whether it holds no answer at all."""
        return not self.scores and self.regimen is None and self.akps is None and self.ecog is None


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
    """A procedure and its axes, as slugs of the taxonomy."""

    performed_on: date
    technique: str
    intent: str
    operator: str
    technique_text: str | None = None
    supervisor: str | None = None
    mechanism: str | None = None
    pain_site: str | None = None
    approach: str | None = None
    laterality: str | None = None
    levels: tuple[str, ...] = ()
    sedation: str | None = None
    technical_success: str | None = None
    agents: tuple[AgentDraft, ...] = ()
    guidance: tuple[str, ...] = ()
    baseline_missing_reason: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEventDraft:
    """Something untoward after a procedure; `grade` by CTCAE v5, 1 mild to 5 fatal."""

    onset_on: date
    complication: str
    complication_text: str | None = None
    grade: int | None = None
