"""The words of a logbook beside the registry's: which it understands, and what they may mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from registry.domain.axes import axis
from registry.domain.complications import complications, resolve_complication
from registry.domain.diagnoses import diagnosis_groups, resolve_diagnosis
from registry.domain.techniques import taxonomy
from registry.exchange.importer.errors import CellError
from registry.exchange.importer.files import Logbook
from registry.exchange.importer.mapping import LogbookMapping
from registry.exchange.importer.procedure import read_technique
from registry.exchange.importer.readers.words import AXES, fold, read_guidance, read_yes_no
from registry.exchange.importer.rows import named_events

Options = Sequence[tuple[str, str, str]]
"""Value, label and the group under which it is listed."""
_FREE = ("operator",)
"""Fields of words that are kept as they stand, but which one file may spell in many ways."""
_ORDER = ("technique", "intent", "diagnosis", "sex", "complications", "operator")


@dataclass(frozen=True, slots=True)
class Word:
    """A cell's text, how often the file has it, what the registry takes it for by itself, and what
    the mapping says that it means: None where it says nothing, empty for "not recorded".
    """

    written: str
    count: int
    understood: str | None
    told: str | None

    @property
    def is_open(self) -> bool:
        """Say whether nobody knows yet what it means."""
        return self.understood is None and self.told is None


@dataclass(frozen=True, slots=True)
class FieldWords:
    """The words of one column, those that nobody understands first. Without options: free text."""

    field: str
    column: str
    words: tuple[Word, ...]
    options: Options


def list_words(logbook: Logbook, mapping: LogbookMapping) -> list[FieldWords]:
    """List, for each column with words of a list, the words that the file has."""
    fields = sorted({*_readers(), *_FREE}, key=lambda f: (f not in _ORDER, _place(f), f))
    found = []
    for field in fields:
        column = mapping.column(field)
        if column and (words := tuple(_words(logbook, mapping, field, column))):
            found.append(FieldWords(field, column, words, options_of(field)))
    return found


def _place(field: str) -> int:
    return _ORDER.index(field) if field in _ORDER else len(_ORDER)


def _words(logbook: Logbook, mapping: LogbookMapping, field: str, column: str) -> Iterator[Word]:
    unsaid = {fold(word) for word in mapping.not_recorded} | {""}
    told = {fold(written): meant for written, meant in mapping.values.get(field, {}).items()}
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    for line in logbook.lines:
        cell = line.cells.get(column, "")
        if (folded := fold(cell)) not in unsaid:
            first.setdefault(folded, cell)
            counts[folded] += 1
    words = [
        Word(first[f], count, understand(field, first[f]), told.get(f))
        for f, count in counts.items()
    ]
    yield from sorted(words, key=lambda w: (not w.is_open, -w.count, fold(w.written)))


def understand(field: str, written: str) -> str | None:
    """Say, in the registry's words, what it takes a cell for; None when it can't tell."""
    if field in _FREE:
        return written
    return _readers()[field](written)


def options_of(field: str) -> Options:
    """List what a word of a field may mean; nothing for a field of free words."""
    if field == "technique":
        tree = taxonomy()
        return [
            (t.slug, t.label, tree.category_label(t.category)) for t in tree.techniques.values()
        ]
    if field == "diagnosis":
        return [(g.slug, g.label, "") for g in diagnosis_groups()]
    if field == "complications":
        return [(c.slug, c.label, "") for c in complications().by_slug.values() if not c.retired]
    if field in _YES_NO:
        return [("yes", "Yes", ""), ("no", "No", "")]
    if field in AXES:
        return [(v.slug, v.label, "") for v in axis(AXES[field]).current]
    return ()


_YES_NO = ("radiotherapy_28d", "systemic_therapy_28d")


def _readers() -> Mapping[str, Callable[[str], str | None]]:
    choices = {field: _axis_reader(field) for field in AXES if field not in {"agents", "guidance"}}
    return {
        **choices,
        "technique": _technique,
        "diagnosis": lambda text: group.label if (group := resolve_diagnosis(text)) else None,
        "guidance": _guidance,
        "complications": _events,
        **dict.fromkeys(_YES_NO, _yes_no),
    }


def _axis_reader(field: str) -> Callable[[str], str | None]:
    known = axis(AXES[field])
    return lambda text: value.label if (value := known.resolve(text)) else None


def _technique(text: str) -> str | None:
    try:
        found, levels = read_technique(text)
    except CellError:
        return None
    return f"{found.label}, {', '.join(levels)}" if levels else found.label


def _guidance(text: str) -> str | None:
    try:
        return " + ".join(axis("guidance").label_of(slug) for slug in read_guidance(text))
    except CellError:
        return None


def _yes_no(text: str) -> str | None:
    try:
        return "Yes" if read_yes_no(text) else "No"
    except CellError:
        return None


def _events(text: str) -> str | None:
    slugs = named_events(text)
    labels = [event.label for slug in slugs or () if (event := resolve_complication(slug))]
    return "; ".join(labels) or None
