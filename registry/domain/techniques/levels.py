"""Spinal levels as clinicians write them: `C1-C2`, `T6-8`, `L4/5`, `T11-L1`, `L2, S1`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from registry.domain.axes import Axis, axis

_AND = re.compile(r"[,;&+]|\band\b", re.IGNORECASE)
_TO = re.compile(r"\s*(?:[-–]|\bto\b)\s*", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,2}")
# A nerve root without a vertebra (C8) is never meant by a run of vertebrae (C6-T2).
_ROOT = "cervical-root"


def read_levels(text: str, known: Axis | None = None) -> tuple[str, ...] | None:
    """The levels that a text names, head to tail, a run with all between; None if not clear."""
    words = known or axis("level")
    found: set[str] = set()
    for part in _AND.split(text):
        levels = _read_part(part, words)
        if not levels:
            return None
        found.update(levels)
    return tuple(slug for slug in words.slugs if slug in found)


def _read_part(part: str, words: Axis) -> Sequence[str]:
    """Read `T6-8` as a run and `L4/5/S1` as a list; nothing if any of it is not a level."""
    ends = _TO.split(part.strip())
    if len(ends) == 1:
        return _read_list(part, words)
    run = _read_list("/".join(ends), words)
    if len(run) != 2:
        return ()
    first, last = sorted(words.slugs.index(slug) for slug in run)
    between = (v.slug for v in words.values[first : last + 1] if v.group != _ROOT)
    return tuple(dict.fromkeys((*run, *between)))


def _read_list(part: str, words: Axis) -> Sequence[str]:
    slugs: list[str] = []
    letter = ""
    for written in part.split("/"):
        name = written.strip()
        value = words.resolve(letter + name if _NUMBER.fullmatch(name) else name)
        if value is None:
            return ()
        slugs.append(value.slug)
        letter = value.slug[0]
    return slugs
