"""A regimen as people write it -> items. What is not understood is handed back, never guessed.

"MST 30 bd, Oramorph 10mg prn x4" holds two items. An as-needed dose counts only with the number
actually taken; a range, a doubt or a word nobody knows makes its part of the text not understood,
and a word that denies ("stopped", "not", "instead of") the whole of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from registry.domain.opioid_items import OpioidItem, Regimen
from registry.domain.regimens.items import NotUnderstood, read_clause
from registry.domain.regimens.vocabulary import Kind
from registry.domain.regimens.words import Word, cut

__all__ = ["ReadRegimen", "read_regimen"]

_NONE = re.compile(
    r"\s*(?:nil|none|(?:no|nil|not on|not taking|off|off all|not on any) (?:any )?"
    r"(?:opioids?|opiates?|analgesia|analgesics)|(?:opioid|opiate)[ -]?na[iï]ve)"
    r"(?: (?:at present|currently|now|taken))?[\s.]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ReadRegimen:
    """What was understood of a text, and the parts that were not, as they were written.

    Both are empty for "nil" and its like, which say that no opioid is taken, and for a blank text,
    which says nothing: whoever calls takes a blank for not recorded.
    """

    items: Regimen
    not_understood: tuple[str, ...]


def read_regimen(text: str) -> ReadRegimen:
    """Read a free-text regimen; every part of it is either an item or handed back."""
    if not text.strip() or _NONE.fullmatch(text):
        return ReadRegimen((), ())
    words = tuple(cut(text))
    if all(w.kind is Kind.SEPARATOR for w in words) or any(_speaks_of_all(w, text) for w in words):
        return ReadRegimen((), (text.strip(),))
    items: list[OpioidItem] = []
    not_understood: list[str] = []
    for clause in _clauses(words):
        try:
            items.extend(read_clause(clause))
        except NotUnderstood:
            not_understood.append(text[clause[0].start : clause[-1].end].strip())
    return ReadRegimen(tuple(items), tuple(not_understood))


def _speaks_of_all(word: Word, text: str) -> bool:
    """Whether a word may change the sense of more than its own part: a denial, a heading."""
    heading = word.kind is Kind.UNKNOWN and ":" in text[word.start : word.end]
    return heading or word.kind is Kind.DENIAL


def _clauses(words: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
    """Split into clauses of one drug each; a part without a drug belongs to the one before."""
    section: list[Word] = []
    for part in _parts(words):
        if section and _has(part, Kind.NAME):
            yield from _by_drug(section)
            section = []
        section += part
    if section:
        yield from _by_drug(section)


def _parts(words: tuple[Word, ...]) -> Iterator[list[Word]]:
    part: list[Word] = []
    for word in words:
        if word.kind is not Kind.SEPARATOR:
            part.append(word)
        elif part and not (word.word == "-" and _has(part, Kind.UNKNOWN)):  # "Last week - MST"
            yield part
            part = []
    if part:
        yield part


def _by_drug(section: list[Word]) -> Iterator[tuple[Word, ...]]:
    """Split where a drug follows another's dose; not beside an unknown word, which may tie both."""
    if _has(section, Kind.UNKNOWN):
        yield tuple(section)
        return
    start, named, dosed = 0, False, False
    for i, word in enumerate(section):
        if word.kind is Kind.NAME:
            if dosed:
                yield tuple(section[start:i])
                start, dosed = i, False
            named = True
        dosed = dosed or (named and word.kind not in _BESIDE_A_NAME)
    yield tuple(section[start:])


_BESIDE_A_NAME = frozenset({Kind.NAME, Kind.FORM, Kind.ROUTE, Kind.FILLER, Kind.AS_NEEDED})


def _has(words: list[Word], kind: Kind) -> bool:
    return any(word.kind is kind for word in words)
