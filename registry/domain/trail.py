"""The audit trail's chain: each entry is sealed together with the seal before it.

A seal is the SHA-256 of everything an entry says, its place in the chain and the seal of the entry
before it. Whoever changes, takes out or moves an entry breaks every seal from there on; whoever
seals all of them anew arrives at another head than the one that was written down elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

REGISTRY_CHAIN = "registry"
"""The chain of what belongs to no site, such as a refused sign-in."""
NOTHING_BEFORE = "0" * 64
"""What stands in the place of a seal before the first entry of a chain."""


@dataclass(frozen=True, slots=True)
class Link:
    """A place in a chain: its number, from 1 without a gap, and the seal of the entry there."""

    number: int
    seal: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it stands in the store: what it says, the seal it follows, and its own."""

    number: int
    says: Mapping[str, Any]
    previous: str
    seal: str


class Fault(StrEnum):
    """What is wrong at a place in a chain."""

    CHANGED = "changed"
    MISSING = "missing"
    TWICE = "twice"
    UNLINKED = "unlinked"
    CUT_SHORT = "cut_short"
    TOO_LONG = "too_long"
    OTHER_HISTORY = "other_history"


_WORDS = {
    Fault.CHANGED: "does not say what was sealed: it was changed",
    Fault.MISSING: "is missing: an entry was taken out, or moved",
    Fault.TWICE: "stands there twice: an entry was put in, or moved",
    Fault.UNLINKED: "does not follow the entry before it: one of the two was replaced, or moved",
    Fault.CUT_SHORT: "is missing, and the chain ends before it: its last entries were taken off",
    Fault.TOO_LONG: "lies beyond the chain's recorded end: it was put in without being sealed",
    Fault.OTHER_HISTORY: "is not the entry that was anchored: all from here back was sealed anew",
}


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain is broken, and how. Holds no content of any entry."""

    chain: str
    number: int
    fault: Fault

    @property
    def words(self) -> str:
        """Say it in a sentence."""
        return f"Chain {self.chain}: entry {self.number} {_WORDS[self.fault]}."


def seal(says: Mapping[str, Any], previous: str) -> str:
    """Seal what an entry says (JSON values, dates and identifiers) behind the seal before it."""
    text = json.dumps(
        {"previous": previous, **says},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        default=_plain,
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> str:
    """Write a stamp in UTC to the microsecond, so that every database gives the same text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value)


def find_breaks(
    chain: str, entries: Iterable[Entry], head: Link | None, anchor: Link | None = None
) -> Iterator[Break]:
    """Walk one chain, its entries by number, and tell every place where it is broken.

    `head` is where the store says that the chain ends. `anchor` is a link that was written down
    outside of it: without one nobody can tell a true chain from one that was sealed anew whole.
    """
    before, last = NOTHING_BEFORE, 0
    for entry in entries:
        for missing in range(last + 1, entry.number):
            yield Break(chain, missing, Fault.MISSING)
        yield from _faults(chain, entry, before, last, head)
        if anchor and anchor.number == entry.number and anchor.seal != entry.seal:
            yield Break(chain, entry.number, Fault.OTHER_HISTORY)
        before, last = entry.seal, entry.number
    for end in (head, anchor):
        if end is not None and end.number > last:
            yield Break(chain, end.number, Fault.CUT_SHORT)
            return


def _faults(chain: str, entry: Entry, before: str, last: int, head: Link | None) -> Iterator[Break]:
    if entry.number == last:
        yield Break(chain, entry.number, Fault.TWICE)
    elif entry.number == last + 1 and entry.previous != before:
        yield Break(chain, entry.number, Fault.UNLINKED)
    if seal(entry.says, entry.previous) != entry.seal:
        yield Break(chain, entry.number, Fault.CHANGED)
    if head is None or entry.number > head.number:
        yield Break(chain, entry.number, Fault.TOO_LONG)
    elif entry.number == head.number and entry.seal != head.seal:
        yield Break(chain, entry.number, Fault.CHANGED)
