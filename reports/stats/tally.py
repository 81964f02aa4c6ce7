"""Aggregate a frame by group at each window: the loop that every statistic shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from registry.domain.windows import Window
from reports.frames import OutcomeFrame
from reports.groups import Group, Grouping

Row = Mapping[str, Any]


def tally(
    frame: OutcomeFrame,
    grouping: Grouping,
    windows: Sequence[Window],
    columns: Callable[[Window], Mapping[str, pl.Expr]],
) -> Iterator[tuple[Group, Window, Row]]:
    """Aggregate `columns(window)` in each group, window by window.

    Groups come in the page's order, whatever the order of the data.
    """
    for window in windows:
        found = frame.group_by(grouping.by).agg(**columns(window))
        by_slug = {row[grouping.by]: row for row in found.to_dicts()}
        for group in grouping.groups:
            yield group, window, by_slug[group.slug]
