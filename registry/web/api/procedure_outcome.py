"""What one procedure achieved, derived from the timeline at every window."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from registry.db.tables import Procedure
from registry.domain.opioids import Medd
from registry.domain.outcomes import ProcedureOutcome, State, WindowOutcome
from registry.services.corrections import get_record
from registry.services.outcomes import read_outcomes, rules_version, sites_of
from registry.services.patients import read_course
from registry.web.deps import Bearer, ReadSession, Today

router = APIRouter(tags=["procedures"])


class MeddAt(BaseModel):
    """Systemic opioid at a time, mg/24 h oral morphine. Describes a dose; not for switching."""

    table: str
    version: str
    total_mg: float
    complete: bool = Field(description="False: not all could be converted, the total is too low.")
    methadone: bool = Field(description="Methadone is in it: its banded factors jump.")
    neuraxial: bool = Field(description="Beside it an opioid was given spinally; in no total.")


class BaselineOut(BaseModel):
    """How the patient was in the week before the procedure."""

    day: int | None = Field(description="Day of the score, counted from the procedure.")
    score: int | None = Field(description="0-10 NRS: average over 24 h, self-reported.")
    akps: int | None
    medd: MeddAt | None = Field(description="Null: opioids were not asked about.")


class WindowOut(BaseModel):
    """How the patient was in one window after the procedure."""

    window: str
    label: str
    opens_on: date
    target_on: date
    closes_on: date
    state: State = Field(description="By nrs30, as it stands on `as_of`.")
    day: int | None = Field(description="Day of the score, counted from the procedure.")
    score: int | None = Field(description="0-10 NRS: average over 24 h, self-reported.")
    change: int | None = Field(description="Score less baseline: below 0 is relief.")
    nrs30: bool | None = Field(description="Pain fell by at least 30 % of baseline.")
    nrs50: bool | None = Field(description="Pain fell by at least 50 % of baseline.")
    nrs2: bool | None = Field(description="Pain fell by at least 2 points.")
    medd: MeddAt | None = Field(description="Null: opioids were not asked about.")
    medd_change: float | None = Field(
        description="mg/24 h; only where both ends are wholly converted."
    )


class OutcomeOut(BaseModel):
    """A procedure's outcome. Nothing in it was typed in: all is derived from the timeline."""

    procedure_id: UUID
    performed_on: date
    as_of: date
    age_years: int
    baseline: BaselineOut
    windows: list[WindowOut]
    methadone: bool = Field(description="Taken at baseline or at any window.")
    neuraxial: bool = Field(description="A spinal opioid at baseline or at any window.")
    days_to_death: int | None
    rules_version: str


@router.get("/procedures/{procedure_id}/outcome", summary="Read what a procedure achieved")
def read_outcome(
    procedure_id: UUID, actor: Bearer, session: ReadSession, today: Today
) -> OutcomeOut:
    """Give baseline, score, change, state, response and MEDD at every window, as of today."""
    row = get_record(session, Procedure, actor=actor, record_id=procedure_id)
    course = read_course(session, actor=actor, patient_id=row.patient_id)
    site = sites_of(session, actor)[row.site_id]
    outcome = read_outcomes(course, site)[procedure_id]
    return OutcomeOut(
        procedure_id=procedure_id,
        performed_on=row.performed_on,
        as_of=today,
        age_years=outcome.age_years,
        baseline=_baseline(outcome),
        windows=[_window(at, row.performed_on, today) for at in outcome.windows.values()],
        methadone=outcome.methadone,
        neuraxial=outcome.neuraxial,
        days_to_death=outcome.days_to_death,
        rules_version=rules_version(site),
    )


def _baseline(outcome: ProcedureOutcome) -> BaselineOut:
    return BaselineOut(
        day=outcome.baseline_day,
        score=outcome.baseline,
        akps=outcome.akps,
        medd=_medd(outcome.medd),
    )


def _window(at: WindowOutcome, performed_on: date, today: date) -> WindowOut:
    return WindowOut(
        window=at.window.slug,
        label=at.window.label,
        opens_on=at.window.opens_on(performed_on),
        target_on=at.window.target_on(performed_on),
        closes_on=at.window.closes_on(performed_on),
        state=at.settled(performed_on, today),
        day=at.day,
        score=at.score,
        change=at.change,
        nrs30=at.nrs30,
        nrs50=at.nrs50,
        nrs2=at.nrs2,
        medd=_medd(at.medd),
        medd_change=at.medd_change,
    )


def _medd(medd: Medd | None) -> MeddAt | None:
    if medd is None:
        return None
    return MeddAt(
        table=medd.table,
        version=medd.version,
        total_mg=float(medd.total_mg),
        complete=medd.complete,
        methadone=medd.methadone,
        neuraxial=medd.has_neuraxial,
    )
