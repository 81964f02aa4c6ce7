"""By what marks a patient is found whose number and name are sealed.

A whole hospital number has one mark in its site. For a search as one types, each beginning of a few
lengths, of the number and of every word of the name, has a short one: it leaves few patients, whose
particulars are then unsealed and compared.
"""

from __future__ import annotations

from uuid import UUID

from registry.db.sealed import vault
from registry.domain.search_text import plain

LENGTHS = (1, 2, 3, 4, 6)
"""How long the beginnings are that are marked; a longer text is looked up by its first six."""
_NUMBER, _SEARCH = "hospital_number mark", "patient search"
_DIGITS = 4
"""Hexadecimal digits of a mark that a search key keeps: 16 bits."""


def number_mark(site_id: UUID, number: str) -> str:
    """Mark a hospital number of a site."""
    return vault().mark(_NUMBER, f"{site_id}/{number}")


def number_marks(site_id: UUID, number: str) -> tuple[str, ...]:
    """Give the marks that a number of a site may have, by this key or an earlier one."""
    return vault().marks(_NUMBER, f"{site_id}/{number}")


def search_keys(site_id: UUID, number: str, name: str | None) -> set[int]:
    """Give the search keys of a patient."""
    words = [_plain_number(number), *plain(name or "").split()]
    starts = {word[:length] for word in words for length in LENGTHS if len(word) >= length}
    return {_key(vault().mark(_SEARCH, f"{site_id}/{start}")) for start in starts}


def keys_of_text(site_id: UUID, text: str) -> set[int]:
    """Give the search keys of all who may be meant by a typed text."""
    words = {_plain_number(text), *plain(text).split()[:1]}
    starts = {word[: max(n for n in LENGTHS if n <= len(word))] for word in words if word}
    marks = (vault().marks(_SEARCH, f"{site_id}/{start}") for start in starts)
    return {_key(mark) for each in marks for mark in each}


def begins_so(number: str, name: str | None, text: str) -> bool:
    """Say whether a number, a name or a later word of the name begins with a typed text."""
    typed, whole = plain(text), _plain_number(text)
    if whole and _plain_number(number).startswith(whole):
        return True
    return bool(typed) and f" {typed}" in f" {plain(name or '')}"


def _plain_number(number: str) -> str:
    return "".join(number.split()).casefold()


def _key(mark: str) -> int:
    return int(mark[:_DIGITS], 16)
