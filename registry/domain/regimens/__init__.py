"""A regimen as people write it -> items. What is not understood is handed back, never guessed.

"MST 30 bd, Oramorph 10mg prn x4" holds two items. An as-needed dose counts only with the number
actually taken; a range, a doubt or a word nobody knows makes its part of the text not understood,
and a word that denies ("stopped", "not", "instead of") the whole of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from registry.domain.opioids.items import OpioidItem, Regimen, too_much
from registry.domain.regimens.items import NotUnderstood, read_clause
from registry.domain.regimens.vocabulary import AMOUNTS, TIMES, Kind
from registry.domain.regimens.words import Word, cut

__all__ = ["LONGEST", "ReadRegimen", "read_regimen"]

LONGEST = 2000
"""Characters of a text that a person may send to be read: no regimen is longer."""

Clause = tuple[Word, ...]

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
    if _restates(words, text):
        return ReadRegimen((), (text.strip(),))
    clauses = tuple(_clauses(words))
    if _leaves_open_how_far(clauses):
        return ReadRegimen((), (text.strip(),))
    items: list[OpioidItem] = []
    not_understood: list[str] = []
    for clause in clauses:
        try:
            read = read_clause(clause)
        except NotUnderstood:
            read = None
        if read is None or any(too_much([*items, *read])):
            not_understood.append(text[clause[0].start : clause[-1].end].strip())
        else:
            items.extend(read)
    return ReadRegimen(tuple(items), tuple(not_understood))


def _speaks_of_all(word: Word, text: str) -> bool:
    """Whether a word may change the sense of more than its own part: a denial, a heading."""
    heading = word.kind is Kind.UNKNOWN and ":" in text[word.start : word.end]
    return heading or word.kind is Kind.DENIAL


def _restates(words: Sequence[Word], text: str) -> bool:
    """Whether brackets may tell what another opioid comes to: "oxycodone 20 (morphine 40) bd"."""
    bracketed, other = False, False
    named: set[str] = set()
    for word in words:
        if text[word.start : word.end] in {"(", "[", ")", "]"}:
            bracketed, other = text[word.start] in "([", False
        elif word.name is not None and word.name.drug.is_opioid:
            other = bracketed and bool(named - {word.name.drug.slug})
            named.add(word.name.drug.slug)
        elif other and word.kind in AMOUNTS:
            return True
    return False


def _leaves_open_how_far(clauses: Sequence[Clause]) -> bool:
    """Whether a heading ("CSCI:") may speak of more than the one clause that it begins."""
    headed = [any(word.kind is Kind.HEADING for word in clause) for clause in clauses]
    return any(here and not after for here, after in pairwise([*headed, True]))


def _clauses(words: tuple[Word, ...]) -> Iterator[Clause]:
    """Split into clauses of one drug each; a part without a drug belongs to the one before."""
    section: list[Word] = []
    for part in _parts(words):
        if section and _has(part, Kind.NAME):
            yield from _by_drug(section)
            section = []
        unclear = _begins_to_be_as_needed(section, part)
        section += (replace(word, kind=Kind.UNKNOWN) if unclear else word for word in part)
    if section:
        yield from _by_drug(section)


def _begins_to_be_as_needed(section: list[Word], part: list[Word]) -> bool:
    """Whether "prn" speaks of further doses: of "MST 30 bd, prn x2" none of the first is."""
    regular = any(_has(section, kind) for kind in (Kind.SCHEDULE, Kind.TIME_OF_DAY))
    return regular and _has(part, Kind.AS_NEEDED) and not _has(section, Kind.AS_NEEDED)


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


def _by_drug(section: list[Word]) -> Iterator[Clause]:
    """Split where a drug follows another's dose; not where a word may belong to either of them."""
    if _has(section, Kind.UNKNOWN) or any(map(_is_torn, _before_names(section))):
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


def _before_names(section: list[Word]) -> Iterator[list[Word]]:
    """What stands from each drug's name to the next one's."""
    names = [at for at, word in enumerate(section) if word.kind is Kind.NAME]
    return (section[here + 1 : after] for here, after in pairwise(names))


def _is_torn(between: list[Word]) -> bool:
    """Whether the last word may be the next drug's: the "2 tabs" of "30 bd 2 tabs co-codamol"."""
    dosed = any(word.kind in AMOUNTS | TIMES for word in between[:-1])
    return dosed and between[-1].kind in AMOUNTS | {Kind.UNITS, Kind.VOLUME}


_BESIDE_A_NAME = frozenset({Kind.NAME, Kind.FORM, Kind.ROUTE, Kind.FILLER, Kind.AS_NEEDED})


def _has(words: list[Word], kind: Kind) -> bool:
    return any(word.kind is kind for word in words)
