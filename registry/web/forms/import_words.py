"""What the words of a logbook mean, as a form."""

from __future__ import annotations

from collections.abc import Sequence

from registry.exchange.importer.meanings import FieldWords, Word
from registry.web.forms.form import NAME, Form

LEAVE, UNSAID = "leave", "unsaid"
"""A word that is left as it stands, and one that means "not recorded"."""

Meanings = dict[str, dict[str, str]]


def start_words(fields: Sequence[FieldWords]) -> Form:
    """Fill the form from what is known of each word."""
    return Form.starting(
        **{
            _name(of.field, i): _told(word, bool(of.options))
            for of in fields
            for i, word in enumerate(of.words)
        }
    )


def _told(word: Word, of_list: bool) -> str:
    if word.told is None:
        return LEAVE if of_list else word.written
    return word.told or (UNSAID if of_list else "")


def read_words(form: Form, fields: Sequence[FieldWords]) -> Meanings:
    """Read what each word means; one that is left as it stands is told nothing about."""
    meanings: Meanings = {}
    for of in fields:
        known = {value for value, _, _ in of.options}
        for i, word in enumerate(of.words):
            name = _name(of.field, i)
            if name not in form.typed:
                continue
            meant = _read_listed(form, name, known) if of.options else _read_free(form, name, word)
            if meant is not None:
                meanings.setdefault(of.field, {})[word.written] = meant
    return meanings


def _read_listed(form: Form, name: str, known: set[str]) -> str | None:
    chosen = form.value(name)
    if chosen in known:
        return chosen
    if chosen == UNSAID:
        return ""
    if chosen != LEAVE:
        form.refuse(name, "Choose one of these.")
    return None


def _read_free(form: Form, name: str, word: Word) -> str | None:
    text = form.text(name, NAME)
    return None if text == word.written and word.told is None else text or ""


def _name(field: str, number: int) -> str:
    return f"word-{field}-{number}"
