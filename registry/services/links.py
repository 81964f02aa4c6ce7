"""Continuing a procedure by another: what fits, what is wrong, and what a block or trial told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid4

from sqlmodel import Session

from registry.db.queries.patients import Course
from registry.db.tables import Procedure
from registry.domain.access import Actor
from registry.domain.devices import EXPLANT, device_id
from registry.domain.drafts import ProcedureDraft
from registry.domain.errors import Problem
from registry.domain.links import ASKING, check_followers, check_link, find_likely, find_linkable
from registry.domain.rules import check_result
from registry.domain.techniques import taxonomy
from registry.domain.timeline import ProcedureEvent
from registry.services.corrections import Amendment, amending
from registry.services.timelines import to_timeline

_OTHERWISE = "The record of the block or trial says otherwise."
_WHY = "Its result was told with the procedure that continues it."


@dataclass(frozen=True, slots=True)
class Links:
    """What a procedure can continue, the latest first, and which of it is likely meant."""

    options: tuple[Procedure, ...]
    likely: UUID | None


def find_links(
    course: Course, technique: str, intent: str, performed_on: date, own_id: UUID | None = None
) -> Links:
    """Find what a procedure of a patient can continue; `own_id` is its own when it is amended."""
    this = _event(technique, intent, performed_on, None, own_id)
    others = to_timeline(course).procedures
    likely = find_likely(this, others)
    rows = {row.id: row for row in course.procedures}
    return Links(
        options=tuple(rows[p.id] for p in find_linkable(this, others)),
        likely=likely.id if likely else None,
    )


def link_problems(
    course: Course, draft: ProcedureDraft, own_id: UUID | None = None
) -> list[Problem]:
    """Find what is wrong with a procedure's place among the patient's others."""
    if draft.technique not in taxonomy().techniques:
        return []
    this = _event(draft.technique, draft.intent, draft.performed_on, draft.follows_id, own_id)
    others = to_timeline(course).procedures
    return [
        *check_link(this, others),
        *check_followers(this, others),
        *_check_explant(course, this, others),
    ]


def _check_explant(
    course: Course, this: ProcedureEvent, others: Sequence[ProcedureEvent]
) -> list[Problem]:
    """Find out whether a device was checked after the day on which it is to have been taken out."""
    if this.intent != EXPLANT:
        return []
    everyone = [*(p for p in others if p.id != this.id), this]
    device, by_id = device_id(this, everyone), {p.id: p for p in others}
    checked = (c for c in course.device_checks if c.checked_on > this.on)
    if all(device_id(by_id[c.procedure_id], everyone) != device for c in checked):
        return []
    return [Problem("performed_on", "The device was checked after this day. Check both dates.")]


def _event(
    technique: str, intent: str, on: date, follows: UUID | None, own_id: UUID | None
) -> ProcedureEvent:
    return ProcedureEvent(
        id=own_id or uuid4(),
        on=on,
        technique=technique,
        intent=intent,
        category=taxonomy().techniques[technique].category,
        follows=follows,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What a procedure's entry tells of the block or trial that it continues."""

    block: Procedure
    result: str | None
    relief_percent: int | None

    def changes(self) -> dict[str, str | int]:
        """Give what is new about the block, by its field."""
        given = {"block_result": self.result, "block_relief_percent": self.relief_percent}
        return {
            name: value
            for name, value in given.items()
            if value is not None and value != getattr(self.block, name)
        }


def split_result(course: Course, draft: ProcedureDraft) -> tuple[ProcedureDraft, Told | None]:
    """Part a procedure from the result of the block or trial that it continues.

    A treatment has no result of its own: one given with it is that of what it continues.
    """
    block = next((p for p in course.procedures if p.id == draft.follows_id), None)
    if block is None or draft.intent in ASKING or block.intent not in ASKING:
        return draft, None
    told = Told(block, draft.block_result, draft.block_relief_percent)
    return replace(draft, block_result=None, block_relief_percent=None), told


def told_problems(told: Told | None) -> list[Problem]:
    """Find what contradicts the result that a block or trial has on record."""
    if told is None:
        return []
    contradicted = [name for name in told.changes() if getattr(told.block, name) is not None]
    return [
        *check_result(told.result, told.relief_percent),
        *(Problem(name, f"{_OTHERWISE} Correct it there first.") for name in contradicted),
    ]


def tell_block(session: Session, actor: Actor, told: Told | None) -> None:
    """Write to a block or trial what it told, as an audited correction of it."""
    if told is None or not (changes := told.changes()):
        return
    amendment = Amendment(told.block.version, _WHY)
    with amending(session, told.block, actor=actor, amendment=amendment):
        for name, value in changes.items():
            setattr(told.block, name, value)


def followed(procedures: Sequence[Procedure], row: Procedure) -> Procedure | None:
    """Find the procedure that one continues, unless that was voided."""
    return next((p for p in procedures if p.id == row.follows_id), None)
