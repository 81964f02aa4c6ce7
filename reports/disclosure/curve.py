"""Responder curves, released: points of nested counts, no two of them few people apart."""

from __future__ import annotations

from dataclasses import dataclass

from registry.domain.outcomes import State
from reports.disclosure.covered import ASSESSED, Cover
from reports.disclosure.held import HELD, Count
from reports.disclosure.released import Line, Released
from reports.stats.curve import STEPS, CurveRow, Curves
from reports.stats.responders import Responders


@dataclass(frozen=True, slots=True)
class CurveLine(Line):
    """Improvement, as `CurveRow` defines it; `reached` has a count for each of `STEPS`."""

    n: Count
    unassessed: Count
    reached: tuple[Count, ...]

    def share(self, place: int, *, of_due: bool) -> float | None:
        """Give the share at a step, 0 to 1, of the assessed or of all alive and due.

        None where it is held back, or nobody is counted.
        """
        if self.n is HELD or not self.n:
            return None
        count, more = self.reached[place], self.unassessed if of_due else 0
        return None if count is HELD or more is HELD else count / (self.n + more)


def release_curves(curves: Curves, responders: Responders, cover: Cover) -> Released[CurveLine]:
    """Release curves beside the shares of responders, who are points of the same curve.

    Of each group those responders come first: a step is told where it is the same as a count that
    is shown, or far enough from all of them.
    """
    counts: dict[tuple[str, str], list[int]] = {}
    for row in responders.rows:
        counts.setdefault((row.group.slug, row.window.slug), []).append(row.response.k)
    lines = (_line(row, counts[row.group.slug, row.window.slug], cover) for row in curves.rows)
    return Released(tuple(lines), cover.policy.note, cover.pooled)


def _line(row: CurveRow, responders: list[int], cover: Cover) -> CurveLine:
    n = cover.part(row.group, row.window, ASSESSED)
    unassessed = cover.part(row.group, row.window, State.ALIVE_NOT_ASSESSED)
    if n is HELD:
        return CurveLine(row.group, row.window, n, unassessed, (HELD,) * len(STEPS))
    order = [*responders, *row.reached]
    apart = cover.nested(order, row.n)
    some = [k for k, told in zip(order, apart, strict=True) if told]
    shown = cover.responses(row.group, row.window, some)
    reached = tuple(
        shown[k] if told else HELD
        for k, told in zip(row.reached, apart[len(responders) :], strict=True)
    )
    return CurveLine(row.group, row.window, n, unassessed, reached)
