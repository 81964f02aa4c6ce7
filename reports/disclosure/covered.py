"""What a page shows of its base counts, given what is held back: decided once, by `cover`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from registry.domain.outcomes import State
from registry.domain.windows import Window
from reports.disclosure.circle import Cell
from reports.disclosure.held import HELD, ROUND_TO, Count, Held, Policy
from reports.groups import ALL, Group
from reports.stats.intervals import Floors, Quartiles
from reports.stats.states import StateRow

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
SPLIT: dict[str, str] = {State.RESPONDER: ASSESSED, State.NON_RESPONDER: ASSESSED}
TREE = {**PARTS, **SPLIT}
ELIGIBLE, TREATED = "", "treated"
Told = Mapping[tuple[str, str], Mapping[str, int]]
"""(group's slug, window's slug) -> what is shown of the treated, the eligible, their parts."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Which base counts are held back under a policy; `blind` holds back everything.

    What is held is decided on the counts themselves; what is shown is rounded, such that the parts
    of each group sum to their wholes.
    """

    policy: Policy
    pooled: tuple[Group, ...] = ()
    blind: bool = False
    floors: Floors = Floors()  # noqa: RUF009 - frozen
    _rows: Mapping[tuple[str, str], StateRow] = field(default_factory=dict)
    _told: Told = field(default_factory=dict)
    _treated: frozenset[str] = frozenset()
    _parts: Mapping[str, frozenset[Cell]] = field(default_factory=dict)

    def eligible(self, row: StateRow) -> Count:
        """Release the eligible of a row: shown, unless the page as a whole is too small."""
        return HELD if self.blind else self._told[_key(row)][ELIGIBLE]

    def treated(self, row: StateRow) -> Count:
        """Release the treated of a row."""
        return self._base(row, TREATED)

    def ineligible(self, row: StateRow) -> Count:
        """Release the ineligible of a row; held exactly where the treated are."""
        return self._base(row, State.INELIGIBLE)

    def part(self, group: Group, window: Window, part: str) -> Count:
        """Release one of the `PARTS` of a group's eligible at a window."""
        hidden = (group.slug, part) in self._parts.get(window.slug, frozenset())
        return HELD if self.blind or hidden else self._told[group.slug, window.slug][part]

    def responders(self, row: StateRow, state: State) -> Count:
        """Release the responders or the non-responders of a row: both or neither."""
        return self._told[_key(row)][state] if self.is_split_shown(row) else HELD

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

    def responses(self, group: Group, window: Window, counts: Iterable[int]) -> dict[int, int]:
        """Round counts of responders that may be shown, each by what it is.

        They keep the order that they and the assessed have, and those that are equal stay so. The
        responders of the states, where they may be shown, are the same here.
        """
        row, told = self.row(group, window), self._told[group.slug, window.slug]
        shown = {0: 0, row.assessed: told[ASSESSED]}
        if self.is_split_shown(row):
            shown[row.counts[State.RESPONDER]] = told[State.RESPONDER]
        for k in counts:
            least = max(v for at, v in shown.items() if at <= k)
            most = min(v for at, v in shown.items() if at >= k)
            shown.setdefault(k, min(max(self.policy.nearest(k), least), most))
        return shown

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

    def _base(self, row: StateRow, what: str) -> Count:
        hidden = self.blind or row.group.slug in self._treated
        return HELD if hidden else self._told[_key(row)][what]


def _key(row: StateRow) -> tuple[str, str]:
    return row.group.slug, row.window.slug


def part_of(row: StateRow, part: str) -> int:
    """Count one of the `PARTS`."""
    if part == ASSESSED:
        return row.assessed
    smaller = [name for name, whole in PARTS.items() if whole == part]
    return sum(part_of(row, name) for name in smaller) if smaller else row.counts[State(part)]
