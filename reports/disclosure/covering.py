"""What of a page's base counts is held back: decided once, for all windows and reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from registry.domain.outcomes import State
from registry.domain.windows import Window
from reports.disclosure.circle import TOTAL, UNBOUNDED, Cell, Sheet, cover_cells
from reports.disclosure.covered import ALIVE_AND_DUE, ASSESSED, PARTS, Cover, part_of
from reports.disclosure.held import Policy
from reports.disclosure.pooling import Pool, sum_is_safe
from reports.disclosure.rounding import tell
from reports.groups import ALL
from reports.stats.states import StateRow, States

_GROWING = {State.DIED_BEFORE, State.NOT_DUE}
"""From window to window these can only grow, which a reader knows."""
_ONE_WAY = {*_GROWING, ALIVE_AND_DUE}
"""These only grow or only shrink: between two windows lies a count of people."""


def cover(base: States, policy: Policy, pool: Pool) -> Cover:
    """Decide what is held back of the counts of all windows, `pool` being one group already."""
    rows = {(row.group.slug, row.window.slug): row for row in base.rows}
    if policy.threshold is None or not base.rows or not pool.safe:
        told = tell(rows, policy, frozenset(), {})
        return Cover(policy, pool.groups, blind=not pool.safe, _rows=rows, _told=told)
    windows = list(dict.fromkeys(row.window for row in base.rows))
    first = [row for row in base.rows if row.window == windows[0] and row.group != ALL]
    grids = [_grid(base, window) for window in windows]
    held = [_with_zeros(*both) for both in zip(grids, _hold_parts(grids, policy), strict=True)]
    parts = {window.slug: cells for window, cells in zip(windows, held, strict=True)}
    treated = _hold_treated(first, policy)
    told = tell(rows, policy, treated, parts)
    return Cover(policy, pool.groups, _rows=rows, _told=told, _treated=treated, _parts=parts)


def _hold_treated(rows: Sequence[StateRow], policy: Policy) -> frozenset[str]:
    """Hold small counts of ineligible, and either more of them or their total besides."""
    ineligible = {row.group.slug: row.counts[State.INELIGIBLE] for row in rows}
    held = {slug for slug, n in ineligible.items() if policy.small(n)}
    rest = sorted((n, slug) for slug, n in ineligible.items() if n and slug not in held)
    while rest and not sum_is_safe((ineligible[slug] for slug in held), policy):
        held.add(rest.pop(0)[1])
    total = sum(ineligible.values())
    if policy.small(total) or not sum_is_safe((ineligible[slug] for slug in held), policy):
        held.add(TOTAL)
    return frozenset(held)


def _grid(base: States, window: Window) -> dict[Cell, int]:
    rows = [row for row in base.rows if row.window == window]
    return {(row.group.slug, part): part_of(row, part) for row in rows for part in PARTS}


def _hold_parts(grids: Sequence[dict[Cell, int]], policy: Policy) -> list[frozenset[Cell]]:
    """Hold small counts and small steps from window to window, each window covered by itself."""
    bare = [{cell for cell, value in grid.items() if policy.small(value)} for grid in grids]
    held = [_cover_window(grids, i, cells, policy) for i, cells in enumerate(bare)]
    while any(steps := _small_steps(grids, held, policy)):
        for i, cells in enumerate(steps):
            bare[i] |= cells
            held[i] = _cover_window(grids, i, bare[i], policy) if cells else held[i]
    return held


def _with_zeros(grid: Mapping[Cell, int], held: frozenset[Cell]) -> frozenset[Cell]:
    """Hold the zeros of a row of which anything is held, so that what is held may be nobody.

    Were zeros always shown, a held count of 1 would lack but one fact to be found: that it can't be
    more. Two pages have given that, each count of theirs at an end of its range.
    """
    rows = {row for row, _ in held}
    return held | {cell for cell, count in grid.items() if cell[0] in rows and not count}


def _small_steps(
    grids: Sequence[dict[Cell, int]], held: Sequence[frozenset[Cell]], policy: Policy
) -> list[set[Cell]]:
    """Find the counts too near to the one last shown, where the difference is one of people."""
    near: list[set[Cell]] = [set() for _ in grids]
    for cell in (cell for cell in grids[0] if cell[1] in _ONE_WAY):
        shown: list[int] = []
        for i, grid in enumerate(grids):
            if cell in held[i]:
                continue
            if policy.apart(grid[cell], shown):
                shown.append(grid[cell])
            else:
                near[i].add(cell)
    return near


def _cover_window(
    grids: Sequence[dict[Cell, int]], at: int, bare: set[Cell], policy: Policy
) -> frozenset[Cell]:
    values = _with_totals(grids[at])
    unreleased = values.keys() - grids[at].keys()
    before = _with_totals(grids[at - 1]) if at else None
    after = _with_totals(grids[at + 1]) if at + 1 < len(grids) else None

    def room(cell: Cell) -> tuple[int, int]:
        down, up = values[cell] - 1, UNBOUNDED
        if cell[1] in _GROWING and before is not None:
            down = min(down, values[cell] - before[cell])
        if cell[1] in _GROWING and after is not None:
            up = after[cell] - values[cell]
        return down, up

    def cost(cell: Cell) -> int:
        if cell in unreleased:
            return 0
        dear = 10**6 * (cell[0] == TOTAL) + 10**4 * (cell[1] == ASSESSED)
        return dear + values[cell]

    covered = cover_cells(Sheet(values, PARTS, cost, room), bare, policy.doubt)
    return frozenset(covered - unreleased)


def _with_totals(grid: Mapping[Cell, int]) -> dict[Cell, int]:
    """Add the column totals of a page with one group only: they aren't shown, but they exist."""
    totals = {(TOTAL, part): 0 for part in PARTS}
    for (row, part), value in grid.items():
        if row != TOTAL:
            totals[TOTAL, part] += value
    return {**totals, **grid}
