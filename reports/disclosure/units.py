"""What is told of sites and operators: points of a funnel, those with few procedures left out.

Units are parts of a whole that other reports show. A unit is told where its procedures, those that
count and those that don't are none of them few; those left out take the smallest others along until
no sum of theirs can be worked out. The funnel itself, target and limits and who lies beyond them,
is reckoned from the numbers that are told, rounded as they are, so it tells nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reports.disclosure.held import Policy
from reports.disclosure.pooling import sum_is_safe
from reports.stats.funnel import Beyond, Funnel, FunnelPoint, funnel_plot
from reports.stats.units import Unit, UnitRow, Units, letters

FEWEST_UNITS = 2
"""A funnel needs at least two: one unit is its own target."""


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit: `k` of `n`, the pooled `target`, the limits at its size, whether it is beyond.

    Proportions are 0 to 1; limits are None where there is no funnel. `several_spellings` says
    that the name is written in more than one way, where it may be told.
    """

    unit: str
    n: int
    k: int
    value: float
    target: float | None
    low_99_8: float | None
    low_95: float | None
    high_95: float | None
    high_99_8: float | None
    beyond: Beyond
    several_spellings: bool


@dataclass(frozen=True, slots=True)
class ReleasedFunnel:
    """Units by size, the largest first, and their funnel.

    `left_out` units have too few procedures to be shown or would tell of those; `nobody` have none
    to count. `dispersion` is phi, where asked for. `are_named` tells names from letters.
    """

    unit: Unit
    lines: tuple[UnitLine, ...]
    target: float | None
    dispersion: float | None
    widened: bool
    left_out: int
    nobody: int
    unnamed: int
    are_named: bool
    note: str | None


def release_units(
    found: Units,
    unit: Unit,
    policy: Policy,
    names: Mapping[str, str],
    *,
    overdispersion: bool,
    blind: bool = False,
) -> ReleasedFunnel:
    """Release a funnel; `names` are those of sites by their codes, as the page has them."""
    counted = [row for row in found.rows if row.n]
    held = {row.key for row in counted} if blind else _held(counted, policy)
    told = [row for row in counted if row.key not in held]
    are_named = unit == "site" or policy.threshold is None
    called = _names(found, unit, names, are_named=are_named)
    funnel = _funnel(told, policy, overdispersion) if len(told) >= FEWEST_UNITS else None
    points = funnel.points if funnel else [None] * len(told)
    lines = [
        _line(called[row.key], are_named and row.spellings > 1, policy, row, point, funnel)
        for row, point in zip(told, points, strict=True)
    ]
    return ReleasedFunnel(
        unit,
        tuple(sorted(lines, key=lambda line: (-line.n, line.unit))),
        target=funnel.target if funnel else None,
        dispersion=funnel.dispersion if funnel else None,
        widened=funnel is not None and funnel.widened,
        left_out=len(held),
        nobody=len(found.rows) - len(counted),
        unnamed=found.unnamed if policy.threshold is None else 0,
        are_named=are_named,
        note=policy.note,
    )


def _held(rows: list[UnitRow], policy: Policy) -> set[str]:
    """Find the units that can't be told, and the smallest others that must hide with them."""
    few = [row for row in rows if any(policy.small(n) for n in _measures(row))]
    rest = sorted((row for row in rows if row not in few), key=lambda row: (row.n, row.key))
    while few and rest and not _is_safe(few, policy):
        few.append(rest.pop(0))
    return {row.key for row in few}


def _measures(row: UnitRow) -> tuple[int, int, int]:
    return row.n, row.k, row.n - row.k


def _is_safe(hidden: list[UnitRow], policy: Policy) -> bool:
    """Say whether no sum of what is hidden gives one of them away: of all, of `k`, of the rest."""
    sums = [[n for n in column if n] for column in zip(*map(_measures, hidden), strict=True)]
    return all(sum_is_safe(parts, policy) for parts in sums)


def _names(
    found: Units, unit: Unit, names: Mapping[str, str], *, are_named: bool
) -> dict[str, str]:
    if not are_named:
        told = letters({row.key: row.treated for row in found.rows})
        return {key: f"Operator {letter}" for key, letter in told.items()}
    return {
        row.key: names.get(row.key, row.name) if unit == "site" else row.name for row in found.rows
    }


def _funnel(told: list[UnitRow], policy: Policy, overdispersion: bool) -> Funnel:
    return funnel_plot(
        [row.key for row in told],
        [policy.nearest(row.k) for row in told],
        [policy.nearest(row.n) for row in told],
        overdispersion=overdispersion,
    )


def _line(
    name: str,
    several_spellings: bool,
    policy: Policy,
    row: UnitRow,
    point: FunnelPoint | None,
    funnel: Funnel | None,
) -> UnitLine:
    k, n = policy.nearest(row.k), policy.nearest(row.n)
    edges = point.limits if point else None
    return UnitLine(
        unit=name,
        n=n,
        k=k,
        value=k / n,
        target=funnel.target if funnel else None,
        low_99_8=edges.low_99_8 if edges else None,
        low_95=edges.low_95 if edges else None,
        high_95=edges.high_95 if edges else None,
        high_99_8=edges.high_99_8 if edges else None,
        beyond=point.beyond if point else Beyond.NOTHING,
        several_spellings=several_spellings,
    )
