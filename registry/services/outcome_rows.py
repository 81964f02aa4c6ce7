"""From what a procedure achieved to its flat row."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from registry.db.queries.patients import Course
from registry.db.tables import (
    UNDECIDED,
    Procedure,
    Site,
)
from registry.domain.opioids import Medd
from registry.domain.outcomes import Doses, ProcedureOutcome, WindowOutcome
from registry.domain.outcomes.relief import Relief
from registry.domain.outcomes.responders import DEFINITIONS
from registry.domain.techniques import taxonomy

_AS_RECORDED = (
    *("mechanism", "approach", "laterality", "levels", "sedation", "setting"),
    *("technical_success", "technical_failure", "pain_region", "pain_cause", "prognosis"),
    *("anticoagulation", "radiotherapy_28d", "systemic_therapy_28d"),
    *("block_result", "block_relief_percent"),
)
"""What the row says of a procedure in the words of its record."""
_AS_DERIVED = (
    *("age_years", "akps", "ecog", "methadone", "neuraxial"),
    *("first_window", "further_days", "last_seen_days", "days_to_death"),
)
"""What the row says under the name that the outcome has for it."""


def to_row(
    site: Site, course: Course, procedure: Procedure, outcome: ProcedureOutcome, version: str
) -> dict[str, Any]:
    """Make the row of a procedure; `version` names the rules that `outcome` was derived by."""
    patient = course.patient
    row = {
        "site_id": site.id,
        "procedure_id": procedure.id,
        "patient_id": patient.id,
        "course_id": outcome.course_id,
        "follows_id": _followed(course, procedure),
        "site": site.code,
        "performed_on": procedure.performed_on,
        "diagnosis_group": patient.diagnosis_group,
        "sex": patient.sex,
        "synthetic": site.synthetic,
        "rules_version": version,
        "nrs_baseline": outcome.baseline,
        "worst_baseline": outcome.worst,
        **_axes(procedure),
        **{name: getattr(outcome, name) for name in _AS_DERIVED},
        **_medd("baseline", outcome.medd),
        **_relief(outcome.relief),
    }
    missed = {m.window_slug: m.reason for m in course.missed if m.procedure_id == procedure.id}
    for slug, at in outcome.windows.items():
        row |= _window(at, missed.get(slug))
    return row


def to_medd_row(
    site: Site, course: Course, procedure_id: UUID, table_id: str, doses: Doses
) -> dict[str, Any] | None:
    """Make the row of a procedure's doses under a table; None where no regimen was recorded."""
    if not any(doses.values()):
        return None
    row = {
        "site_id": site.id,
        "procedure_id": procedure_id,
        "table_id": table_id,
        "patient_id": course.patient.id,
    }
    for when, medd in doses.items():
        row |= _medd(when, medd)
    return row


def _axes(procedure: Procedure) -> dict[str, Any]:
    technique = taxonomy().techniques[procedure.technique]
    return {
        "region": technique.region,
        "category": technique.category,
        "technique": technique.slug,
        "intent": procedure.intent,
        "operator": procedure.operator,
        "agent_classes": ";".join(sorted({a.agent_class for a in procedure.agents})),
        "guidance": ";".join(sorted(g.mode for g in procedure.guidance)),
        **{name: getattr(procedure, name) for name in _AS_RECORDED},
        "referral_days": _days_between(procedure.referred_on, procedure.performed_on),
    }


def _days_between(earlier: date | None, later: date) -> int | None:
    return (later - earlier).days if earlier else None


def _followed(course: Course, procedure: Procedure) -> UUID | None:
    """Give the procedure that this one continues, unless that was voided."""
    standing = {p.id for p in course.procedures}
    return procedure.follows_id if procedure.follows_id in standing else None


def _window(at: WindowOutcome, missed: str | None) -> dict[str, Any]:
    slug = at.window.slug
    return {
        f"nrs_{slug}": at.score,
        f"worst_{slug}": at.worst,
        f"pgic_{slug}": at.pgic,
        f"state_{slug}": at.state or UNDECIDED,
        f"missed_{slug}": missed if at.score is None else None,
        **{f"{each.slug}_{slug}": getattr(at, each.slug) for each in DEFINITIONS},
        **_medd(slug, at.medd),
    }


def _relief(relief: Relief | None) -> dict[str, Any]:
    return {
        "relief_from": relief.from_day if relief else None,
        "relief_days": relief.days if relief else None,
        "relief_end": relief.end if relief else None,
    }


def _medd(when: str, medd: Medd | None) -> dict[str, Any]:
    return {
        f"medd_{when}": float(medd.total_mg) if medd else None,
        f"medd_complete_{when}": medd.complete if medd else None,
    }
