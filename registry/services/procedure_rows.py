"""From what somebody means to record of a procedure to its row and parts."""

from __future__ import annotations

from sqlmodel import Session

from registry.db.tables import Patient, Procedure, ProcedureAgent, ProcedureGuidance
from registry.domain.drafts import ProcedureDraft
from registry.domain.techniques import taxonomy

_PLAIN_FIELDS = (
    "performed_on",
    "technique",
    "technique_text",
    "intent",
    "operator",
    "supervisor",
    "trainee",
    "setting",
    "referred_on",
    "mechanism",
    "pain_site",
    "pain_region",
    "pain_cause",
    "prognosis",
    "anticoagulation",
    "radiotherapy_28d",
    "systemic_therapy_28d",
    "approach",
    "laterality",
    "sedation",
    "technical_success",
    "technical_failure",
    "baseline_missing_reason",
    "follows_id",
    "block_result",
    "block_relief_percent",
    "note",
)


def new_procedure(patient: Patient, draft: ProcedureDraft) -> Procedure:
    """Make the row of a patient's procedure, with its parts."""
    row = Procedure(
        site_id=patient.site_id,
        patient_id=patient.id,
        performed_on=draft.performed_on,
        technique=draft.technique,
        taxonomy_version=taxonomy().version,
        intent=draft.intent,
        operator=draft.operator,
    )
    _fill(row, draft)
    _fill_parts(row, draft)
    return row


def fill_procedure(session: Session, row: Procedure, draft: ProcedureDraft) -> None:
    """Write a draft into a row that stands; its agents and guidance are replaced."""
    _fill(row, draft)
    row.agents, row.guidance = [], []
    session.flush()  # what an amendment replaces must be gone before the new parts take its place
    _fill_parts(row, draft)


def _fill(row: Procedure, draft: ProcedureDraft) -> None:
    for name in _PLAIN_FIELDS:
        setattr(row, name, getattr(draft, name))
    row.levels = ";".join(draft.levels) or None


def _fill_parts(row: Procedure, draft: ProcedureDraft) -> None:
    row.agents = [
        ProcedureAgent(
            site_id=row.site_id,
            procedure_id=row.id,
            position=position,
            agent_class=agent.agent_class,
            substance=agent.substance,
            concentration=agent.concentration,
            volume_ml=agent.volume_ml,
            dose=agent.dose,
        )
        for position, agent in enumerate(draft.agents)
    ]
    row.guidance = [
        ProcedureGuidance(site_id=row.site_id, procedure_id=row.id, mode=mode)
        for mode in dict.fromkeys(draft.guidance)
    ]
