"""All tables; importing this package makes the schema's metadata complete."""

from registry.db.tables.adverse_events import AdverseEvent
from registry.db.tables.assessments import (
    Assessment,
    MeasureRow,
    OpioidItemRow,
    PainScoreRow,
)
from registry.db.tables.devices import DeviceCheck, InfusateItem
from registry.db.tables.exports import ExportJob
from registry.db.tables.follow_up import MissedFollowUp, PatientLink
from registry.db.tables.imports import ImportBatch, ImportedRow, LogbookImport
from registry.db.tables.outcomes import UNDECIDED, ProcedureMeddRow, ProcedureOutcomeRow
from registry.db.tables.patients import Death, Patient, PatientSearchKey
from registry.db.tables.people import Membership, Site, UserAccount
from registry.db.tables.procedures import Procedure, ProcedureAgent, ProcedureGuidance
from registry.db.tables.reports import SavedReport
from registry.db.tables.sign_in import (
    AccountLink,
    ApiToken,
    HeldForm,
    PendingSignIn,
    RecoveryCode,
    SignInGuard,
    UserSession,
    UserTotp,
)
from registry.db.tables.trail import (
    AuditEvent,
    AuditHead,
    Confirmation,
    Submission,
)

__all__ = [
    "UNDECIDED",
    "AccountLink",
    "AdverseEvent",
    "ApiToken",
    "Assessment",
    "AuditEvent",
    "AuditHead",
    "Confirmation",
    "Death",
    "DeviceCheck",
    "ExportJob",
    "HeldForm",
    "ImportBatch",
    "ImportedRow",
    "InfusateItem",
    "LogbookImport",
    "MeasureRow",
    "Membership",
    "MissedFollowUp",
    "OpioidItemRow",
    "PainScoreRow",
    "Patient",
    "PatientLink",
    "PatientSearchKey",
    "PendingSignIn",
    "Procedure",
    "ProcedureAgent",
    "ProcedureGuidance",
    "ProcedureMeddRow",
    "ProcedureOutcomeRow",
    "RecoveryCode",
    "SavedReport",
    "SignInGuard",
    "Site",
    "Submission",
    "UserAccount",
    "UserSession",
    "UserTotp",
]
