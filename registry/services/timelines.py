"""From rows to the pure timeline that the domain derives from."""

from __future__ import annotations

from decimal import Decimal

from registry.db.queries.patients import Course
from registry.db.tables import Assessment, OpioidItemRow
from registry.domain.opioids import DoseUnit, OpioidItem, Regimen, Route
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
    return Timeline(
        birth_date=course.patient.birth_date,
        procedures=tuple(
            ProcedureEvent(p.id, p.performed_on, p.technique, p.intent) for p in course.procedures
        ),
        assessments=tuple(to_assessment(a) for a in course.assessments),
        adverse_events=tuple(
            AdverseEventMark(e.onset_on, e.complication) for e in course.adverse_events
        ),
        died_on=course.death.died_on if course.death else None,
    )


def to_assessment(row: Assessment) -> TimelineAssessment:
    """Read one assessment's row and its parts."""
    functions = {f.instrument: f.value for f in row.functions}
    return TimelineAssessment(
        on=row.assessed_on,
        scores=tuple(
            PainScore(
                PainType(ScoreKind(s.kind), Recall(s.recall), Respondent(s.respondent)), s.score
            )
            for s in row.scores
        ),
        regimen=to_regimen(row),
        akps=functions.get(Instrument.AKPS),
        after_procedure=row.after_procedure,
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
