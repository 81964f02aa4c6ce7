"""Why is there no score? The reasons that were recorded, of those alive and due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from registry.domain.axes import axis
from registry.domain.outcomes import State
from registry.domain.windows import Window
from reports.frames import OutcomeFrame, missed, state

NO_REASON = "none"
"""Stands where nobody wrote down why: a finding of its own."""


@dataclass(frozen=True, slots=True)
class MissingRow:
    """Those alive, due and not assessed at a window, by reason; they sum to `unassessed`.

    Reasons stand in the vocabulary's order, `NO_REASON` last; one never given counts 0.
    """

    window: Window
    counts: Mapping[str, int]

    @property
    def unassessed(self) -> int:
        """Count all who were alive, due and not assessed."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Missing:
    """Reasons over all procedures, window by window."""

    rows: tuple[MissingRow, ...]


def reasons_for_missing(frame: OutcomeFrame, windows: Sequence[Window]) -> Missing:
    """Count the reasons why those alive and due at each window have no score."""
    return Missing(tuple(_row(frame, window) for window in windows))


def _row(frame: OutcomeFrame, window: Window) -> MissingRow:
    of_those = pl.col(state(window)) == State.ALIVE_NOT_ASSESSED.value
    given = frame.filter(of_those)[missed(window)].fill_null(NO_REASON)
    found = dict(given.value_counts().iter_rows())
    order = dict.fromkeys((*axis("missed_reason").slugs, *sorted(found.keys() - {NO_REASON})))
    return MissingRow(window, {slug: found.get(slug, 0) for slug in (*order, NO_REASON)})
