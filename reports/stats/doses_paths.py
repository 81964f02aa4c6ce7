"""The doses of single patients over time: for those who may see records, a readable number."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from reports.frames import OutcomeFrame, medd
from reports.groups import Group, Grouping
from reports.stats.doses import MOMENTS, whole

Path = tuple[float | None, ...]
"""One procedure's systemic MEDD at each of `MOMENTS`, mg/24 h; None where none is whole."""


@dataclass(frozen=True, slots=True)
class GroupPaths:
    """Paths of one group. `eligible` procedures have a whole dose at two moments or more, without
    neuraxial opioid; drawn is one in `every` of them, in the order of their days.
    """

    group: Group
    eligible: int
    every: int
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class DosePaths:
    """Single doses over time, group by group. Never for readers without record access."""

    rows: tuple[GroupPaths, ...]


def dose_paths(frame: OutcomeFrame, grouping: Grouping, most: int) -> DosePaths:
    """Choose at most so many paths in all, evenly over each group's days: no picking."""
    told = frame.filter(
        ~pl.col("neuraxial") & (pl.sum_horizontal(whole(w).cast(pl.Int32) for w in MOMENTS) >= 2)
    ).sort("performed_on", "procedure_id")
    told = told.select(
        grouping.by, *(pl.when(whole(w)).then(pl.col(medd(w))).alias(medd(w)) for w in MOMENTS)
    )
    share = max(1, most // max(len(grouping.groups), 1))
    return DosePaths(tuple(_of_group(told, grouping.by, g, share) for g in grouping.groups))


def _of_group(told: pl.DataFrame, by: str, group: Group, share: int) -> GroupPaths:
    own = told.filter(pl.col(by) == group.slug).drop(by)
    every = max(1, -(-own.height // share))
    return GroupPaths(group, own.height, every, tuple(own.gather_every(every).rows()))
