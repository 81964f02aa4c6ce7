"""How do all treated patients stand at each window? Counts of the six states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from registry.domain.outcomes import State
from registry.domain.windows import Window
from reports.frames import STATES, OutcomeFrame, state
from reports.groups import ALL, Group, Grouping
from reports.stats.tally import tally


@dataclass(frozen=True, slots=True)
class StateRow:
    """The procedures of one group at one window, by state. The six always sum to `treated`."""

    group: Group
    window: Window
    counts: Mapping[State, int]

    @property
    def treated(self) -> int:
        """Count all procedures done, whatever became of them."""
        return sum(self.counts.values())

    @property
    def eligible(self) -> int:
        """Count procedures with a baseline score at or above the floor (not `ineligible`)."""
        return self.treated - self.counts[State.INELIGIBLE]

    @property
    def assessed(self) -> int:
        """Count eligible procedures with a score in the window."""
        return self.counts[State.RESPONDER] + self.counts[State.NON_RESPONDER]


@dataclass(frozen=True, slots=True)
class States:
    """State counts, window by window; with several groups each window ends with `ALL`."""

    rows: tuple[StateRow, ...]


def states(frame: OutcomeFrame, grouping: Grouping, windows: Sequence[Window]) -> States:
    """Count the six states in each group at each window, and over all groups."""
    found = [
        StateRow(group, window, {s: row[s.value] for s in STATES})
        for group, window, row in tally(frame, grouping, windows, _columns)
    ]
    if len(grouping.groups) < 2:
        return States(tuple(found))
    by_window = [[row for row in found if row.window == window] for window in windows]
    return States(tuple(row for rows in by_window for row in (*rows, _total(rows))))


def _columns(window: Window) -> dict[str, pl.Expr]:
    return {s.value: (pl.col(state(window)) == s.value).sum() for s in STATES}


def _total(rows: Sequence[StateRow]) -> StateRow:
    counts = {s: sum(row.counts[s] for row in rows) for s in STATES}
    return StateRow(ALL, rows[0].window, counts)
