"""Values that must be of an axis."""

from __future__ import annotations

from collections.abc import Iterable

from registry.domain.axes import axis
from registry.domain.errors import Problem


def check_choice(axis_name: str, slug: str | None, field: str | None = None) -> list[Problem]:
    """Find a value that an axis doesn't have; none given is no problem."""
    if slug is None or slug in {v.slug for v in axis(axis_name).values}:
        return []
    return [Problem(field or axis_name, "Choose one of the listed values.")]


def check_choices(axis_name: str, slugs: Iterable[str], field: str) -> list[Problem]:
    """Find values that an axis doesn't have, or that stand there twice."""
    given = list(slugs)
    known = {v.slug for v in axis(axis_name).values}
    if set(given) <= known and len(set(given)) == len(given):
        return []
    return [Problem(field, "Choose from the listed values, each once.")]
