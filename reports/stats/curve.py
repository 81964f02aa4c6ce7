"""The cumulative responder curve: how many improve by at least x percent, x from 0 to 100?

It shows every definition by percentage at once, so that none has to be chosen. Source: Farrar JT et
al., J Pain Symptom Manage 2006;31:369-377.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from registry.domain.outcomes import State
from registry.domain.windows import Window
from reports.frames import OutcomeFrame, assessed, score, state
from reports.groups import Group, Grouping

STEPS: tuple[int, ...] = tuple(range(0, 101, 5))
"""The percentages of baseline at which the curve is counted."""


@dataclass(frozen=True, slots=True)
class CurveRow:
    """Improvement of one group at one window, average pain over 24 h, self-reported.

    `reached` counts, for each of `STEPS`, those of the `n` assessed whose pain fell by at least so
    many percent of baseline; at 0 all but those who got worse. It never grows. `unassessed` are
    alive, due and without a score: as they can't have responded, the share of n + unassessed stands
    beside that of n.
    """

    group: Group
    window: Window
    n: int
    unassessed: int
    reached: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Curves:
    """A curve for each group, window by window. No total: groups treat different pains."""

    rows: tuple[CurveRow, ...]


def responder_curves(frame: OutcomeFrame, grouping: Grouping, windows: Sequence[Window]) -> Curves:
    """Count who improved by at least each of `STEPS` in each group at each window."""
    return Curves(tuple(row for window in windows for row in _rows(frame, grouping, window)))


_WORSE, _MISSING = -1, -2
"""Levels below the first step."""


def _rows(frame: OutcomeFrame, grouping: Grouping, window: Window) -> list[CurveRow]:
    before, after = pl.col("nrs_baseline"), pl.col(score(window))
    fall = 100 * (before - after)
    # Whole steps of 5 %: 100 (before - after) >= x before, decided in integers. An eligible
    # baseline is never 0.
    level = (
        pl.when(pl.col(state(window)) == State.ALIVE_NOT_ASSESSED.value)
        .then(_MISSING)
        .when(assessed(window) & (fall < 0))
        .then(_WORSE)
        .when(assessed(window))
        .then(fall // (5 * before))
    )
    counted = (
        frame.lazy()
        .select(pl.col(grouping.by), level.alias("level"))
        .drop_nulls("level")
        .group_by(grouping.by, "level")
        .len()
        .collect()
    )
    found: dict[str, dict[int, int]] = {}
    for slug, at, count in counted.iter_rows():
        found.setdefault(slug, {})[at] = count
    return [_row(group, window, found.get(group.slug, {})) for group in grouping.groups]


def _row(group: Group, window: Window, levels: Mapping[int, int]) -> CurveRow:
    n = sum(count for level, count in levels.items() if level != _MISSING)
    reached = tuple(
        sum(count for level, count in levels.items() if level >= place)
        for place in range(len(STEPS))
    )
    return CurveRow(group, window, n, levels.get(_MISSING, 0), reached)
