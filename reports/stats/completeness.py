"""How complete is follow-up? The first report: what isn't followed up can't be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from registry.domain.outcomes import State
from registry.domain.windows import Window
from reports.frames import OutcomeFrame
from reports.groups import Group, Grouping
from reports.stats.states import StateRow, States, states


@dataclass(frozen=True, slots=True)
class CompletenessRow:
    """Follow-up of one group at one window, counted from the states.

    treated       = all six states
    ineligible    = `ineligible`: treated, but no follow-up can be judged without a usable baseline,
                    so they count in `treated` and stand beside it, and in none of the rest
    due           = treated - ineligible - `not_due`: the window has closed for the cut-off date or
                    what it asks for is already known, whatever became of the patient
    alive_and_due = due - `died_before`
    assessed      = `responder` + `non_responder`
    """

    group: Group
    window: Window
    treated: int
    ineligible: int
    due: int
    alive_and_due: int
    assessed: int

    @property
    def of_alive_and_due(self) -> float | None:
        """Give assessed / alive and due, 0 to 1; None when nobody was alive and due."""
        return self.assessed / self.alive_and_due if self.alive_and_due else None

    @property
    def of_treated(self) -> float | None:
        """Give assessed / treated, 0 to 1; None when nobody was treated."""
        return self.assessed / self.treated if self.treated else None


@dataclass(frozen=True, slots=True)
class Completeness:
    """Completeness, window by window; with several groups each window ends with `ALL`."""

    rows: tuple[CompletenessRow, ...]


def completeness(
    frame: OutcomeFrame, grouping: Grouping, windows: Sequence[Window]
) -> Completeness:
    """Count who was due and who was assessed in each group at each window."""
    return from_states(states(frame, grouping, windows))


def from_states(counted: States) -> Completeness:
    """Read completeness off state counts."""
    return Completeness(tuple(_row(row) for row in counted.rows))


def _row(row: StateRow) -> CompletenessRow:
    due = row.eligible - row.counts[State.NOT_DUE]
    return CompletenessRow(
        group=row.group,
        window=row.window,
        treated=row.treated,
        ineligible=row.counts[State.INELIGIBLE],
        due=due,
        alive_and_due=due - row.counts[State.DIED_BEFORE],
        assessed=row.assessed,
    )
