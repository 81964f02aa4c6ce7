"""A patient's course as the figure on top of the page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from registry.db.queries.patients import Course
from registry.db.tables import Assessment
from registry.domain.complications import complication
from registry.domain.techniques import taxonomy
from registry.web.views.record import score_in_words
from reports.figures import course as drawn
from reports.figures.course import DosePoint, Mark, ScorePoint
from reports.figures.timeline import timeline_figure


def course_figure(course: Course) -> dict[str, Any]:
    """Draw a course; gives what the figure component asks for."""
    figure = timeline_figure(
        drawn.Course(
            scores=[point for a in course.assessments for point in _scores(a)],
            doses=[point for a in course.assessments for point in _doses(a)],
            procedures=[
                Mark(p.performed_on, taxonomy().techniques[p.technique].label)
                for p in course.procedures
            ],
            adverse_events=[
                Mark(e.onset_on, complication(e.complication).label) for e in course.adverse_events
            ],
            died_on=course.death.died_on if course.death else None,
        )
    )
    return {
        "title": figure.title,
        "subtitle": figure.subtitle,
        "spec": json.loads(figure.json()),
        "alt": figure.aria,
    }


def _scores(row: Assessment) -> Iterator[ScorePoint]:
    for score in row.scores:
        kind = score_in_words(score.kind, score.recall, score.respondent)
        yield ScorePoint(row.assessed_on, kind, score.score)


def _doses(row: Assessment) -> Iterator[DosePoint]:
    if row.medd_mg is not None:
        yield DosePoint(row.assessed_on, row.medd_mg, bool(row.medd_complete))
