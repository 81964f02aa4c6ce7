"""The values that coded columns can have, and their labels."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from registry.domain.axes import axis


def of_axis(name: str) -> dict[str, Any]:
    """Give the values and labels of a column that holds slugs of an axis."""
    values = axis(name).values
    return {"values": tuple(v.slug for v in values), "labels": {v.slug: v.label for v in values}}


def of_words(words: type[StrEnum], labels: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Give the values of a column that holds a word of an enumeration."""
    return {"values": tuple(words), "labels": labels or {}}
