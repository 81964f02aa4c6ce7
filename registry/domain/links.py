"""Procedures that continue each other: which may, what the link is called, which was likely meant.

The kind of a link follows from the two intents. Linked procedures make one course of a patient; an
outcome never pools them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from uuid import UUID

from registry.domain.dates import show_day
from registry.domain.errors import Problem
from registry.domain.timeline import ProcedureEvent

BLOCKS = frozenset({"diagnostic", "prognostic"})
ASKING = BLOCKS | {"trial"}
"""Intents that ask what a treatment would do: such a procedure has a result."""

_TREATING = frozenset({"therapeutic", "repeat"})
_TREATED = _TREATING | {"implant"}
_PLACING = frozenset({"trial", "implant", "revision", "therapeutic"})
"""Intents by which a device is put in place; a catheter's is often recorded as therapeutic."""
UPKEEP = frozenset({"refill", "revision", "explant"})
"""Intents that look after a device and treat no new pain: no pain before them is asked for."""


class LinkKind(StrEnum):
    """What a procedure is to the one that it continues."""

    AFTER_BLOCK = "after_block"
    AFTER_TRIAL = "after_trial"
    DEVICE = "device"
    REPEAT = "repeat"


def link_kind(earlier: str, later: str) -> LinkKind | None:
    """Name the link between two intents; None when the later doesn't continue the earlier.

    - `after_block`: a treatment after the diagnostic or prognostic block that asked for it;
    - `after_trial`: an implant after its trial;
    - `device`: a refill, revision or explant of what was put in place;
    - `repeat`: the same again, after any treatment.
    """
    if earlier in BLOCKS and later in _TREATING:
        return LinkKind.AFTER_BLOCK
    if earlier == "trial" and later == "implant":
        return LinkKind.AFTER_TRIAL
    if earlier in _PLACING and later in UPKEEP:
        return LinkKind.DEVICE
    if earlier in _TREATED and later == "repeat":
        return LinkKind.REPEAT
    return None


_UPKEEP_CONTINUES = (
    "A refill, revision or explant continues the procedure that put the device in place, not "
    "another refill or an explant."
)
_CONTINUES = {
    "therapeutic": "A therapeutic procedure continues a diagnostic or prognostic block; a further "
    "treatment of the same pain is a repeat.",
    "repeat": "A repeat continues a treatment, or the block that asked for it.",
    "implant": "An implant continues its trial.",
    **dict.fromkeys(UPKEEP, _UPKEEP_CONTINUES),
}
_BEGINS = "A block or a trial begins its course: it continues nothing."


def check_link(this: ProcedureEvent, others: Iterable[ProcedureEvent]) -> list[Problem]:
    """Find what is wrong with the link of a procedure to one of the patient's others."""
    if this.follows is None:
        return []
    by_id = {**{p.id: p for p in others}, this.id: this}
    if (earlier := by_id.get(this.follows)) is None:
        return [_wrong("There is no such procedure of this patient: choose one that stands.")]
    kind = link_kind(earlier.intent, this.intent)
    if this.id in {p.id for p in _chain(earlier, by_id)}:
        return [_wrong("These would continue each other in a ring. Choose an earlier one.")]
    if kind is None:
        why = _CONTINUES.get(this.intent, _BEGINS)
        return [_wrong(f"{why} Choose another, or leave this empty.")]
    if earlier.on > this.on:
        return [_wrong(f"That was done later, on {show_day(earlier.on)}. Choose an earlier one.")]
    if kind is LinkKind.DEVICE and earlier.category != this.category:
        return [_wrong("That is a device of another kind. Choose the one that this was done to.")]
    return list(_check_explanted(this, by_id))


def check_followers(this: ProcedureEvent, others: Iterable[ProcedureEvent]) -> Iterator[Problem]:
    """Find out whether a corrected procedure is still one that its followers can continue."""
    for follower in others:
        if follower.follows != this.id:
            continue
        what = f"The procedure of {show_day(follower.on)} continues this one"
        if link_kind(this.intent, follower.intent) is None:
            yield Problem("intent", f"{what}, which it can't with this intent. Correct it first.")
        if follower.on < this.on:
            yield Problem("performed_on", f"{what}. Check the date, or correct that one first.")


def find_linkable(
    this: ProcedureEvent, others: Iterable[ProcedureEvent]
) -> tuple[ProcedureEvent, ...]:
    """List the procedures that this one can continue, the latest first."""
    everyone = tuple(p for p in others if p.id != this.id)
    fitting = [p for p in everyone if not check_link(replace(this, follows=p.id), everyone)]
    return tuple(sorted(fitting, key=lambda p: (p.on, p.id), reverse=True))


def find_likely(this: ProcedureEvent, others: Iterable[ProcedureEvent]) -> ProcedureEvent | None:
    """Find the one procedure that this one likely continues; None unless there is exactly one.

    It is of the same category. A block or a trial asks for one treatment, so one that has been
    continued is not likely meant again.
    """
    everyone = tuple(others)
    answered = {p.follows for p in everyone if p.id != this.id}
    likely = [
        p
        for p in find_linkable(this, everyone)
        if p.category == this.category and not (p.intent in ASKING and p.id in answered)
    ]
    return likely[0] if len(likely) == 1 else None


def _wrong(message: str) -> Problem:
    return Problem("follows_id", message)


def _chain(start: ProcedureEvent, by_id: Mapping[UUID, ProcedureEvent]) -> Iterator[ProcedureEvent]:
    """Walk back from a procedure over what each continues; a ring is walked once."""
    seen: set[UUID] = set()
    at: ProcedureEvent | None = start
    while at is not None and at.id not in seen:
        seen.add(at.id)
        yield at
        at = by_id.get(at.follows) if at.follows else None


def _check_explanted(
    this: ProcedureEvent, by_id: Mapping[UUID, ProcedureEvent]
) -> Iterator[Problem]:
    """Find a refill of a device after the day on which it was explanted."""
    device = _device(this, by_id)
    same = [p for p in by_id.values() if p.id != this.id and _device(p, by_id) == device]
    gone = [p.on for p in same if p.intent == "explant" and p.on < this.on]
    if this.intent == "refill" and gone:
        day = show_day(min(gone))
        yield Problem("performed_on", f"This device was explanted on {day}. Check both dates.")
    refilled = [p.on for p in same if p.intent == "refill" and p.on > this.on]
    if this.intent == "explant" and refilled:
        day = show_day(max(refilled))
        yield Problem("performed_on", f"This device was refilled on {day}. Check both dates.")


def _device(procedure: ProcedureEvent, by_id: Mapping[UUID, ProcedureEvent]) -> UUID:
    """Name the device that a procedure was done to by the one that first put it in place."""
    at = procedure
    for earlier in _chain(procedure, by_id):
        if earlier.id != at.id and link_kind(earlier.intent, at.intent) is not LinkKind.DEVICE:
            break
        at = earlier
    return at.id
