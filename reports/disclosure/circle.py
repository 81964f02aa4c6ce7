"""Held cells of a table with known row and column sums: which others must be held to cover them.

A held cell can be worked out unless the table can be changed in a circle: this cell up, another in
its row down, that one's column mended in another row, and so on back to the first. Rows and columns
are the points of a network, cells its arcs, and a circle is a closed way through it; the cheapest
one is found as a shortest path. Subtotals of a row, and the totals of columns, are cells too: when
held they join the circle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

from reports.groups import ALL

Cell = tuple[str, str]
"""(row, column)."""
TOTAL = ALL.slug
"""The row of the column totals."""
UNBOUNDED = 10**9


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of counts. Each row's sum, and the sum of all, are taken as known to everyone.

    A column belongs to a sum: the row's own, or a subtotal, which is a column itself. `inside`
    names the sum of each column, by the subtotal's name or "" for the row's own.

    `cost` tells how much holding a cell is minded. `room` tells how far a cell could go down and up
    without contradicting something else that is known, such as counts that can only grow.
    """

    values: Mapping[Cell, int]
    inside: Mapping[str, str]
    cost: Callable[[Cell], int]
    room: Callable[[Cell], tuple[int, int]]


def cover_cells(sheet: Sheet, held: set[Cell], doubt: int) -> set[Cell]:
    """Extend `held` until each of its cells could differ by `doubt`, or as much as can be had.

    When no circle passes through a cell, all cells that aren't zero are held.
    """
    covered, ways = set(held), _ways(sheet)
    for cell in sorted(held, key=lambda c: (-sheet.values[c], c)):
        circles = (
            circle
            for room in (sheet.room, _loose(sheet))
            for width in range(doubt, 0, -1)
            for circle in [_cheapest(sheet, ways, covered, cell, width, room)]
            if circle is not None
        )
        covered |= next(circles, {c for c, value in sheet.values.items() if value})
    return covered


Room = Callable[[Cell], tuple[int, int]]
Ways = Mapping[str, Sequence[tuple[Cell, str, bool]]]
"""Point -> the cells that lead from it, the point where each leads, and whether it goes up."""


def _ways(sheet: Sheet) -> Ways:
    """Find where one can go from each point: once, for a page asks at every point of every way."""
    ways: dict[str, list[tuple[Cell, str, bool]]] = {}
    for cell, value in sheet.values.items():
        if value:
            tail, head = _ends(sheet, cell)
            ways.setdefault(tail, []).append((cell, head, True))
            ways.setdefault(head, []).append((cell, tail, False))
    return ways


def _loose(sheet: Sheet) -> Room:
    """Let a cell take any value from 1, for a held cell is known not to be zero."""
    return lambda cell: (sheet.values[cell] - 1, UNBOUNDED)


def _cheapest(
    sheet: Sheet, ways: Ways, held: set[Cell], cell: Cell, width: int, room: Room
) -> set[Cell] | None:
    """Find the circle through `cell` that holds least besides `held`; None when there is none."""
    down, up = room(cell)
    tail, head = _ends(sheet, cell)
    circles = []
    if up >= width:
        circles.append(_path(sheet, ways, held, cell, (head, tail), width, room))
    if down >= width:
        circles.append(_path(sheet, ways, held, cell, (tail, head), width, room))
    found = [circle for circle in circles if circle is not None]
    return min(found, key=lambda circle: circle[0])[1] if found else None


def _ends(sheet: Sheet, cell: Cell) -> tuple[str, str]:
    """Give the points an arc leads from and to: when the cell goes up, flow follows the arc.

    An arc leaves the sum that its cell is part of. A subtotal's arc leads to the point where it is
    split, any other to its column; below, in the row of totals, all goes the other way.
    """
    row, column = cell
    is_subtotal = column in sheet.inside.values()
    ends = f"{row} {sheet.inside[column]}", f"{row} {column}" if is_subtotal else f"| {column}"
    return ends[::-1] if row == TOTAL else ends


def _path(
    sheet: Sheet,
    ways: Ways,
    held: set[Cell],
    without: Cell,
    between: tuple[str, str],
    width: int,
    room: Room,
) -> tuple[int, set[Cell]] | None:
    start, goal = between
    order = count()
    queue: list[tuple[int, int, str, frozenset[Cell]]] = [(0, next(order), start, frozenset())]
    done: set[str] = set()
    while queue:
        cost, _, point, used = heappop(queue)
        if point == goal:
            return cost, set(used)
        if point in done:
            continue
        done.add(point)
        for cell, onward, upward in ways.get(point, ()):
            if cell == without or onward in done or room(cell)[upward] < width:
                continue
            price = 0 if cell in held else sheet.cost(cell)
            heappush(queue, (cost + price, next(order), onward, used | {cell}))
    return None
