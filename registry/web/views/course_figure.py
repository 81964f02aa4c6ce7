"""A patient's course as the figure on top of the page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from registry.db.queries.patients import Course
from registry.db.tables import Assessment, Procedure, Site
from registry.domain.complications import complication
from registry.domain.opioids import ConversionTable, conversion_table, convert
from registry.domain.outcomes import ProcedureOutcome
from registry.domain.outcomes.relief import Relief
from registry.domain.techniques import taxonomy
from registry.services.outcomes import read_outcomes
from registry.services.timelines import to_regimen
from registry.web.views.link import noun_of
from registry.web.views.record import score_in_words
from reports.figures import course as drawn
from reports.figures.course import DosePoint, Mark, ScorePoint
from reports.figures.timeline import timeline_figure


def course_figure(course: Course, site: Site) -> dict[str, Any]:
    """Draw a course; gives what the figure component asks for."""
    outcomes = read_outcomes(course, site)
    table = conversion_table(site.opioid_table)
    figure = timeline_figure(
        drawn.Course(
            scores=[point for a in course.assessments for point in _scores(a)],
            doses=[point for a in course.assessments for point in _doses(a, table)],
            procedures=list(_procedures(course, outcomes)),
            adverse_events=[
                Mark(e.onset_on, complication(e.complication).label) for e in course.adverse_events
            ],
            died_on=course.death.died_on if course.death else None,
            reliefs=[
                relief for p in course.procedures for relief in _relief(p, outcomes[p.id].relief)
            ],
        )
    )
    return {
        "title": figure.title,
        "subtitle": figure.subtitle,
        "spec": json.loads(figure.json()),
        "alt": figure.aria,
    }


def _procedures(course: Course, outcomes: Mapping[UUID, ProcedureOutcome]) -> Iterator[Mark]:
    """Give each procedure, in its part where it continues another or is continued."""
    by_course: dict[UUID, list[Procedure]] = {}
    for row in sorted(course.procedures, key=lambda p: (p.performed_on, p.id)):
        by_course.setdefault(outcomes[row.id].course_id, []).append(row)
    thread = 0
    for rows in by_course.values():
        if len(rows) == 1:
            yield Mark(rows[0].performed_on, taxonomy().techniques[rows[0].technique].label)
        else:
            yield from _thread(rows, thread)
            thread += 1


def _thread(rows: list[Procedure], thread: int) -> Iterator[Mark]:
    """Name each step of a course once: a technique where it is first used, refills by their number.

    A pump that is refilled each month would else hide the scores under its labels.
    """
    named: set[str] = set()
    for what, steps in groupby(rows, key=lambda row: (noun_of(row), row.technique)):
        noun, technique = what
        same = list(steps)
        parts = [noun if len(same) == 1 else f"{noun} ({len(same)} times)"]
        if technique not in named:
            parts.append(taxonomy().techniques[technique].label)
            named.add(technique)
        yield Mark(same[0].performed_on, ": ".join(parts), thread)
        yield from (Mark(row.performed_on, "", thread) for row in same[1:])


def _relief(row: Procedure, relief: Relief | None) -> Iterator[drawn.Relief]:
    if relief is not None and relief.days > 0:
        since = row.performed_on + timedelta(days=relief.from_day)
        yield drawn.Relief(since, since + timedelta(days=relief.days))


def _scores(row: Assessment) -> Iterator[ScorePoint]:
    for score in row.scores:
        kind = score_in_words(score.kind, score.recall, score.respondent)
        yield ScorePoint(row.assessed_on, kind, score.score)


def _doses(row: Assessment, table: ConversionTable) -> Iterator[DosePoint]:
    """Give the dose under the table that all doses of the figure are converted by."""
    regimen = to_regimen(row)
    if regimen is not None:
        medd = convert(regimen, table)
        yield DosePoint(row.assessed_on, float(medd.total_mg), medd.complete)
