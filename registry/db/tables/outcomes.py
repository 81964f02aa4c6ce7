"""The derived row: what each procedure achieved, flat, one row a procedure."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from registry.db.base import one_of, within_site
from registry.domain.outcomes import State

UNDECIDED = "undecided"
"""Stored where neither an assessment nor a death has decided the state yet; which of `not_due` and
`alive_not_assessed` that means depends on the day one asks, so a query decides it."""

_STATES = (
    State.RESPONDER,
    State.NON_RESPONDER,
    State.DIED_BEFORE,
    State.INELIGIBLE,
    UNDECIDED,
)


class ProcedureOutcomeRow(SQLModel, table=True):
    """A procedure's axes and outcomes for comparisons and exports.

    Derived from the timeline in the transaction of every write that touches the patient; never
    edited; `assuage rebuild` makes all of it again. Lists are slugs joined by `;`.
    """

    __tablename__ = "procedure_outcome"
    __table_args__ = (
        within_site("procedure_id", "procedure"),
        within_site("patient_id", "patient"),
        Index(None, "site_id", "patient_id"),
        Index(None, "site_id", "performed_on"),
        one_of("state_48h", _STATES),
        one_of("state_7d", _STATES),
        one_of("state_28d", _STATES),
        one_of("state_90d", _STATES),
        one_of("state_180d", _STATES),
    )

    site_id: UUID = Field(primary_key=True, foreign_key="site.id")
    procedure_id: UUID = Field(primary_key=True)
    patient_id: UUID
    site: str = Field(max_length=40)
    performed_on: date
    region: str = Field(max_length=40)
    category: str = Field(max_length=60)
    technique: str = Field(max_length=80)
    intent: str = Field(max_length=40)
    operator: str = Field(max_length=120)
    agent_classes: str = Field(default="", max_length=400)
    guidance: str = Field(default="", max_length=200)
    mechanism: str | None = Field(default=None, max_length=40)
    approach: str | None = Field(default=None, max_length=60)
    laterality: str | None = Field(default=None, max_length=40)
    levels: str | None = Field(default=None, max_length=120)
    sedation: str | None = Field(default=None, max_length=40)
    setting: str | None = Field(default=None, max_length=40)
    technical_success: str | None = Field(default=None, max_length=40)
    technical_failure: str | None = Field(default=None, max_length=40)
    pain_region: str | None = Field(default=None, max_length=40)
    pain_cause: str | None = Field(default=None, max_length=40)
    prognosis: str | None = Field(default=None, max_length=40)
    anticoagulation: str | None = Field(default=None, max_length=40)
    radiotherapy_28d: bool | None = None
    systemic_therapy_28d: bool | None = None
    block_result: str | None = Field(default=None, max_length=40)
    block_relief_percent: int | None = None
    referral_days: int | None = None
    diagnosis_group: str | None = Field(default=None, max_length=60)
    age_years: int
    sex: str = Field(max_length=20)
    akps: int | None = None
    ecog: int | None = None
    methadone: bool = False
    neuraxial: bool = False
    days_to_death: int | None = None
    synthetic: bool = False
    rules_version: str = Field(max_length=200)
    course_id: UUID
    follows_id: UUID | None = None
    first_window: str | None = Field(default=None, max_length=10)
    further_days: int | None = None
    last_seen_days: int = 0
    relief_from: int | None = None
    relief_days: int | None = None
    relief_end: str | None = Field(default=None, max_length=20)
    nrs_baseline: int | None = None
    worst_baseline: int | None = None
    medd_baseline: float | None = None
    medd_complete_baseline: bool | None = None

    nrs_48h: int | None = None
    worst_48h: int | None = None
    pgic_48h: int | None = None
    state_48h: str = Field(default=UNDECIDED, max_length=20)
    missed_48h: str | None = Field(default=None, max_length=40)
    medd_48h: float | None = None
    medd_complete_48h: bool | None = None
    nrs30_48h: bool | None = None
    nrs50_48h: bool | None = None
    nrs2_48h: bool | None = None
    composite_48h: bool | None = None
    icpre2012_48h: str | None = Field(default=None, max_length=20)
    medd30_48h: bool | None = None
    medd50_48h: bool | None = None

    nrs_7d: int | None = None
    worst_7d: int | None = None
    pgic_7d: int | None = None
    state_7d: str = Field(default=UNDECIDED, max_length=20)
    missed_7d: str | None = Field(default=None, max_length=40)
    medd_7d: float | None = None
    medd_complete_7d: bool | None = None
    nrs30_7d: bool | None = None
    nrs50_7d: bool | None = None
    nrs2_7d: bool | None = None
    composite_7d: bool | None = None
    icpre2012_7d: str | None = Field(default=None, max_length=20)
    medd30_7d: bool | None = None
    medd50_7d: bool | None = None

    nrs_28d: int | None = None
    worst_28d: int | None = None
    pgic_28d: int | None = None
    state_28d: str = Field(default=UNDECIDED, max_length=20)
    missed_28d: str | None = Field(default=None, max_length=40)
    medd_28d: float | None = None
    medd_complete_28d: bool | None = None
    nrs30_28d: bool | None = None
    nrs50_28d: bool | None = None
    nrs2_28d: bool | None = None
    composite_28d: bool | None = None
    icpre2012_28d: str | None = Field(default=None, max_length=20)
    medd30_28d: bool | None = None
    medd50_28d: bool | None = None

    nrs_90d: int | None = None
    worst_90d: int | None = None
    pgic_90d: int | None = None
    state_90d: str = Field(default=UNDECIDED, max_length=20)
    missed_90d: str | None = Field(default=None, max_length=40)
    medd_90d: float | None = None
    medd_complete_90d: bool | None = None
    nrs30_90d: bool | None = None
    nrs50_90d: bool | None = None
    nrs2_90d: bool | None = None
    composite_90d: bool | None = None
    icpre2012_90d: str | None = Field(default=None, max_length=20)
    medd30_90d: bool | None = None
    medd50_90d: bool | None = None

    nrs_180d: int | None = None
    worst_180d: int | None = None
    pgic_180d: int | None = None
    state_180d: str = Field(default=UNDECIDED, max_length=20)
    missed_180d: str | None = Field(default=None, max_length=40)
    medd_180d: float | None = None
    medd_complete_180d: bool | None = None
    nrs30_180d: bool | None = None
    nrs50_180d: bool | None = None
    nrs2_180d: bool | None = None
    composite_180d: bool | None = None
    icpre2012_180d: str | None = Field(default=None, max_length=20)
    medd30_180d: bool | None = None
    medd50_180d: bool | None = None


class ProcedureMeddRow(SQLModel, table=True):
    """A procedure's systemic MEDD under one conversion table, at baseline and at every window.

    Derived with the outcome row, which holds it under the site's own table: one row a procedure and
    published table, so that a dose can be looked at under any of them without mixing two. Nothing
    where no regimen was recorded at all.
    """

    __tablename__ = "procedure_medd"
    __table_args__ = (
        within_site("procedure_id", "procedure"),
        within_site("patient_id", "patient"),
        Index(None, "site_id", "patient_id"),
    )

    site_id: UUID = Field(primary_key=True, foreign_key="site.id")
    procedure_id: UUID = Field(primary_key=True)
    table_id: str = Field(primary_key=True, max_length=40)
    patient_id: UUID
    medd_baseline: float | None = None
    medd_complete_baseline: bool | None = None
    medd_48h: float | None = None
    medd_complete_48h: bool | None = None
    medd_7d: float | None = None
    medd_complete_7d: bool | None = None
    medd_28d: float | None = None
    medd_complete_28d: bool | None = None
    medd_90d: float | None = None
    medd_complete_90d: bool | None = None
    medd_180d: float | None = None
    medd_complete_180d: bool | None = None
