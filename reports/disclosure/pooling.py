"""Sums of hidden numbers: which parts must hide together so that their sum gives none away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from registry.domain.windows import Window
from reports.disclosure.held import Policy
from reports.groups import ALL, Group
from reports.stats.states import States


def sum_is_safe(parts: Iterable[int], policy: Policy) -> bool:
    """Say whether hidden `parts`, of at least 1 each, stay in doubt when their sum is known.

    When all are small their sum may be too near to its highest possible value.
    """
    hidden = tuple(parts)
    if not hidden or policy.threshold is None:
        return True
    total, most = sum(hidden), len(hidden) * (policy.lowest - 1)
    all_small = all(part < policy.lowest for part in hidden)
    low_enough = not all_small or total <= most - policy.doubt
    return len(hidden) > 1 and total >= len(hidden) + policy.doubt and low_enough


@dataclass(frozen=True, slots=True)
class Pool:
    """The groups to put together as one. If not `safe`, even their sum must not be told."""

    groups: tuple[Group, ...] = ()
    safe: bool = True


def too_few(base: States, window: Window, policy: Policy) -> Pool:
    """Find the groups with few eligible procedures, and what is needed to hide them.

    A lone small group, or some whose sum would give them away, takes the next smallest along, and
    in the end all.
    """
    rows = {row.group: row for row in base.rows if row.window == window and row.group != ALL}
    eligible = {group: row.eligible for group, row in rows.items()}
    small = {g for g, row in rows.items() if _is_few(row.eligible or row.treated, policy)}
    rest = sorted(eligible.keys() - small, key=lambda g: (eligible[g], g.slug))
    while rest and not _is_safe(small, eligible, policy):
        small.add(rest.pop(0))
    kept_order = tuple(group for group in eligible if group in small)
    return Pool(kept_order, _is_safe(small, eligible, policy))


def _is_few(count: int, policy: Policy) -> bool:
    return policy.threshold is not None and 0 < count < policy.least_group


def _is_safe(groups: set[Group], eligible: Mapping[Group, int], policy: Policy) -> bool:
    parts = [eligible[group] for group in groups]
    return not _is_few(sum(parts), policy) and sum_is_safe(parts, policy)
