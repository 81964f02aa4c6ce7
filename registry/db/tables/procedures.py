"""What was done, along its axes."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, Relationship

from registry.db.base import KeptRow, SiteRow, within_site

_PARTS = {"cascade": "all, delete-orphan", "lazy": "raise", "passive_deletes": True}


class Procedure(KeptRow, table=True):
    """One interventional procedure. Axis values are slugs of the taxonomy's content; `levels` are
    slugs joined by `;`.

    `follows_id` is the procedure that this one continues: a neurolysis its prognostic block, an
    implant its trial, a refill its implant, a repeat the procedure before it for the same pain.
    `block_result` and `block_relief_percent` say what a block or a trial told.
    """

    __table_args__ = (
        within_site("patient_id", "patient"),
        Index(None, "site_id", "patient_id", "performed_on"),
        Index(None, "site_id", "performed_on"),
        CheckConstraint("technique <> ''", name="technique_given"),
        CheckConstraint("operator <> ''", name="operator_given"),
        within_site("follows_id", "procedure"),
        Index(None, "site_id", "follows_id"),
        CheckConstraint("follows_id <> id", name="follows_another"),
        CheckConstraint("referred_on <= performed_on", name="referred_before"),
        CheckConstraint("block_relief_percent BETWEEN 0 AND 100", name="block_relief_on_scale"),
    )

    patient_id: UUID
    performed_on: date
    technique: str = Field(max_length=80)
    technique_text: str | None = Field(default=None, max_length=200)
    taxonomy_version: str = Field(max_length=20)
    intent: str = Field(max_length=40)
    operator: str = Field(max_length=120)
    supervisor: str | None = Field(default=None, max_length=120)
    trainee: str | None = Field(default=None, max_length=120)
    setting: str | None = Field(default=None, max_length=40)
    referred_on: date | None = None
    mechanism: str | None = Field(default=None, max_length=40)
    pain_site: str | None = Field(default=None, max_length=120)
    pain_region: str | None = Field(default=None, max_length=40)
    pain_cause: str | None = Field(default=None, max_length=40)
    prognosis: str | None = Field(default=None, max_length=40)
    anticoagulation: str | None = Field(default=None, max_length=40)
    radiotherapy_28d: bool | None = None
    systemic_therapy_28d: bool | None = None
    approach: str | None = Field(default=None, max_length=60)
    laterality: str | None = Field(default=None, max_length=40)
    levels: str | None = Field(default=None, max_length=120)
    sedation: str | None = Field(default=None, max_length=40)
    technical_success: str | None = Field(default=None, max_length=40)
    technical_failure: str | None = Field(default=None, max_length=40)
    follows_id: UUID | None = None
    block_result: str | None = Field(default=None, max_length=40)
    block_relief_percent: int | None = None
    baseline_missing_reason: str | None = Field(default=None, max_length=200)
    note: str | None = Field(default=None, max_length=2000)

    agents: list["ProcedureAgent"] = Relationship(
        sa_relationship_kwargs={**_PARTS, "order_by": "ProcedureAgent.position"}
    )
    guidance: list["ProcedureGuidance"] = Relationship(
        sa_relationship_kwargs={**_PARTS, "order_by": "ProcedureGuidance.mode"}
    )


class ProcedureAgent(SiteRow, table=True):
    """Something that was given or applied: a drug, an energy, cement, a device."""

    __tablename__ = "procedure_agent"
    __table_args__ = (
        within_site("procedure_id", "procedure", ondelete="CASCADE"),
        UniqueConstraint("site_id", "procedure_id", "position"),
        CheckConstraint("volume_ml IS NULL OR volume_ml > 0", name="volume_positive"),
        CheckConstraint(
            "concentration IS NULL OR concentration > 0", name="concentration_positive"
        ),
        CheckConstraint("dose IS NULL OR dose > 0", name="dose_positive"),
    )

    procedure_id: UUID
    position: int
    agent_class: str = Field(max_length=40)
    substance: str | None = Field(default=None, max_length=80)
    concentration: float | None = None
    volume_ml: float | None = None
    dose: float | None = None


class ProcedureGuidance(SiteRow, table=True):
    """A way in which the needle was guided; a procedure may use several."""

    __tablename__ = "procedure_guidance"
    __table_args__ = (
        within_site("procedure_id", "procedure", ondelete="CASCADE"),
        UniqueConstraint("site_id", "procedure_id", "mode"),
    )

    procedure_id: UUID
    mode: str = Field(max_length=40)
