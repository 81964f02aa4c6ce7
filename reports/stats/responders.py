"""How many respond? Every definition side by side, because the definition changes the answer.

Who responds is decided by `registry.domain.outcomes.responders` and stored; here it is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from registry.domain.outcomes import State
from registry.domain.outcomes import responders as definitions
from registry.domain.windows import Window
from reports.frames import OutcomeFrame, assessed, response, state
from reports.groups import Group, Grouping
from reports.stats.intervals import Floors, Proportion, proportion
from reports.stats.tally import Row, tally


@dataclass(frozen=True, slots=True)
class Definition:
    """A responder definition by its slug in the frame, in words for a table and for a figure."""

    slug: str
    label: str
    short: str


_SHORT = {
    "nrs30": "pain ≥30 %",
    "nrs50": "pain ≥50 %",
    "nrs2": "pain ≥2 pts",
    "composite": "composite",
    "icpre2012": "consensus",
    "medd30": "MEDD ≥30 %",
    "medd50": "MEDD ≥50 %",
}
ALL_DEFINITIONS: tuple[Definition, ...] = tuple(
    Definition(d.slug, d.label, _SHORT.get(d.slug, d.label)) for d in definitions.DEFINITIONS
)
"""Every definition of the registry, in its order, which is that of every figure."""
_PAIN = {"nrs30", "nrs50", "nrs2"}
DEFINITIONS = tuple(d for d in ALL_DEFINITIONS if d.slug in _PAIN)
"""Those by average pain, which judge everybody who was assessed."""
DOSED = tuple(d for d in ALL_DEFINITIONS if d.slug not in _PAIN)
"""Those that need doses, most of them worst pain too: each judges whom it can."""


@dataclass(frozen=True, slots=True)
class ResponderRow:
    """Responders of one group at one window by one definition, among those assessed.

    `unassessed` are alive, due and without a score. `worst` and `best` are the proportions of
    assessed and unassessed together if none, or all, of the unassessed had responded.
    """

    group: Group
    window: Window
    definition: Definition
    response: Proportion
    unassessed: int

    @property
    def worst(self) -> float | None:
        """Give the proportion if no unassessed patient had responded; None without anyone."""
        return self._of_all(self.response.k)

    @property
    def best(self) -> float | None:
        """Give the proportion if every unassessed patient had responded; None without anyone."""
        return self._of_all(self.response.k + self.unassessed)

    def _of_all(self, k: int) -> float | None:
        everyone = self.response.n + self.unassessed
        return k / everyone if everyone else None


@dataclass(frozen=True, slots=True)
class Responders:
    """Responders, window by window, three rows a group. No total: groups treat different pains."""

    rows: tuple[ResponderRow, ...]


def responders(
    frame: OutcomeFrame, grouping: Grouping, windows: Sequence[Window], floors: Floors
) -> Responders:
    """Count responders by every definition in each group at each window."""
    found = tally(frame, grouping, windows, _columns)
    return Responders(
        tuple(
            _row(group, window, definition, row, floors)
            for group, window, row in found
            for definition in DEFINITIONS
        )
    )


def _columns(window: Window) -> dict[str, pl.Expr]:
    judged = assessed(window)
    return {
        "n": judged.sum(),
        "unassessed": (pl.col(state(window)) == State.ALIVE_NOT_ASSESSED.value).sum(),
        **{d.slug: pl.col(response(d.slug, window)).sum() for d in DEFINITIONS},
    }


def _row(
    group: Group, window: Window, definition: Definition, row: Row, floors: Floors
) -> ResponderRow:
    found = proportion(row[definition.slug], row["n"], floors)
    return ResponderRow(group, window, definition, found, row["unassessed"])
