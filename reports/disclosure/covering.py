"""What of a page's base counts is held back: decided once, for all windows and reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from registry.domain.outcomes import State
from registry.domain.windows import Window
from reports.disclosure.circle import TOTAL, UNBOUNDED, Cell, Sheet, cover_cells
from reports.disclosure.held import HELD, ROUND_TO, Count, Held, Policy
from reports.disclosure.pooling import Pool, sum_is_safe
from reports.groups import ALL, Group
from reports.stats.intervals import Floors, Proportion, Quartiles, proportion
from reports.stats.states import StateRow, States

ASSESSED = "assessed"
DUE = "due"
ALIVE_AND_DUE = "alive_and_due"
PARTS: dict[str, str] = {
    DUE: "",
    State.NOT_DUE: "",
    ALIVE_AND_DUE: DUE,
    State.DIED_BEFORE: DUE,
    ASSESSED: ALIVE_AND_DUE,
    State.ALIVE_NOT_ASSESSED: ALIVE_AND_DUE,
}
"""How the eligible fall apart at a window: each part, and the sum it belongs to ("": eligible)."""
_GROWING = {State.DIED_BEFORE, State.NOT_DUE}
"""From window to window these can only grow, which a reader knows."""
_ONE_WAY = {*_GROWING, ALIVE_AND_DUE}
"""These only grow or only shrink: between two windows lies a count of people."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Which base counts are held back under a policy; `blind` holds back everything.

    What is held is decided on the counts themselves; what is shown is rounded.
    """

    policy: Policy
    pooled: tuple[Group, ...] = ()
    blind: bool = False
    floors: Floors = Floors()  # noqa: RUF009 - frozen
    _rows: Mapping[tuple[str, str], StateRow] = field(default_factory=dict)
    _treated: frozenset[str] = frozenset()
    _parts: Mapping[str, frozenset[Cell]] = field(default_factory=dict)

    def eligible(self, row: StateRow) -> Count:
        """Release the eligible of a row: shown, unless the page as a whole is too small."""
        return HELD if self.blind else self.policy.nearest(row.eligible)

    def treated(self, row: StateRow) -> Count:
        """Release the treated of a row."""
        return self._base(row, row.treated)

    def ineligible(self, row: StateRow) -> Count:
        """Release the ineligible of a row; held exactly where the treated are."""
        return self._base(row, row.counts[State.INELIGIBLE])

    def part(self, group: Group, window: Window, part: str) -> Count:
        """Release one of the `PARTS` of a group's eligible at a window."""
        hidden = (group.slug, part) in self._parts.get(window.slug, frozenset())
        if self.blind or hidden:
            return HELD
        return self.policy.nearest(part_of(self.row(group, window), part))

    def alone(self, count: int) -> Count:
        """Release a count that is part of no known sum."""
        return HELD if self.blind else self.policy.count(count)

    def are_both_shown(self, part: int, whole: int) -> bool:
        """Say whether a part of a shown whole, and so the rest of it, may be shown."""
        return not self.blind and self.policy.apart(part, (0, whole))

    def nested(self, counts: Iterable[int], whole: int) -> list[bool]:
        """Say which of some nested counts of a shown whole may be shown side by side.

        Those that come first are kept: a later one too near to them is held back.
        """
        shown, told = [0, whole], []
        for count in counts:
            told.append(not self.blind and self.policy.apart(count, shown))
            shown += [count] if told[-1] else []
        return told

    def split(self, parts: Iterable[int], whole: int) -> list[Count]:
        """Release parts of a shown whole such that what isn't shown of it is, together, not small.

        The parts needn't make up the whole. Those that come first are shown rather than the later.
        """
        left, told = whole, list[Count]()
        for part in parts:
            hidden = self.blind or self.policy.small(part) or self.policy.small(left - part)
            told.append(HELD if hidden else self.policy.nearest(part))
            left -= 0 if hidden else part
        return told

    def is_split_shown(self, row: StateRow) -> bool:
        """Say whether the assessed of a row may be split in responders and non-responders.

        In the total only where it may in every group.
        """
        if row.group == ALL:
            at_window = (r for r in self._rows.values() if r.window == row.window)
            return all(self.is_split_shown(r) for r in at_window if r.group != ALL)
        told = self.part(row.group, row.window, ASSESSED) is not HELD
        return told and self.are_both_shown(row.counts[State.RESPONDER], row.assessed)

    def response(self, found: Proportion) -> Proportion:
        """Release a proportion whose counts may be shown: its interval is that of rounded ones."""
        k, n = self.policy.nearest(found.k), self.policy.nearest(found.n)
        return found if self.policy.threshold is None else proportion(k, n, self.floors)

    def quartiles(self, values: Quartiles | None, step: int, n: Count) -> Quartiles | Held | None:
        """Release a median and its quartiles in whole steps, of a released number `n`.

        Where that number may stand for one below the floor there are no quartiles: there being some
        would tell on which side of the floor it is.
        """
        if n is HELD:
            return HELD
        told = self.policy.rounded(values, step)
        if told is None or self.policy.threshold is None:
            return told
        is_thin = n - ROUND_TO // 2 < self.floors.interval
        return Quartiles(None, told.median, None) if is_thin else told

    def row(self, group: Group, window: Window) -> StateRow:
        """Give the base counts that stand behind a group at a window."""
        return self._rows[group.slug, window.slug]

    def _base(self, row: StateRow, count: int) -> Count:
        return HELD if self.blind or row.group.slug in self._treated else self.policy.nearest(count)


def part_of(row: StateRow, part: str) -> int:
    """Count one of the `PARTS`."""
    if part == ASSESSED:
        return row.assessed
    smaller = [name for name, whole in PARTS.items() if whole == part]
    return sum(part_of(row, name) for name in smaller) if smaller else row.counts[State(part)]


def cover(base: States, policy: Policy, pool: Pool) -> Cover:
    """Decide what is held back of the counts of all windows, `pool` being one group already."""
    rows = {(row.group.slug, row.window.slug): row for row in base.rows}
    if policy.threshold is None or not base.rows:
        return Cover(policy, _rows=rows)
    if not pool.safe:
        return Cover(policy, pool.groups, blind=True, _rows=rows)
    windows = list(dict.fromkeys(row.window for row in base.rows))
    first = [row for row in base.rows if row.window == windows[0] and row.group != ALL]
    grids = [_grid(base, window) for window in windows]
    held = _hold_parts(grids, policy)
    parts = {window.slug: cells for window, cells in zip(windows, held, strict=True)}
    treated = _hold_treated(first, policy)
    return Cover(policy, pool.groups, _rows=rows, _treated=treated, _parts=parts)


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
