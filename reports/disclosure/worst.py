"""Worst pain, released beside average pain: its pairs are some of those assessed."""

from __future__ import annotations

from reports.disclosure.covered import ASSESSED, Cover
from reports.disclosure.held import HELD, Count
from reports.disclosure.released import PainLine, Released
from reports.disclosure.releasing import SCORE_STEP
from reports.stats.pain import PainRow, WorstPain


def release_worst(pain: WorstPain, cover: Cover) -> Released[PainLine]:
    """Release paired worst pain; held back where its pairs are nearly all of those assessed."""
    lines = tuple(_line(row, cover) for row in pain.rows)
    return Released(lines, cover.policy.note, cover.pooled)


def _line(row: PainRow, cover: Cover) -> PainLine:
    n = _pairs(row, cover)
    before, after, change = (
        cover.quartiles(values, SCORE_STEP, n) for values in (row.before, row.after, row.change)
    )
    return PainLine(row.group, row.window, n, before, after, change)


def _pairs(row: PainRow, cover: Cover) -> Count:
    whole = cover.part(row.group, row.window, ASSESSED)
    if whole is HELD:
        return HELD
    assessed = cover.row(row.group, row.window).assessed
    if row.n == assessed:
        return whole
    return (
        min(cover.policy.nearest(row.n), whole) if cover.are_both_shown(row.n, assessed) else HELD
    )
