"""Made-up timelines: by hand for worked tables, at random for properties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st

from registry.domain.opioids import DoseUnit, OpioidItem, Regimen, Route, conversion_table
from registry.domain.outcomes import OutcomeRules, ProcedureOutcome, derive_outcomes
from registry.domain.timeline import (
    AVERAGE_SELF,
    WORST_SELF,
    Assessment,
    PainScore,
    ProcedureEvent,
    Timeline,
)

DAY_0 = date(2026, 1, 5)
PROCEDURE = UUID(int=1)
VOIDED = UUID(int=999)
RULES = OutcomeRules(table=conversion_table("cdc-2016"))


def on(day: int) -> date:
    return DAY_0 + timedelta(days=day)


def item(drug: str, dose: str | int, route: Route = Route.ORAL, unit: str = "mg") -> OpioidItem:
    return OpioidItem(drug, route, Decimal(dose), DoseUnit(unit), Decimal(1))


def morphine(mg: str | int) -> Regimen:
    """Describe so much oral morphine a day; none at all for 0."""
    return (item("morphine", mg),) if Decimal(mg) else ()


def seen(
    day: int,
    average: int | None = None,
    worst: int | None = None,
    *,
    regimen: Regimen | None = None,
    after_procedure: bool = False,
    **more: int | None,
) -> Assessment:
    scores = [
        PainScore(kind, score)
        for kind, score in ((AVERAGE_SELF, average), (WORST_SELF, worst))
        if score is not None
    ]
    return Assessment(
        on(day), tuple(scores), regimen=regimen, after_procedure=after_procedure, **more
    )


def done(
    number: int,
    day: int,
    intent: str = "therapeutic",
    *,
    category: str = "coeliac",
    site: str | None = None,
    follows: UUID | None = None,
) -> ProcedureEvent:
    return ProcedureEvent(
        UUID(int=number), on(day), "coeliac-plexus", intent, category, site, follows
    )


def course(
    *assessments: Assessment,
    procedures: Sequence[ProcedureEvent] = (done(1, 0),),
    died: int | None = None,
    infusions: Sequence[int] = (),
) -> Timeline:
    return Timeline(
        birth_date=date(1950, 1, 6),
        procedures=tuple(procedures),
        assessments=assessments,
        died_on=None if died is None else on(died),
        infusions=tuple((on(day), on(day)) for day in infusions),
    )


def outcome(
    *assessments: Assessment, died: int | None = None, infusions: Sequence[int] = ()
) -> ProcedureOutcome:
    timeline = course(*assessments, died=died, infusions=infusions)
    return derive_outcomes(timeline, RULES)[PROCEDURE]


_REGIMENS: list[Regimen | None] = [
    None,
    (),
    morphine(30),
    morphine(90),
    (item("morphine", 30), item("alfentanil", 1, Route.SUBCUTANEOUS)),  # not wholly converted
    (item("methadone", 20),),
    (item("morphine", 90), item("morphine", 1, Route.INTRATHECAL, "mg/24h")),
]
_SCORES = st.none() | st.integers(0, 10)


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    return seen(
        draw(st.integers(-10, 220)),
        draw(_SCORES),
        draw(_SCORES),
        regimen=draw(st.sampled_from(_REGIMENS)),
        after_procedure=draw(st.booleans()),
        akps=draw(st.sampled_from([None, 40, 60])),
        ecog=draw(st.none() | st.integers(0, 4)),
        pgic=draw(st.none() | st.integers(1, 7)),
    )


@st.composite
def procedures(draw: st.DrawFn, number: int) -> ProcedureEvent:
    return done(
        number,
        draw(st.integers(0, 60)),
        draw(st.sampled_from(["prognostic", "therapeutic", "repeat", "implant", "refill"])),
        category=draw(st.sampled_from(["", "coeliac", "cordotomy"])),
        site=draw(st.sampled_from([None, "", "upper abdomen", " Upper  Abdomen", "left leg"])),
        follows=draw(st.sampled_from([None, VOIDED, *(UUID(int=n) for n in range(1, 6))])),
    )


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """Make any course, a contradictory one too: rings of links, answers dated after a death."""
    count = draw(st.integers(1, 5))
    return course(
        *draw(st.lists(assessments(), max_size=14)),
        procedures=[draw(procedures(number)) for number in range(1, count + 1)],
        died=draw(st.none() | st.integers(60, 230)),
        infusions=draw(st.lists(st.integers(-20, 220), max_size=2)),
    )


def without_answers_after_death(timeline: Timeline) -> Timeline:
    died = timeline.died_on
    alive = tuple(a for a in timeline.assessments if died is None or a.on <= died)
    return replace(timeline, assessments=alive)
