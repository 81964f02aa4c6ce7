"""The trail of a record as readable differences: who, when, from what to what, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from registry.db.tables import AuditEvent
from registry.services.merging import MERGE, UNDO
from registry.web.views.record import Fact, facts_in, in_words, is_told, label, order_of


@dataclass(frozen=True, slots=True)
class Change:
    """A field with its value before and after, in words."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the trail: what was recorded at first (`facts`), or what changed since."""

    verb: str
    who: str
    at: datetime
    reason: str | None
    facts: tuple[Fact, ...]
    changes: tuple[Change, ...]


def tell_history(events: Sequence[AuditEvent]) -> list[Entry]:
    """Tell what was done to a record, latest first."""
    return [_entry(event) for event in events]


_VERBS = {"amend": "Corrected", MERGE: "Merged", UNDO: "Merge undone"}


def _entry(event: AuditEvent) -> Entry:
    is_first = event.action not in _VERBS
    made = {name: new for name, (_, new) in event.changes.items()} if is_first else {}
    return Entry(
        verb=_verb(event),
        who=f"{event.actor}, {event.role}",
        at=event.at,
        reason=event.reason,
        facts=tuple(facts_in(made)),
        changes=() if is_first else tuple(_changes(event)),
    )


def _changes(event: AuditEvent) -> Iterator[Change]:
    for name in sorted((name for name in event.changes if is_told(name)), key=order_of):
        before, after = event.changes[name]
        yield Change(label(name), in_words(name, before), in_words(name, after))


def _verb(event: AuditEvent) -> str:
    if event.action == "amend" and "voided_at" in event.changes:
        return "Voided" if event.changes["voided_at"][1] else "Void undone"
    return _VERBS.get(event.action, "Recorded")
