"""Tables of procedures, split one way and across another: released as a whole.

The rows are the parts of their own sum, and the columns those of the total row, which stands under
the table or on the same page as a figure. A small cell is held back with another in its row and
another in its column, so that neither sum tells it; what is shown is rounded, sums by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.disclosure.activity_cells import cells_to_hold, rows_to_hold
from reports.disclosure.covered import Cover
from reports.disclosure.held import HELD, Count, Held
from reports.disclosure.released import ratio
from reports.groups import ALL, Group
from reports.stats.activity import Cross, Waiting, WaitRow, WorkRow
from reports.stats.intervals import Floors, Proportion, Quartiles, proportion

DAY_STEP = 1
MOST_STEP = 5
"""The 90th percentile lies among few: it is rounded to this, in days."""


@dataclass(frozen=True, slots=True)
class CrossLine:
    """One head: its procedures, and how many of them are in each part."""

    head: Group
    n: Count
    counts: tuple[Count, ...]

    @property
    def whole(self) -> Count:
        """Give what shares are of: the parts together where all are shown, so that they make 1."""
        known = [n for n in self.counts if n is not HELD]
        return sum(known) if known and len(known) == len(self.counts) else self.n

    @property
    def shares(self) -> tuple[float | Held | None, ...]:
        """Give each part's share of the head, 0 to 1; None where there is nobody."""
        return tuple(ratio(count, self.whole) for count in self.counts)

    def share_of(self, at: int, floors: Floors) -> Proportion | Held:
        """Give one part's share with its interval, of the counts as they are shown."""
        part = self.counts[at] if self.counts else 0
        if part is HELD or self.whole is HELD:
            return HELD
        return proportion(part, self.whole, floors)


@dataclass(frozen=True, slots=True)
class ReleasedCross:
    """A released table; with several heads `total` is of all of them, else the one line again."""

    parts: tuple[Group, ...]
    lines: tuple[CrossLine, ...]
    total: CrossLine
    note: str | None

    @property
    def known(self) -> list[bool]:
        """Say of which lines the procedures are shown; of a table held as a whole, none."""
        if self.lines:
            return [line.n is not HELD for line in self.lines]
        return [False] if self.total.n is HELD else []

    @property
    def with_total(self) -> tuple[CrossLine, ...]:
        """Give the lines, and where there are several the total under them."""
        return (*self.lines, self.total) if len(self.lines) > 1 else self.lines


@dataclass(frozen=True, slots=True)
class PartLine:
    """One cell of a released table, for records: `n` of the head's `of` are in the part."""

    group: Group
    part: str
    part_label: str
    n: Count
    of: Count
    share: float | Held | None


@dataclass(frozen=True, slots=True)
class WorkLine:
    """The work of one group, as `WorkRow` defines it."""

    group: Group
    procedures: Count
    patients: Count
    without_agent: Count


@dataclass(frozen=True, slots=True)
class AgentLine:
    """The procedures of a group that used a class of agent."""

    group: Group
    agent: str
    agent_label: str
    procedures: Count


@dataclass(frozen=True, slots=True)
class ReleasedWork:
    """Released work, group by group, and the agents of each; not of all groups together."""

    lines: tuple[WorkLine, ...]
    agents: tuple[AgentLine, ...]


@dataclass(frozen=True, slots=True)
class WaitLine:
    """The wait of one head, as `WaitRow` defines it, in days."""

    group: Group
    n: Count
    recorded: Count
    missing: Count
    days: Quartiles | Held | None
    most: float | Held | None


@dataclass(frozen=True, slots=True)
class ReleasedWaiting:
    """Released waits, with several heads that of all last; `too_few` to tell of anything."""

    lines: tuple[WaitLine, ...]
    too_few: bool = False

    @property
    def known(self) -> list[bool]:
        """Say of which lines the wait is shown; of waits held as a whole, none."""
        return [False] if self.too_few else [line.recorded is not HELD for line in self.lines]


def release_cross(found: Cross, cover: Cover) -> ReleasedCross:
    """Release a table of counts whose rows each are all procedures of their head.

    Of too few procedures not even the heads and parts that occur are told: they would be theirs.
    """
    policy = cover.policy
    rows = [*found.rows, found.total]
    if cover.blind or policy.small(found.total.n):
        return ReleasedCross((), (), CrossLine(ALL, HELD, ()), policy.note)
    table = [row.counts for row in rows]
    held, hidden = cells_to_hold(table, policy), rows_to_hold(table, policy)
    lines = [
        CrossLine(
            row.head,
            HELD if i in hidden else policy.nearest(row.n),
            tuple(HELD if (i, j) in held else policy.nearest(n) for j, n in enumerate(row.counts)),
        )
        for i, row in enumerate(rows)
    ]
    return ReleasedCross(found.parts, tuple(lines[:-1]), lines[-1], policy.note)


def part_lines(released: ReleasedCross) -> list[PartLine]:
    """Give every cell by itself."""
    return [
        PartLine(line.head, part.slug, part.label, n, line.whole, share)
        for line in released.with_total
        for part, n, share in zip(released.parts, line.counts, line.shares, strict=True)
    ]


def release_work(rows: Sequence[WorkRow], cover: Cover) -> ReleasedWork:
    """Release counts of procedures, patients and agents."""

    def alone(count: int) -> Count:
        return HELD if cover.blind else cover.policy.count(count)

    def used(row: WorkRow, count: int) -> Count:
        hidden = cover.policy.small(row.procedures - count)
        return HELD if hidden else alone(count)

    agents = [
        AgentLine(row.group, agent.slug, agent.label, used(row, count))
        for row in rows
        for agent, count in row.agents.items()
        if row.group != ALL and not cover.blind
    ]
    lines = [
        WorkLine(
            row.group, alone(row.procedures), alone(row.patients), used(row, row.without_agent)
        )
        for row in rows
    ]
    return ReleasedWork(tuple(lines), tuple(agents))


def release_waiting(found: Waiting, cover: Cover) -> ReleasedWaiting:
    """Release waits: the summary of a head only where the number behind it is shown."""
    known = release_cross(found.known, cover)
    if known.total.n is HELD:
        return ReleasedWaiting((), too_few=True)
    lines = zip(found.rows, known.with_total, strict=True)
    return ReleasedWaiting(tuple(_wait(row, line, cover) for row, line in lines))


def _wait(row: WaitRow, line: CrossLine, cover: Cover) -> WaitLine:
    recorded, missing = line.counts
    days = HELD if recorded is HELD else cover.policy.rounded(row.days, DAY_STEP)
    most: float | Held | None = HELD if recorded is HELD else row.most
    if isinstance(most, float) and cover.policy.threshold is not None:
        most = float(MOST_STEP * round(most / MOST_STEP))
    return WaitLine(row.head, line.n, recorded, missing, days, most)
