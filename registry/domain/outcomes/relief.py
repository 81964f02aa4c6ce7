"""How long relief lasted, and what ended it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from registry.domain.outcomes.responders import nrs30
from registry.domain.outcomes.series import Series


class ReliefEnd(StrEnum):
    """What ended a relief. All but `still_responding`, which is censored, are events."""

    RELAPSE = "relapse"
    DEATH = "death"
    FURTHER_PROCEDURE = "further_procedure"
    STILL_RESPONDING = "still_responding"


@dataclass(frozen=True, slots=True)
class Relief:
    """Relief by `nrs30`: from which day after the procedure, for how many days, and its end.

    Relapse is the event of interest; death and a further procedure for the same pain compete with
    it. `still_responding` ends at the last assessment known to respond.
    """

    from_day: int
    days: int
    end: ReliefEnd


def measure_relief(
    baseline: int,
    scores: Series[int],
    performed: int,
    *,
    died: int | None,
    further: int | None,
) -> Relief | None:
    """Measure relief from the first responding score after a procedure; None without one.

    `baseline` must be high enough to be judged; `died` and `further` (the next procedure for the
    same pain) are days counted from the procedure. Scores after the further procedure are its own,
    and on its very day only one made before it counts. Of two scores on one day the worse counts,
    so a day on which one of them no longer responds is a relapse, whichever was entered first.

    Ties: a score is earlier than a procedure or death of the same day, so a relapse that day is a
    relapse; a procedure is earlier than a death of the same day.
    """
    first = last = None
    for day, score in _own_scores(scores, performed, further):
        if nrs30(baseline, score):
            first, last = day if first is None else first, day
        elif first is not None:
            return Relief(first, day - first, ReliefEnd.RELAPSE)
    if first is None or last is None:
        return None
    if further is not None and (died is None or further <= died):
        return Relief(first, further - first, ReliefEnd.FURTHER_PROCEDURE)
    if died is not None:
        return Relief(first, died - first, ReliefEnd.DEATH)
    return Relief(first, last - first, ReliefEnd.STILL_RESPONDING)


def _own_scores(
    scores: Series[int], performed: int, further: int | None
) -> Iterator[tuple[int, int]]:
    """Give the scores that speak of this procedure and of no further one."""
    for day, score in scores.following(performed):
        if further is not None and day >= further:
            break
        yield day, score
    if further and performed + further in scores.before:
        yield further, scores.before[performed + further]
