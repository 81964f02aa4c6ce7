"""Procedures: logging one, reading one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from sqlmodel import Session

from registry.db.tables import Procedure
from registry.domain.access import Actor, Permission
from registry.domain.drafts import AgentDraft, ProcedureDraft
from registry.domain.links import LinkKind, link_kind
from registry.services.corrections import get_record
from registry.services.links import followed
from registry.services.patients import read_course
from registry.services.procedures import log_procedure
from registry.web.api import assessments
from registry.web.api.assessments import BaselineIn
from registry.web.api.models import (
    CONFLICTS,
    Amount,
    ConfirmedCodes,
    Day,
    Name,
    OptionalLine,
    OptionalName,
    OptionalNote,
    OptionalSlug,
    Sent,
    Slug,
    Whole,
    YesNo,
)
from registry.web.api.writing import Submitting, named_as_sent
from registry.web.deps import Bearer, ReadSession, Today, WriteSession
from registry.web.needs import api_needs

router = APIRouter(tags=["procedures"], dependencies=[api_needs(Permission.READ_RECORDS)])

EXAMPLE: JsonDict = {
    "patient_id": "0197f2c0-5a10-7cc2-9d5e-3f1f6f9f2a01",
    "performed_on": "2026-01-12",
    "technique": "coeliac-plexus",
    "intent": "therapeutic",
    "operator": "Dr Able",
    "approach": "antecrural",
    "laterality": "bilateral",
    "agents": [{"agent_class": "alcohol", "concentration": 50, "volume_ml": 20}],
    "guidance": ["fluoroscopy"],
    "baseline": {"assessed_on": "2026-01-11", "scores": [{"kind": "average", "score": 8}]},
}


FOLLOWS = "The procedure that this one continues: its block, trial, device's implant or treatment."
RESULT = (
    "What a diagnostic or prognostic block or a trial told. Given with a treatment or an implant, "
    "it is written to the block or trial that `follows_id` names."
)


class AgentIn(Sent):
    """Something given or applied: concentration in %, volume in mL, dose in its class's unit."""

    agent_class: Slug
    substance: OptionalSlug = None
    concentration: Amount | None = None
    volume_ml: Amount | None = None
    dose: Amount | None = None


class ProcedureIn(Sent):
    """A procedure and its axes, as slugs; the codebook of the export lists them.

    Give the pain before it as `baseline`, unless the timeline has an assessment of the week before
    already, or say in `baseline_missing_reason` why there is none.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    patient_id: UUID
    performed_on: Day
    technique: Slug
    technique_text: OptionalLine = None
    intent: Slug
    operator: Name
    supervisor: OptionalName = None
    trainee: OptionalName = None
    setting: OptionalSlug = None
    referred_on: Day | None = None
    mechanism: OptionalSlug = None
    pain_site: OptionalName = None
    pain_region: OptionalSlug = None
    pain_cause: OptionalSlug = None
    prognosis: OptionalSlug = None
    anticoagulation: OptionalSlug = None
    radiotherapy_28d: YesNo | None = None
    systemic_therapy_28d: YesNo | None = None
    approach: OptionalSlug = None
    laterality: OptionalSlug = None
    levels: Annotated[tuple[Slug, ...], Field(max_length=30)] = ()
    sedation: OptionalSlug = None
    technical_success: OptionalSlug = None
    technical_failure: OptionalSlug = Field(
        default=None, description="Why technical success was only partial, or failed."
    )
    follows_id: UUID | None = Field(default=None, description=FOLLOWS)
    block_result: OptionalSlug = Field(default=None, description=RESULT)
    block_relief_percent: Whole | None = Field(
        default=None, description="Relief that the block or trial gave, 0-100 %."
    )
    agents: Annotated[tuple[AgentIn, ...], Field(max_length=30)] = ()
    guidance: Annotated[tuple[Slug, ...], Field(max_length=30)] = ()
    baseline: BaselineIn | None = None
    baseline_missing_reason: OptionalLine = None
    note: OptionalNote = None
    confirmed: ConfirmedCodes = ()

    def to_draft(self) -> ProcedureDraft:
        """Give the procedure as the rules judge it."""
        parts = {"patient_id", "agents", "levels", "guidance", "baseline", "confirmed"}
        plain = self.model_dump(exclude=parts)
        return ProcedureDraft(
            **plain,
            agents=tuple(AgentDraft(**agent.model_dump()) for agent in self.agents),
            levels=self.levels,
            guidance=self.guidance,
            confirmed=frozenset(self.confirmed),
        )


class AgentOut(BaseModel):
    """Something given or applied."""

    model_config = ConfigDict(from_attributes=True)

    agent_class: str
    substance: str | None
    concentration: float | None = Field(description="%")
    volume_ml: float | None
    dose: float | None = Field(description="In the unit of its class.")


class ProcedureOut(BaseModel):
    """A recorded procedure."""

    id: UUID
    patient_id: UUID
    version: int
    performed_on: date
    technique: str
    technique_text: str | None
    taxonomy_version: str
    intent: str
    operator: str
    supervisor: str | None
    trainee: str | None
    setting: str | None
    referred_on: date | None
    mechanism: str | None
    pain_site: str | None
    pain_region: str | None
    pain_cause: str | None
    prognosis: str | None
    anticoagulation: str | None
    radiotherapy_28d: bool | None
    systemic_therapy_28d: bool | None
    approach: str | None
    laterality: str | None
    levels: list[str]
    sedation: str | None
    technical_success: str | None
    technical_failure: str | None
    follows_id: UUID | None
    link: LinkKind | None = Field(description="What this is to the procedure that it continues.")
    block_result: str | None
    block_relief_percent: int | None
    agents: list[AgentOut]
    guidance: list[str]
    baseline_missing_reason: str | None
    note: str | None


@router.post(
    "/procedures",
    status_code=HTTPStatus.CREATED,
    responses=CONFLICTS,
    dependencies=[api_needs(Permission.WRITE_RECORDS)],
    summary="Log a procedure",
)
def create_procedure(
    body: ProcedureIn, actor: Bearer, session: WriteSession, submit: Submitting, today: Today
) -> ProcedureOut:
    """Log a procedure, together with the assessment made before it if there is one to add."""

    def write() -> Procedure:
        return log_procedure(
            session,
            actor=actor,
            patient_id=body.patient_id,
            draft=body.to_draft(),
            baseline=body.baseline.to_draft() if body.baseline else None,
            today=today,
        )

    with named_as_sent(lambda field: _as_sent(field, body)):
        record_id = submit(body, write)
    return _show(session, actor, record_id)


def _as_sent(field: str, body: ProcedureIn) -> str:
    """Name what is wrong with the assessment before the procedure under `baseline`."""
    name = assessments.as_sent(field)
    if name.split(".")[0] not in BaselineIn.model_fields:
        return name
    return f"baseline.{name}" if body.baseline else "baseline"


@router.get("/procedures/{procedure_id}", summary="Read a procedure")
def read_procedure(procedure_id: UUID, actor: Bearer, session: ReadSession) -> ProcedureOut:
    """Read a procedure with everything that was recorded along its axes."""
    return _show(session, actor, procedure_id)


def _show(session: Session, actor: Actor, procedure_id: UUID) -> ProcedureOut:
    row = get_record(session, Procedure, actor=actor, record_id=procedure_id)
    course = read_course(session, actor=actor, patient_id=row.patient_id)
    return show_procedure(row, course.procedures)


def show_procedure(row: Procedure, others: Sequence[Procedure]) -> ProcedureOut:
    """Answer a recorded procedure with its parts, and its link to one of the patient's others."""
    own = ProcedureOut.model_fields.keys() & type(row).model_fields.keys() - {"levels"}
    earlier = followed(others, row)
    return ProcedureOut(
        **row.model_dump(include=own),
        link=link_kind(earlier.intent, row.intent) if earlier else None,
        levels=row.levels.split(";") if row.levels else [],
        agents=[AgentOut.model_validate(agent) for agent in row.agents],
        guidance=[g.mode for g in row.guidance],
    )
