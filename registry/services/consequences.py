"""What a void takes along: the baselines and the windows' scores that would be gone."""

from __future__ import annotations

from dataclasses import dataclass

from registry.db.queries.patients import Course, Event
from registry.db.tables import Procedure, Site
from registry.domain.outcomes import ProcedureOutcome
from registry.services.outcomes import read_outcomes


@dataclass(frozen=True, slots=True)
class Loss:
    """What one procedure would lose. `baseline` and `windows` hold the average pain as it stands
    and as it would be, None where there would be none; windows by their labels.
    """

    procedure: Procedure
    baseline: tuple[int, int | None] | None
    windows: tuple[tuple[str, int, int | None], ...]


def foresee_void(row: Event, course: Course, site: Site) -> list[Loss]:
    """Find what the other procedures of a course would lose if a record were voided."""
    before, after = read_outcomes(course, site), read_outcomes(course.minus(row), site)
    losses = (_loss(p, before[p.id], after[p.id]) for p in course.procedures if p.id in after)
    return [loss for loss in losses if loss.baseline or loss.windows]


def _loss(procedure: Procedure, before: ProcedureOutcome, after: ProcedureOutcome) -> Loss:
    baseline = None
    if before.baseline is not None and before.baseline != after.baseline:
        baseline = (before.baseline, after.baseline)
    windows = (
        (at.window.label, at.score, after.windows[slug].score)
        for slug, at in before.windows.items()
        if at.score is not None
    )
    return Loss(procedure, baseline, tuple(w for w in windows if w[1] != w[2]))
