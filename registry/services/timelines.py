"""From rows to the pure timeline that the domain derives from."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from registry.db.queries.patients import Course
from registry.db.tables import Assessment, OpioidItemRow, Procedure
from registry.domain.drugs import find_drug
from registry.domain.infusions import InfusateSeen, spinal_opioid_spans
from registry.domain.opioids import DoseUnit, OpioidItem, Regimen, Route
from registry.domain.techniques import taxonomy
from registry.domain.timeline import (
    AdverseEventMark,
    Instrument,
    PainScore,
    PainType,
    ProcedureEvent,
    Recall,
    Respondent,
    ScoreKind,
    Timeline,
)
from registry.domain.timeline import Assessment as TimelineAssessment


def to_timeline(course: Course) -> Timeline:
    """Read a patient's rows as the frozen values of the domain."""
    procedures = tuple(to_event(p) for p in course.procedures)
    return Timeline(
        birth_date=course.patient.birth_date,
        procedures=procedures,
        assessments=tuple(to_assessment(a) for a in course.assessments),
        adverse_events=tuple(
            AdverseEventMark(e.onset_on, e.complication) for e in course.adverse_events
        ),
        died_on=course.death.died_on if course.death else None,
        infusions=spinal_opioid_spans(procedures, _infusates_seen(course)),
        device_checks=tuple(c.checked_on for c in course.device_checks),
    )


def to_event(row: Procedure) -> ProcedureEvent:
    """Read one procedure's row."""
    return ProcedureEvent(
        id=row.id,
        on=row.performed_on,
        technique=row.technique,
        intent=row.intent,
        category=taxonomy().techniques[row.technique].category,
        pain_site=row.pain_site,
        follows=row.follows_id,
    )


def _infusates_seen(course: Course) -> Iterator[InfusateSeen]:
    """Give what each check found a device to deliver; one that doesn't tell says nothing."""
    for check in course.device_checks:
        if check.infusate:
            found = (find_drug(item.drug) for item in check.infusate)
            opioid = any(name and name.drug.is_opioid for name in found)
            yield InfusateSeen(check.procedure_id, check.checked_on, opioid)


def to_assessment(row: Assessment) -> TimelineAssessment:
    """Read one assessment's row and its parts."""
    measures = {m.instrument: m.value for m in row.measures}
    own = {m.instrument: m.value for m in row.measures if m.respondent == Respondent.SELF}
    return TimelineAssessment(
        on=row.assessed_on,
        scores=tuple(
            PainScore(
                PainType(ScoreKind(s.kind), Recall(s.recall), Respondent(s.respondent)), s.score
            )
            for s in row.scores
        ),
        regimen=to_regimen(row),
        akps=measures.get(Instrument.AKPS),
        after_procedure=row.after_procedure,
        ecog=measures.get(Instrument.ECOG),
        pgic=own.get(Instrument.PGIC),
    )


def to_regimen(row: Assessment) -> Regimen | None:
    """Read an assessment's opioids; None when they were not asked about."""
    if not row.regimen_recorded:
        return None
    return tuple(to_item(item) for item in row.opioids)


def to_item(row: OpioidItemRow) -> OpioidItem:
    """Read one line of a regimen."""
    return OpioidItem(
        drug=row.drug,
        route=Route(row.route),
        dose=Decimal(str(row.dose)),
        unit=DoseUnit(row.unit),
        per_day=None if row.per_day is None else Decimal(str(row.per_day)),
        as_needed=row.as_needed,
        form=row.form,
        product=row.product,
    )
