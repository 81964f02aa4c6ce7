"""Which cells of a table are held, so that no row and no column gives a small one away."""

from __future__ import annotations

from collections.abc import Sequence

from reports.disclosure.alone import release_parts
from reports.disclosure.held import HELD, Policy
from reports.disclosure.pooling import sum_is_safe

Cell = tuple[int, int]
"""Row and column by position; the last row is the total."""


def rows_to_hold(table: Sequence[Sequence[int]], policy: Policy) -> set[int]:
    """Find the rows of which not even the sum is told: the small ones, and what covers them."""
    sums = [sum(row) for row in table[:-1]]
    return {i for i, n in enumerate(release_parts(policy, sums)) if n is HELD}


def cells_to_hold(table: Sequence[Sequence[int]], policy: Policy) -> set[Cell]:
    """Find the cells to hold: the small ones, all of a row that is held, and what covers them."""
    held = {(i, j) for i, row in enumerate(table) for j, n in enumerate(row) if policy.small(n)}
    held |= {(i, j) for i in rows_to_hold(table, policy) for j in _places(table[i])}
    grown: set[Cell] = set()
    while held != grown:
        grown = set(held)
        for i, row in enumerate(table):
            held |= _covering([(i, j) for j in _places(row)], table, held, policy)
        for j in _places(table[0]):
            held |= _cover_column(j, table, held, policy)
    return held


def _places(row: Sequence[int]) -> range:
    return range(len(row))


def _covering(
    line: Sequence[Cell], table: Sequence[Sequence[int]], held: set[Cell], policy: Policy
) -> set[Cell]:
    """Hold the smallest others of a line until the sum of what is held tells none of it."""
    own = {cell for cell in line if cell in held and table[cell[0]][cell[1]]}
    rest = sorted((table[i][j], (i, j)) for i, j in line if table[i][j] and (i, j) not in held)
    while own and rest and not sum_is_safe((table[i][j] for i, j in own), policy):
        own.add(rest.pop(0)[1])
    return own


def _cover_column(
    j: int, table: Sequence[Sequence[int]], held: set[Cell], policy: Policy
) -> set[Cell]:
    """Cover a column whose total is shown; hold the total too where the column can't be covered."""
    total = (len(table) - 1, j)
    if total in held:
        return set()
    column = [(i, j) for i in range(len(table) - 1)]
    own = _covering(column, table, held, policy)
    safe = not own or sum_is_safe((table[i][j] for i, j in own), policy)
    return own if safe else {*own, total}
