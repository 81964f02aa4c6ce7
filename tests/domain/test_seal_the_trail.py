"""A chain of entries: whatever is done to one of them shows, and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from registry.domain.trail import NOTHING_BEFORE, Entry, Fault, Link, find_breaks, seal

CHAIN = "north"
WORDS = st.text(max_size=8)
SAYINGS = st.lists(
    st.dictionaries(WORDS.filter(lambda k: k != "previous"), WORDS | st.integers() | st.none()),
    min_size=1,
    max_size=6,
)


def chained(sayings: list[dict[str, Any]]) -> list[Entry]:
    entries: list[Entry] = []
    previous = NOTHING_BEFORE
    for number, says in enumerate(sayings, start=1):
        full = {**says, "number": number}
        entries.append(Entry(number, full, previous, seal(full, previous)))
        previous = entries[-1].seal
    return entries


def end(entries: list[Entry]) -> Link:
    return Link(entries[-1].number, entries[-1].seal)


def faults(entries: list[Entry], head: Link | None, anchor: Link | None = None) -> list[Any]:
    return [(b.number, b.fault) for b in find_breaks(CHAIN, entries, head, anchor)]


@given(SAYINGS)
def test_an_untouched_chain_has_no_break(sayings: list[dict[str, Any]]) -> None:
    entries = chained(sayings)
    assert faults(entries, end(entries), end(entries)) == []


@given(SAYINGS, st.data())
def test_any_change_of_what_an_entry_says_is_found_at_its_place(
    sayings: list[dict[str, Any]], data: st.DataObject
) -> None:
    entries = chained(sayings)
    at = data.draw(st.integers(0, len(entries) - 1))
    name = data.draw(st.sampled_from(sorted(entries[at].says)))
    entries[at] = replace(entries[at], says={**entries[at].says, name: "something else entirely"})
    assert faults(entries, end(entries)) == [(at + 1, Fault.CHANGED)]


def test_an_entry_taken_out_is_missing() -> None:
    entries = chained([{"a": i} for i in range(4)])
    left = [e for e in entries if e.number != 2]
    assert faults(left, end(entries)) == [(2, Fault.MISSING)]


def test_entries_that_change_places_are_found() -> None:
    entries = chained([{"a": i} for i in range(3)])
    swapped = [
        entries[0],
        replace(entries[2], number=2),
        replace(entries[1], number=3),
    ]
    assert {fault for _, fault in faults(swapped, end(entries))} >= {Fault.UNLINKED}


def test_the_last_entries_taken_off_are_missed_at_the_recorded_end() -> None:
    entries = chained([{"a": i} for i in range(4)])
    assert faults(entries[:2], end(entries)) == [(4, Fault.CUT_SHORT)]


def test_an_entry_put_behind_the_recorded_end_is_found() -> None:
    entries = chained([{"a": i} for i in range(3)])
    assert faults(entries, end(entries[:2])) == [(3, Fault.TOO_LONG)]


def test_a_history_sealed_anew_as_a_whole_is_told_by_an_end_that_was_kept_elsewhere() -> None:
    true = chained([{"a": 1}, {"a": 2}, {"a": 3}])
    anew = chained([{"a": 1}, {"a": 9}, {"a": 3}])
    assert faults(anew, end(anew)) == []
    assert faults(anew, end(anew), end(true)) == [(3, Fault.OTHER_HISTORY)]
    assert faults(anew[:2], end(anew[:2]), end(true)) == [(3, Fault.CUT_SHORT)]


def test_a_moment_is_sealed_alike_whatever_zone_a_database_gives_it_in() -> None:
    at = datetime(2026, 1, 5, 10, tzinfo=UTC)
    elsewhere = at.astimezone(timezone(timedelta(hours=9)))
    assert seal({"at": at}, NOTHING_BEFORE) == seal({"at": elsewhere}, NOTHING_BEFORE)
