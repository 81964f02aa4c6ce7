"""How many respond? Three definitions side by side, because the definition changes the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from registry.domain.outcomes import State
from registry.domain.windows import Window
from reports.frames import OutcomeFrame, assessed, score, state
from reports.groups import Group, Grouping
from reports.stats.intervals import Floors, Proportion, proportion
from reports.stats.tally import Row, tally


@dataclass(frozen=True, slots=True)
class Definition:
    """A rule for who responds: `holds(baseline, score)` in whole numbers, never in fractions."""

    slug: str
    label: str
    short: str
    holds: Callable[[pl.Expr, pl.Expr], pl.Expr]


DEFINITIONS: tuple[Definition, ...] = (
    Definition("nrs30", "down ≥ 30 %", "≥30 %", lambda b, s: (b > 0) & (10 * s <= 7 * b)),
    Definition("nrs50", "down ≥ 50 %", "≥50 %", lambda b, s: (b > 0) & (2 * s <= b)),
    Definition("nrs2", "down ≥ 2 points", "≥2 pts", lambda b, s: b - s >= 2),
)


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
    pair = pl.col("nrs_baseline"), pl.col(score(window))
    judged = assessed(window)
    return {
        "n": judged.sum(),
        "unassessed": (pl.col(state(window)) == State.ALIVE_NOT_ASSESSED.value).sum(),
        **{d.slug: (judged & d.holds(*pair)).sum() for d in DEFINITIONS},
    }


def _row(
    group: Group, window: Window, definition: Definition, row: Row, floors: Floors
) -> ResponderRow:
    response = proportion(row[definition.slug], row["n"], floors)
    return ResponderRow(group, window, definition, response, row["unassessed"])
