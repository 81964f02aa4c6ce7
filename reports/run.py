"""Run reports over one frame: statistic -> release -> figure and table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from registry.domain.windows import WINDOWS
from reports.disclosure import Cover, Policy, cover, too_few
from reports.frames import OutcomeFrame
from reports.groups import By, Group, Grouping, grouping, pool
from reports.stats.states import states


@dataclass(frozen=True, slots=True)
class Page:
    """One comparison, ready for its reports: small groups pooled, what to hold back decided."""

    frame: OutcomeFrame
    grouping: Grouping
    cover: Cover


def page(frame: OutcomeFrame, by: By, order: Iterable[Group], policy: Policy) -> Page:
    """Prepare a page; `order` names all groups that may occur, in the order of the tree.

    What is held back is decided over all windows, so it is the same whichever is looked at.
    """
    whole = grouping(frame, by, order)
    small = too_few(states(frame, whole, WINDOWS[:1]), WINDOWS[0], policy)
    pooled, groups = pool(frame, whole, small.groups)
    return Page(pooled, groups, cover(states(pooled, groups, WINDOWS), policy, small))
