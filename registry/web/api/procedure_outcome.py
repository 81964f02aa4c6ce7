"""What one procedure achieved, derived from the timeline at every window."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from registry.db.tables import Procedure
from registry.domain.access import Permission
from registry.domain.opioids import Medd
from registry.domain.opioids.tables import TABLE_IDS, conversion_table
from registry.domain.outcomes import ProcedureOutcome, State, WindowOutcome
from registry.domain.outcomes.relief import Relief, ReliefEnd
from registry.domain.outcomes.responders import DEFINITIONS, Icpre2012
from registry.services.corrections import get_record
from registry.services.outcomes import read_outcomes, rules_version, sites_of
from registry.services.patients import read_course
from registry.web.deps import Bearer, ReadSession, Today
from registry.web.needs import api_needs

router = APIRouter(tags=["procedures"], dependencies=[api_needs(Permission.READ_RECORDS)])

TABLE = Query(
    description="A conversion table to look at instead of the site's; nothing is stored.",
    json_schema_extra={"enum": [*TABLE_IDS]},
)

_MEANINGS = {d.slug: f"{d.meaning} Null: can't be judged. Who can: {d.judged}" for d in DEFINITIONS}


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
    worst: int | None = Field(description="0-10 NRS: worst over 24 h, self-reported.")
    akps: int | None
    ecog: int | None
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
    worst: int | None = Field(description="0-10 NRS: worst over 24 h, self-reported.")
    worst_change: int | None = Field(description="Worst pain less its baseline.")
    pgic: int | None = Field(description="Self-reported: 1 very much better, 7 very much worse.")
    nrs30: bool | None = Field(description=_MEANINGS["nrs30"])
    nrs50: bool | None = Field(description=_MEANINGS["nrs50"])
    nrs2: bool | None = Field(description=_MEANINGS["nrs2"])
    composite: bool | None = Field(description=_MEANINGS["composite"])
    icpre2012: Icpre2012 | None = Field(description=_MEANINGS["icpre2012"])
    medd30: bool | None = Field(description=_MEANINGS["medd30"])
    medd50: bool | None = Field(description=_MEANINGS["medd50"])
    medd: MeddAt | None = Field(description="Null: opioids were not asked about.")
    medd_change: float | None = Field(
        description="mg/24 h; only where both ends are wholly converted."
    )


class ReliefOut(BaseModel):
    """How long relief by nrs30 lasted. Death and a further procedure compete with relapse."""

    from_day: int = Field(description="Day of the first responding score after the procedure.")
    days: int
    end: ReliefEnd = Field(description="still_responding: censored at the last such score.")


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
    course_id: UUID = Field(description="The first procedure of the course; may be this one.")
    first_window: str | None = Field(description="The earliest window with a score.")
    further_days: int | None = Field(description="Days to the next procedure for the same pain.")
    relief: ReliefOut | None = Field(description="Null: no score after the procedure responds.")
    rules_version: str


@router.get("/procedures/{procedure_id}/outcome", summary="Read what a procedure achieved")
def read_outcome(
    procedure_id: UUID,
    actor: Bearer,
    session: ReadSession,
    today: Today,
    table: Annotated[str | None, TABLE] = None,
) -> OutcomeOut:
    """Give baseline, score, change, state, response and MEDD at every window, as of today.

    Under another `table` than the site's both ends of every change are converted by that one.
    """
    other = conversion_table(table) if table else None
    row = get_record(session, Procedure, actor=actor, record_id=procedure_id)
    course = read_course(session, actor=actor, patient_id=row.patient_id)
    site = sites_of(session, actor)[row.site_id]
    outcome = read_outcomes(course, site, other)[procedure_id]
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
        course_id=outcome.course_id,
        first_window=outcome.first_window,
        further_days=outcome.further_days,
        relief=_relief(outcome.relief),
        rules_version=rules_version(site, other),
    )


def _baseline(outcome: ProcedureOutcome) -> BaselineOut:
    return BaselineOut(
        day=outcome.baseline_day,
        score=outcome.baseline,
        worst=outcome.worst,
        akps=outcome.akps,
        ecog=outcome.ecog,
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
        worst=at.worst,
        worst_change=at.worst_change,
        pgic=at.pgic,
        nrs30=at.nrs30,
        nrs50=at.nrs50,
        nrs2=at.nrs2,
        composite=at.composite,
        icpre2012=at.icpre2012,
        medd30=at.medd30,
        medd50=at.medd50,
        medd=_medd(at.medd),
        medd_change=at.medd_change,
    )


def _relief(relief: Relief | None) -> ReliefOut | None:
    if relief is None:
        return None
    return ReliefOut(from_day=relief.from_day, days=relief.days, end=relief.end)


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
