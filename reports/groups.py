"""What a report compares: the groups of procedures, in one order for every figure of a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import polars as pl

from reports.frames import FrameError, OutcomeFrame

By = Literal["category", "technique"]
Axis = By | Literal["site"]
"""A column whose values are groups: what may be compared, and the sites that follow up."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group of procedures: its slug in the data and its name on the page."""

    slug: str
    label: str


ALL = Group("_all", "All groups")
FEW = Group("_few", "Smaller groups together")


@dataclass(frozen=True, slots=True)
class Grouping:
    """The column to compare by, and the groups that occur in the frame, in the page's order."""

    by: Axis
    groups: tuple[Group, ...]


def grouping(frame: OutcomeFrame, by: Axis, order: Iterable[Group]) -> Grouping:
    """Keep those groups of `order` that have at least one procedure in the frame.

    A group in the frame that `order` doesn't know is a `FrameError`: leaving it out in silence
    would make totals wrong.
    """
    known = tuple(order)
    present = set(frame[by].unique())
    unknown = present - {group.slug for group in known}
    if unknown:
        raise FrameError(by, f"{len(unknown)} group(s) are missing from the order that was given")
    return Grouping(by, tuple(group for group in known if group.slug in present))


def pool(
    frame: OutcomeFrame, whole: Grouping, small: tuple[Group, ...]
) -> tuple[OutcomeFrame, Grouping]:
    """Put some groups together as one, which comes last and is named `FEW`."""
    if not small:
        return frame, whole
    slugs = [group.slug for group in small]
    column = pl.col(whole.by)
    pooled = frame.with_columns(
        pl.when(column.is_in(slugs)).then(pl.lit(FEW.slug)).otherwise(column).alias(whole.by)
    )
    kept = tuple(group for group in whole.groups if group not in small)
    return OutcomeFrame(pooled), Grouping(whole.by, (*kept, FEW))
