"""Result -> released result: each number shown or held back, as the page's cover says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import overload

from registry.domain.outcomes import State
from reports.disclosure.covered import ALIVE_AND_DUE, ASSESSED, DUE, Cover
from reports.disclosure.held import HELD, Count
from reports.disclosure.released import (
    CompletenessLine,
    LineT,
    MeddLine,
    PainLine,
    Released,
    ResponderLine,
    StateLine,
    ratio,
)
from reports.disclosure.rounding import close
from reports.stats.completeness import Completeness, CompletenessRow
from reports.stats.intervals import proportion
from reports.stats.medd_change import MeddChange, MeddRow
from reports.stats.pain import Pain, PainRow
from reports.stats.responders import ResponderRow, Responders
from reports.stats.states import StateRow, States

SCORE_STEP = 1
MG_STEP = 5
PERCENT_STEP = 5


@overload
def release(result: States, cover: Cover) -> Released[StateLine]: ...
@overload
def release(result: Completeness, cover: Cover) -> Released[CompletenessLine]: ...
@overload
def release(result: Pain, cover: Cover) -> Released[PainLine]: ...
@overload
def release(result: Responders, cover: Cover) -> Released[ResponderLine]: ...
@overload
def release(result: MeddChange, cover: Cover) -> Released[MeddLine]: ...


def release(
    result: States | Completeness | Pain | Responders | MeddChange, cover: Cover
) -> (
    Released[StateLine]
    | Released[CompletenessLine]
    | Released[PainLine]
    | Released[ResponderLine]
    | Released[MeddLine]
):
    """Release a statistic of the page that `cover` was made for, over the same groups."""
    match result:
        case States(rows):
            return _released((_states(row, cover) for row in rows), cover)
        case Completeness(rows):
            return _released((_completeness(row, cover) for row in rows), cover)
        case Pain(rows):
            return _released((_pain(row, cover) for row in rows), cover)
        case Responders(rows):
            return _released(_responders(rows, cover), cover)
        case MeddChange(rows):
            return _released((_medd(row, cover) for row in rows), cover)


def _released(lines: Iterable[LineT], cover: Cover) -> Released[LineT]:
    return Released(tuple(lines), cover.policy.note, cover.pooled)


def _states(row: StateRow, cover: Cover) -> StateLine:
    def part(name: str) -> Count:
        return cover.part(row.group, row.window, name)

    return StateLine(
        row.group,
        row.window,
        treated=cover.treated(row),
        eligible=cover.eligible(row),
        assessed=part(ASSESSED),
        counts={
            State.RESPONDER: cover.responders(row, State.RESPONDER),
            State.NON_RESPONDER: cover.responders(row, State.NON_RESPONDER),
            State.DIED_BEFORE: part(State.DIED_BEFORE),
            State.ALIVE_NOT_ASSESSED: part(State.ALIVE_NOT_ASSESSED),
            State.NOT_DUE: part(State.NOT_DUE),
            State.INELIGIBLE: cover.ineligible(row),
        },
    )


def _completeness(row: CompletenessRow, cover: Cover) -> CompletenessLine:
    base = cover.row(row.group, row.window)
    treated = cover.treated(base)
    assessed, alive, due = (
        cover.part(row.group, row.window, part) for part in (ASSESSED, ALIVE_AND_DUE, DUE)
    )
    return CompletenessLine(
        row.group,
        row.window,
        treated=treated,
        ineligible=cover.ineligible(base),
        due=due,
        alive_and_due=alive,
        assessed=assessed,
        of_alive_and_due=ratio(assessed, alive),
        of_treated=ratio(assessed, treated),
    )


def _pain(row: PainRow, cover: Cover) -> PainLine:
    n = cover.part(row.group, row.window, ASSESSED)
    before, after, change = (
        cover.quartiles(values, SCORE_STEP, n) for values in (row.before, row.after, row.change)
    )
    return PainLine(row.group, row.window, n, before, after, change)


def _responders(rows: Iterable[ResponderRow], cover: Cover) -> Iterator[ResponderLine]:
    # Who responds by one definition mostly does by the next: the counts are released together,
    # the first definition before the others, for their differences are counts of people too.
    for (group, window), found in groupby(rows, key=lambda row: (row.group, row.window)):
        together = list(found)
        counts = [row.response.k for row in together]
        told = cover.nested(counts, together[0].response.n)
        shown = cover.responses(group, window, [k for k, t in zip(counts, told, strict=True) if t])
        for row, apart in zip(together, told, strict=True):
            yield _response(row, cover, shown.get(row.response.k) if apart else None)


def _response(row: ResponderRow, cover: Cover, k: int | None) -> ResponderLine:
    unassessed = cover.part(row.group, row.window, State.ALIVE_NOT_ASSESSED)
    n = cover.part(row.group, row.window, ASSESSED)
    response = HELD if n is HELD or k is None else proportion(k, n, cover.floors)
    told = None
    if response is not HELD and unassessed is not HELD:
        told = ResponderRow(row.group, row.window, row.definition, response, unassessed)
    return ResponderLine(
        row.group,
        row.window,
        definition=row.definition,
        n=n,
        unassessed=unassessed,
        response=response,
        worst=told.worst if told else HELD,
        best=told.best if told else HELD,
    )


def _medd(row: MeddRow, cover: Cover) -> MeddLine:
    neuraxial, complete, incomplete = _doses(row, cover)
    split = complete is not HELD and cover.are_both_shown(row.methadone, row.complete)
    percent = complete is not HELD and cover.are_both_shown(row.percent_n, row.complete)
    percent_told: Count = HELD if complete is HELD else cover.alone(row.percent_n)
    parts = (row.methadone, row.complete - row.methadone)
    methadone, without = close(cover.policy, cover.policy.nearest(row.complete), parts)
    return MeddLine(
        row.group,
        row.window,
        complete=complete,
        incomplete=incomplete,
        neuraxial=neuraxial,
        methadone=methadone if split else HELD,
        without_methadone=without if split else HELD,
        percent_n=cover.policy.nearest(row.percent_n) if percent else HELD,
        before=cover.quartiles(row.before, MG_STEP, complete),
        after=cover.quartiles(row.after, MG_STEP, complete),
        change_mg=cover.quartiles(row.change_mg, MG_STEP, complete),
        change_percent=cover.quartiles(row.change_percent, PERCENT_STEP, percent_told),
        change_without_methadone=cover.quartiles(
            row.change_without_methadone, MG_STEP, without if split else HELD
        ),
    )


def _doses(row: MeddRow, cover: Cover) -> tuple[Count, Count, Count]:
    """Release neuraxial, complete and incomplete: with those without doses they are the treated."""
    # Neuraxial comes first, for it is the same at all windows and mustn't be held at one only.
    treated = cover.row(row.group, row.window).treated
    neuraxial, complete, incomplete = cover.split(
        (row.neuraxial, row.complete, row.incomplete), treated
    )
    # Doses are mostly recorded together with scores: their pairs would tell who was assessed.
    seen = cover.part(row.group, row.window, ASSESSED) is not HELD
    return neuraxial, complete if seen else HELD, incomplete if seen else HELD
