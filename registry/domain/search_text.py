"""Finding a clinical term as people type it: any case, accent, spelling or usual short form.

British and American spellings are one word here (coeliac / celiac, tumour / tumor, oesophageal /
esophageal, haematoma / hematoma, anaesthetic / anesthetic, ischaemic / ischemic).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

T = TypeVar("T")

LONGEST = 120
"""Characters of a typed text that are compared: no name is longer, and a page of text is slow."""

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ß": "ss", "µ": "u", "μ": "u"})
_AMERICAN = (
    (re.compile(r"[ao]e"), "e"),  # haem, coeliac, oesophag, anaesth, diarrhoea
    (re.compile(r"our(?=s?\b)"), "or"),  # tumour
    (re.compile(r"tre(?=s?\b)"), "ter"),  # centre
    (re.compile(r"(?<=[iy])z(?=[aei])"), "s"),  # localized, neurolyzed
)


def plain(text: str) -> str:
    """Lower case, no accents, possessives or punctuation, single spaces; spelling as typed."""
    text = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    text = "".join(char for char in text if not unicodedata.combining(char))
    text = re.sub(r"['’]s?\b", "", text)
    return " ".join(re.findall(r"\w+", text.replace("_", " ")))


def normalise(text: str) -> str:
    """`plain`, with British and American spelling made one."""
    text = plain(text)
    for british, american in _AMERICAN:
        text = british.sub(american, text)
    return text


# What parts a note's name from what is said about it: "hypotension, fluids", "diarrhoea 3/7".
_ASIDE = re.compile(r"[,;()]|\s[-–]\s|\bx?\s*\d+/(?:7|52|12)\b")


@dataclass(frozen=True)
class Term(Generic[T]):
    """One thing that can be found: its names, and words of its context (family, region)."""

    item: T
    slug: str
    label: str
    aliases: tuple[str, ...] = ()
    context: tuple[str, ...] = ()

    @cached_property
    def exact_names(self) -> frozenset[str]:
        """All its names, normalised: what a text must equal to mean this and nothing else."""
        return frozenset(map(normalise, (self.slug, self.label, *self.aliases)))

    @cached_property
    def names_as_words(self) -> tuple[frozenset[str], ...]:
        """Each name as the words it is made of, in whatever order they are written."""
        return tuple(frozenset(name.split()) for name in self.exact_names)

    @cached_property
    def _aliases(self) -> frozenset[str]:
        return frozenset(map(normalise, self.aliases))

    @cached_property
    def _names(self) -> tuple[str, ...]:
        # A half-typed word folds differently from the whole ("co", "coe" -> "coeliac"): both forms.
        names = (self.label, *self.aliases, self.slug)
        return tuple(dict.fromkeys(form(name) for form in (plain, normalise) for name in names))

    @cached_property
    def _everything(self) -> str:
        return " ".join(
            (*self._names, *(f(text) for f in (plain, normalise) for text in self.context))
        )

    def rank(self, text: str) -> int | None:
        """How well it answers a typed text: 0 is best, None not at all.

        0 an alias exactly, 1 its label or slug exactly, 2 a name begins so, 3 each typed word
        begins a word of one name, 4 the same in the other spelling, 5 each typed word stands
        somewhere in its names or its context.
        """
        folded, typed = normalise(text), plain(text)
        if folded in self.exact_names:
            return 0 if folded in self._aliases else 1
        if any(name.startswith(typed) for name in self._names):
            return 2
        for rank, words in ((3, typed.split()), (4, folded.split())):
            if any(_each_begins_a_word(words, name.split()) for name in self._names):
                return rank
        return 5 if all(word in self._everything for word in typed.split()) else None


def _each_begins_a_word(typed: list[str], words: list[str]) -> bool:
    return all(any(word.startswith(start) for word in words) for start in typed)


def _anything(item: object, word: str) -> bool:
    return True


@dataclass(frozen=True)
class Finder(Generic[T]):
    """A list of terms to search as one types, or to resolve a written text against.

    `beside` are normalised words that may stand beside a name without being part of it, where they
    fit what is named: "SHP block phenol".
    """

    terms: tuple[Term[T], ...]
    beside: frozenset[str] = frozenset()
    fits: Callable[[T, str], bool] = _anything

    def find(self, text: str, limit: int | None = None) -> tuple[T, ...]:
        """Everything that answers `text`, best first, else in the list's order; all for nothing."""
        text = text.strip()[:LONGEST]
        if not plain(text):
            return tuple(term.item for term in self.terms[:limit])
        name = " ".join(w for w in normalise(text).split() if w not in self.beside)
        return (self._ranked(text) or (self._ranked(name) if name else ()))[:limit]

    def _ranked(self, text: str) -> tuple[T, ...]:
        ranked = [(rank, term) for term in self.terms if (rank := term.rank(text)) is not None]
        return tuple(term.item for _, term in sorted(ranked, key=lambda pair: pair[0]))

    def resolve(self, text: str) -> T | None:
        """The one thing that `text` names, or None when it names nothing, or more than one.

        A question mark says that its writer was not sure, so nothing is taken from it.
        """
        words = frozenset(normalise(text).split())
        if "?" in text or not words:
            return None
        named: dict[int, list[T]] = {}
        for term in self.terms:
            if (length := self._longest_name_in(words, term)) > 0:
                named.setdefault(length, []).append(term.item)
        best = named[max(named)] if named else []
        return best[0] if len(best) == 1 else None

    def _longest_name_in(self, words: frozenset[str], term: Term[T]) -> int:
        """How many of the words are the term's name, if all the others may stand beside it."""
        return max(
            (
                len(name)
                for name in term.names_as_words
                if name <= words
                and all(w in self.beside and self.fits(term.item, w) for w in words - name)
            ),
            default=0,
        )

    def resolve_note(self, text: str) -> T | None:
        """The one thing that a note names, whatever else it says; None when its parts disagree."""
        if "?" in text:
            return None
        if whole := self.resolve(text):
            return whole
        named = [self.resolve(part) for part in _ASIDE.split(text)]
        found = [item for number, item in enumerate(named) if item and item not in named[:number]]
        return found[0] if len(found) == 1 else None
