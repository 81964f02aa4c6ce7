"""The values that coded columns can have, and their labels."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from registry.domain.axes import axis
from registry.domain.outcomes import State
from registry.exchange.column_specs import Row

NOT_ASSESSED = "not_assessed"
"""Not due yet, or due and not assessed: which of the two would date a procedure to the day."""
_OPEN = (State.NOT_DUE, State.ALIVE_NOT_ASSESSED)


def of_axis(name: str) -> dict[str, Any]:
    """Give the values and labels of a column that holds slugs of an axis."""
    values = axis(name).values
    return {"values": tuple(v.slug for v in values), "labels": {v.slug: v.label for v in values}}


def of_words(words: type[StrEnum], labels: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Give the values of a column that holds a word of an enumeration."""
    return {"values": tuple(words), "labels": labels or {}}


def of_states(column: str) -> dict[str, Any]:
    """Give the values of a column of states by its name, and how it is read where days are not."""

    def safe(row: Row) -> str:
        return NOT_ASSESSED if row[column] in _OPEN else row[column]

    decided = tuple(state.value for state in State if state not in _OPEN)
    return {"values": tuple(State), "safe": safe, "safe_values": (*decided, NOT_ASSESSED)}
