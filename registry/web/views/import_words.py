"""The words of one column of a logbook, as the page asks about them."""

from __future__ import annotations

from dataclasses import dataclass

from registry.exchange.importer.meanings import FieldWords, Word

_TITLES = {
    "technique": "Procedures",
    "intent": "Intents",
    "diagnosis": "Diagnoses",
    "sex": "Sex",
    "complications": "Complications",
    "operator": "Operators",
    "laterality": "Sides",
}


@dataclass(frozen=True, slots=True)
class WordsView:
    """A column's words: those that are asked about, and how many were understood."""

    field: str
    column: str
    title: str
    words: tuple[Word, ...]
    options: bool
    groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    asked: int
    understood: int


def show_words_of(of: FieldWords) -> WordsView:
    """Put a column's words and what they may mean into groups."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for value, label, group in of.options:
        groups.setdefault(group, []).append((value, label))
    understood = sum(w.understood is not None for w in of.words) if of.options else 0
    title = _TITLES.get(of.field, of.field.replace("_", " ").capitalize())
    in_groups = tuple((group, tuple(options)) for group, options in groups.items())
    return WordsView(
        of.field,
        of.column,
        title,
        of.words,
        bool(of.options),
        in_groups,
        len(of.words) - understood,
        understood,
    )
