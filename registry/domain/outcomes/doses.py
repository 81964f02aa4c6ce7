"""What a procedure's regimens come to under one conversion table, whichever the site's own is."""

from __future__ import annotations

from uuid import UUID

from registry.domain.opioids import ConversionTable, Medd
from registry.domain.outcomes.measures import Measures
from registry.domain.timeline import Timeline
from registry.domain.windows import BASELINE, WINDOWS

Doses = dict[str, Medd | None]
"""The systemic MEDD by "baseline" and by each window's slug; None where no regimen was recorded."""


def derive_doses(timeline: Timeline, table: ConversionTable) -> dict[UUID, Doses]:
    """Convert what was taken at the baseline and at each window of every procedure, by its id.

    Under the site's own table these are the doses of `derive_outcomes`. Under each table both ends
    of every change are its own: two tables never meet in one figure.
    """
    measures = Measures(timeline.assessments, table, died_on=timeline.died_on)
    return {p.id: _doses(measures, p.on.toordinal()) for p in timeline.procedures}


def _doses(measures: Measures, performed: int) -> Doses:
    regimens = measures.regimens
    found = {
        BASELINE.slug: regimens.baseline(performed),
        **{w.slug: regimens.nearest(w, performed) for w in WINDOWS},
    }
    return {when: measures.medd(answer[1]) if answer else None for when, answer in found.items()}
