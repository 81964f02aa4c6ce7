"""A line -> the assessments it tells of: the baseline and the follow-ups, each on its day."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from registry.domain.drafts import AssessmentDraft
from registry.domain.opioids import Regimen
from registry.domain.timeline import PainScore, PainType, Respondent, Source
from registry.domain.windows import WINDOWS
from registry.exchange.importer.cells import Cells
from registry.exchange.importer.dates import read_date
from registry.exchange.importer.mapping import TimePoint
from registry.exchange.importer.readers.opioids import read_opioids
from registry.exchange.importer.readers.scores import (
    read_measure,
    read_pain,
    read_respondent,
    read_source,
)


@dataclass(frozen=True, slots=True)
class Answers:
    """What one time point's columns say.

    `key` names its cell among the row's. The draft is dated on the time point's day;
    where the file gives no date, the follow-up may have been made as early as `earliest`.
    """

    key: str = field(compare=False)
    draft: AssessmentDraft
    earliest: date


@dataclass(frozen=True, slots=True)
class Visits:
    """All that a line says of a patient's course around its procedure."""

    baseline: Answers | None
    follow_ups: tuple[Answers, ...]
    opioids_given: int
    opioids_understood: int


def read_visits(cells: Cells, performed_on: date | None) -> Visits:
    """Read every time point; without a day of the procedure only what is wrong is noted."""
    baseline, follow_ups = None, []
    given = understood = 0
    for point in cells.mapping.assessments:
        regimen = _read_opioids(cells, point)
        given += cells.text("opioids", point.opioids) is not None if point.opioids else 0
        understood += regimen is not None
        answers = _read_answers(cells, point, regimen, performed_on)
        if answers is not None and point.is_baseline:
            baseline = answers
        elif answers is not None:
            follow_ups.append(answers)
    return Visits(baseline, tuple(follow_ups), given, understood)


def field_of(point: TimePoint) -> str:
    """Name a time point among a row's fields."""
    return f"day {point.day}{' after' if point.after_procedure else ''}"


def _read_opioids(cells: Cells, point: TimePoint) -> Regimen | None:
    if point.opioids is None:
        return None
    return cells.read("opioids", read_opioids(cells.mapping.decisions), point.opioids)


def _read_answers(
    cells: Cells, point: TimePoint, regimen: Regimen | None, performed_on: date | None
) -> Answers | None:
    measures: dict[str, Any] = {
        instrument.value: cells.read(instrument.value, read_measure(instrument), column)
        for instrument, column in point.measures()
    }
    respondent = _read_respondent(cells, point)
    scores = _read_scores(cells, point, respondent)
    source = cells.read("source", read_source, point.source) if point.source else None
    written_on = _read_day(cells, point, performed_on)
    if performed_on is None:
        return None
    draft = AssessmentDraft(
        confirmed=None,
        assessed_on=written_on or performed_on + timedelta(days=point.day),
        scores=scores,
        regimen=regimen,
        **measures,
        respondent=respondent,
        source=source or Source.CLINIC,
        after_procedure=point.after_procedure,
    )
    if draft.is_empty:
        return None
    return Answers(field_of(point), draft, written_on or _earliest(point, performed_on))


def _read_respondent(cells: Cells, point: TimePoint) -> Respondent:
    """Read whose word it is; the logbook's convention where the row doesn't say."""
    told = cells.read("respondent", read_respondent, point.respondent) if point.respondent else None
    return told or cells.mapping.pain.respondent


def _read_scores(cells: Cells, point: TimePoint, respondent: Respondent) -> tuple[PainScore, ...]:
    """Read all pain columns of a time point; two that disagree on a score are both left out."""
    found: dict[PainType, PainScore] = {}
    for kind, column in point.pain_columns():
        for read in cells.read("pain", read_pain(cells.mapping.pain, kind), column) or ():
            score = PainScore(replace(read.type, respondent=respondent), read.score)
            if found.setdefault(score.type, score) != score:
                cells.warn(column, "Another column gives another score of this kind. Left out.")
                return ()
    return tuple(found.values())


def _read_day(cells: Cells, point: TimePoint, performed_on: date | None) -> date | None:
    if point.date is None:
        return None
    day = cells.read("date", partial(read_date, styles=cells.mapping.dates), point.date)
    if day and performed_on and day < performed_on and not point.is_baseline:
        cells.refuse(point.date, "This follow-up lies before its procedure. Check both dates.")
    return day


def _earliest(point: TimePoint, performed_on: date) -> date:
    """Give the first day of the window that the time point stands for."""
    opens = next((w.opens for w in WINDOWS if w.holds(point.day)), point.day)
    return performed_on + timedelta(days=opens)
