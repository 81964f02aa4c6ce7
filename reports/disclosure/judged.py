"""Responders by the definitions that need doses, released beside those by pain.

Whom such a definition judges is a part of the complete pairs of doses: its denominator is held back
where too near to them, as it is where those assessed are. Of two shares of one denominator, of
which the second lies in the first (MEDD down by half, by a third), a near one is held back as well.
The composite and the consensus judge the same people, but neither lies in the other: the difference
of their counts is no count of people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from reports.disclosure.covered import ASSESSED, Cover
from reports.disclosure.held import HELD, Count, Held
from reports.disclosure.released import Line, Released
from reports.stats.intervals import Proportion, proportion
from reports.stats.judged import Judged, JudgedRow
from reports.stats.responders import Definition


@dataclass(frozen=True, slots=True)
class JudgedLine(Line):
    """Responders among the `n` whom a definition can judge."""

    definition: Definition
    n: Count
    response: Proportion | Held


_LIES_IN = {"medd50": "medd30"}


def release_judged(judged: Judged, cover: Cover) -> Released[JudgedLine]:
    """Release responders by every definition that needs doses."""
    lines = [
        line
        for _, rows in groupby(judged.rows, key=lambda row: (row.group, row.window))
        for line in _release(list(rows), cover)
    ]
    return Released(tuple(lines), cover.policy.note, cover.pooled)


def _release(rows: list[JudgedRow], cover: Cover) -> Iterator[JudgedLine]:
    shown: dict[str, int] = {}
    for row in rows:
        k, n = row.response.k, row.response.n
        beside = [shown[of] for of in [_LIES_IN.get(row.definition.slug)] if of in shown]
        if told := cover.nested([*beside, k], n)[-1]:
            shown[row.definition.slug] = k
        whole = _whole(row, cover)
        response = HELD if whole is HELD or not told else _share(k, whole, cover)
        yield JudgedLine(row.group, row.window, row.definition, whole, response)


def _whole(row: JudgedRow, cover: Cover) -> Count:
    seen = cover.part(row.group, row.window, ASSESSED) is not HELD
    apart = cover.are_both_shown(row.response.n, row.pairs)
    return cover.alone(row.response.n) if seen and apart else HELD


def _share(k: int, whole: int, cover: Cover) -> Proportion:
    return proportion(min(cover.policy.nearest(k), whole), whole, cover.floors)
