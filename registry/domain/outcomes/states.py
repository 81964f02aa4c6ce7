"""Where a treated patient stands at a window: in exactly one of six states."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from registry.domain.outcomes.responders import is_eligible, nrs30
from registry.domain.windows import Window


class State(StrEnum):
    """Where a treated patient stands at a window; each is in exactly one state."""

    RESPONDER = "responder"
    NON_RESPONDER = "non_responder"
    DIED_BEFORE = "died_before"
    ALIVE_NOT_ASSESSED = "alive_not_assessed"
    NOT_DUE = "not_due"
    INELIGIBLE = "ineligible"


def decide(
    window: Window, baseline: int | None, score: int | None, died: int | None, floor: int
) -> State | None:
    """Decide the state by `nrs30`, as far as it doesn't hang on today's date; else None.

    Who can't be judged (no baseline, or too low a one) is ineligible at every window, dead or not.
    A score in the window counts even if the patient died later in the same window; without one, a
    death (`died` days after the procedure) on or before the window's last day means that the
    follow-up could not be had.
    """
    if baseline is None or not is_eligible(baseline, floor):
        return State.INELIGIBLE
    if score is not None:
        return State.RESPONDER if nrs30(baseline, score) else State.NON_RESPONDER
    if died is not None and died <= window.closes:
        return State.DIED_BEFORE
    return None


def settle(state: State | None, window: Window, performed_on: date, as_of: date) -> State:
    """Decide an undecided state: not due until the window has closed, then not assessed."""
    if state is not None:
        return state
    if as_of <= window.closes_on(performed_on):
        return State.NOT_DUE
    return State.ALIVE_NOT_ASSESSED
