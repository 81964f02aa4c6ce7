"""How many respond by the definitions that need doses? Each has a denominator of its own.

Whom a definition can judge, and who responds, is decided by `registry.domain.outcomes.responders`
and stored; here it is counted. Nobody without the scores and doses it asks for counts as a
non-responder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from registry.domain.outcomes.responders import Icpre2012
from registry.domain.windows import Window
from reports.frames import OutcomeFrame, response
from reports.groups import Group, Grouping
from reports.stats.intervals import Floors, Proportion, proportion
from reports.stats.medd_change import complete_pairs
from reports.stats.responders import DOSED, Definition
from reports.stats.tally import tally

_RESPONDS = [c.value for c in Icpre2012 if c.responds]


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """Responders of one group at one window by one definition, among those whom it can judge.

    `pairs` are the wholly converted doses at both ends, of which those judged are a part.
    """

    group: Group
    window: Window
    definition: Definition
    response: Proportion
    pairs: int


@dataclass(frozen=True, slots=True)
class Judged:
    """Responders by the definitions that need doses, in the registry's order of definitions."""

    rows: tuple[JudgedRow, ...]


def judged_responders(
    frame: OutcomeFrame, grouping: Grouping, windows: Sequence[Window], floors: Floors
) -> Judged:
    """Count whom each definition can judge, and who responds, in each group at each window."""
    return Judged(
        tuple(
            JudgedRow(
                group,
                window,
                definition,
                proportion(row[f"{definition.slug}_k"], row[f"{definition.slug}_n"], floors),
                row["pairs"],
            )
            for group, window, row in tally(frame, grouping, windows, _columns)
            for definition in DOSED
        )
    )


def _columns(window: Window) -> dict[str, pl.Expr]:
    columns = {"pairs": complete_pairs(window).sum()}
    for definition in DOSED:
        said = pl.col(response(definition.slug, window))
        yes = said.is_in(_RESPONDS) if definition.slug == "icpre2012" else said
        columns |= {f"{definition.slug}_n": said.count(), f"{definition.slug}_k": yes.sum()}
    return columns
