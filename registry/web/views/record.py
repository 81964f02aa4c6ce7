"""A record in words, from the snapshots that the trail keeps.

So a record, its corrections and its history read the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlmodel import SQLModel

from registry.domain.grading import grading
from registry.services.audit import snapshot
from registry.web.filters import DASH, number
from registry.web.views.record_fields import FIELDS, Value, score_in_words

__all__ = [
    "Fact",
    "facts_in",
    "facts_of",
    "in_words",
    "is_told",
    "label",
    "order_of",
    "score_in_words",
]

Fact = tuple[str, str]

_TOLD_BY_OPIOIDS = {"regimen_recorded", "medd_complete"}
_USUAL = {"source": "clinic"}


def _grade(values: Mapping[str, Value]) -> str:
    by = grading(values.get("scheme"), values.get("scheme_version"))
    return by.show(values["grade"]) if by else str(values["grade"])


def _amplitude(values: Mapping[str, Value]) -> str:
    return f"{number(values['amplitude'], 3)} {values['amplitude_unit']}"


_TOGETHER = {"grade": _grade, "amplitude": _amplitude}
_TOLD_WITH_ANOTHER = {"scheme", "scheme_version", "amplitude_unit"}


def label(field: str) -> str:
    """Name a field as the page does."""
    return FIELDS[field][0]


def in_words(field: str, value: Value) -> str:
    """Write a field's value; what is empty is a dash."""
    if value is None or value in ("", [], {}):
        return DASH
    return FIELDS[field][1](value)


def is_told(field: str) -> bool:
    """Say whether readers of a record want to see this field."""
    return field in FIELDS


def order_of(field: str) -> int:
    """Give a field's place in the order of telling."""
    return list(FIELDS).index(field)


def facts_of(record: SQLModel) -> list[Fact]:
    """Tell a record as (label, value) pairs, in order; what was not recorded is left out."""
    return facts_in(snapshot(record))


def facts_in(values: Mapping[str, Value]) -> list[Fact]:
    """Tell a snapshot as (label, value) pairs, as `facts_of` does a record."""
    return list(_facts(values))


def _facts(values: Mapping[str, Value]) -> Iterator[Fact]:
    for field, (name, write) in FIELDS.items():
        value = values.get(field)
        if field in _TOLD_WITH_ANOTHER:
            continue
        if field in _TOGETHER and value is not None:
            yield name, _TOGETHER[field](values)
        elif field == "opioids" and not value and values.get("regimen_recorded"):
            yield name, "takes none"
        elif field == "medd_complete" and value is False:
            yield name, "no: the MEDD leaves some out"
        elif _USUAL.get(field) == value and value is not None:
            continue
        elif field not in _TOLD_BY_OPIOIDS and not _is_blank(value):
            yield name, write(value)


def _is_blank(value: Value) -> bool:
    """Say whether there is nothing to tell: a false flag is the usual case, a zero is a value."""
    return value is None or value is False or value in ("", [], {})
