"""All tables; importing this package makes the schema's metadata complete."""

from registry.db.tables.assessments import (
    Assessment,
    FunctionScoreRow,
    OpioidItemRow,
    PainScoreRow,
)
from registry.db.tables.outcomes import UNDECIDED, ProcedureOutcomeRow
from registry.db.tables.patients import Death, Patient
from registry.db.tables.people import ApiToken, Membership, Site, UserAccount, UserSession
from registry.db.tables.procedures import (
    AdverseEvent,
    Procedure,
    ProcedureAgent,
    ProcedureGuidance,
)
from registry.db.tables.trail import AuditEvent, ImportBatch, ImportedRow, Submission

__all__ = [
    "UNDECIDED",
    "AdverseEvent",
    "ApiToken",
    "Assessment",
    "AuditEvent",
    "Death",
    "FunctionScoreRow",
    "ImportBatch",
    "ImportedRow",
    "Membership",
    "OpioidItemRow",
    "PainScoreRow",
    "Patient",
    "Procedure",
    "ProcedureAgent",
    "ProcedureGuidance",
    "ProcedureOutcomeRow",
    "Site",
    "Submission",
    "UserAccount",
    "UserSession",
]
