"""The trail in words: who did what to which record, and what it changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from registry.domain.identifiers import WITHHELD
from registry.services.trail import Line
from registry.web.filters import DASH
from registry.web.views.history import Change
from registry.web.views.record import in_words, is_told, label

_VERBS = {
    "register_patient": "registered",
    "log_procedure": "logged",
    **dict.fromkeys(("add_assessment", "add_adverse_event", "add_device_check"), "recorded"),
    **dict.fromkeys(("record_death", "record_missed"), "recorded"),
    "merge_patients": "merged",
    "undo_merge": "parted again",
    "save_report": "saved",
    "remove_report": "removed",
    "amend": "corrected",
    "view_patient": "saw",
    "list_patients": "saw a list of patients",
    "view_report": "saw a report",
    "view_trail": "searched the trail",
    "refuse": "was refused",
    "refuse_sign_in": "could not sign in",
    "sign_in": "signed in",
    "sign_out": "signed out",
    "step_up": "proved once more who they are",
    "export": "asked for data to take away",
    "export_made": "had an export made",
    "fetch_export": "fetched an export",
    "cancel_export": "cancelled an export",
    "import": "brought data in",
    "grant_role": "gave a role",
    "change_role": "changed a role",
    "take_role": "took a role away",
    "create_token": "made a token",
    "revoke_token": "revoked a token",
    "change_password": "changed a password",
    "set_second_factor": "set up a second factor",
    "reset_second_factor": "took a second factor away",
}


FEW_FACTS = 4


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One line as the page shows it: a sentence, what changed, and what proves it.

    What was recorded for the first time, or is told of a look, are `facts`: there was nothing
    before. `changes` are those of something that stood there.
    """

    title: str
    line: Line
    facts: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]
    proof: tuple[tuple[str, str], ...]

    @property
    def is_long(self) -> bool:
        """Say whether its facts are folded away, so that the next line is near."""
        return len(self.facts) > FEW_FACTS


def tell_trail(lines: list[Line]) -> list[TrailEntry]:
    """Tell lines of the trail."""
    return [_entry(line) for line in lines]


def _entry(line: Line) -> TrailEntry:
    event = line.event
    noun = f" {_noun(event.record_type)}" if event.record_type else ""
    verb = _VERBS.get(event.action) or f"{event.action.replace('_', ' ')}:"
    if event.action == "amend" and "voided_at" in line.changes:
        verb = "voided" if line.changes["voided_at"][1] else "undid the void of"
    title = f"{event.actor} ({event.role}) {verb}{noun}".removesuffix(":")
    changes = tuple(_changes(line.changes))
    facts = tuple((c.field, c.after) for c in changes if c.before == DASH)
    amended = any(c.before != DASH for c in changes)
    return TrailEntry(
        title, line, () if amended else facts, changes if amended else (), tuple(_proof(line))
    )


def _noun(record_type: str) -> str:
    word = record_type.replace("_", " ")
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _changes(changes: Mapping[str, Any]) -> Iterator[Change]:
    for name, both in changes.items():
        before, after = both if isinstance(both, list) and len(both) == 2 else (None, both)
        known = label(name) if is_told(name) else name.replace("_", " ").capitalize()
        yield Change(known, _words(name, before), _words(name, after))


def _words(name: str, value: Any) -> str:
    """Write a value as a record's page does; what no page shows, as it stands."""
    if value in (None, "", [], {}):
        return DASH
    if value == WITHHELD:
        return WITHHELD
    if is_told(name):
        # A line outlives the words it was written in: what these can't tell is told as it stands.
        with suppress(KeyError, ValueError, TypeError, AttributeError):
            return in_words(name, value)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_words('', v)}" for key, v in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _proof(line: Line) -> Iterator[tuple[str, str]]:
    event = line.event
    if event.record_id:
        yield "Record", str(event.record_id)
    yield "Site", line.site
    yield "Place in the chain", f"entry {event.number}, sealed {event.seal[:16]}..."
    yield "Request", event.request_id or DASH
    yield "Assuage and schema", f"{event.app_version}, {event.schema_version}"
