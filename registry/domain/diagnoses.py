"""Groups of primary diagnosis: the indications within which outcomes may be compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from registry.domain.content import by_slug, load, refuse_unknown_keys
from registry.domain.errors import RuleViolation
from registry.domain.search_text import Finder, Term, normalise

_KEYS = ("slug", "label", "aliases", "cancer", "retired")
# "Bone mets" says where a disease has gone, not where it comes from.
_SPREAD = re.compile(r"\b\w+\s+(?:mets?|metastas[ie]s|secondar(?:y|ies))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DiagnosisGroup:
    """A group of primary diagnoses; `cancer` tells the cancers from the rest."""

    slug: str
    label: str
    aliases: tuple[str, ...] = ()
    cancer: bool = False
    retired: bool = False


@dataclass(frozen=True)
class Diagnoses:
    """The groups of one content version, in display order."""

    version: str
    groups: tuple[DiagnosisGroup, ...]
    finder: Finder[DiagnosisGroup]

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> Diagnoses:
        """Read content shaped like `diagnoses.toml`; `ContentError` if it contradicts itself."""
        groups = tuple(map(_group, by_slug(content["groups"], "diagnoses").values()))
        terms = tuple(Term(g, g.slug, g.label, g.aliases) for g in groups if not g.retired)
        beside = frozenset(map(normalise, content["beside"]))
        return cls(content["version"], groups, Finder(terms, beside))


def _group(entry: Mapping[str, Any]) -> DiagnosisGroup:
    refuse_unknown_keys(entry, _KEYS, f"diagnosis {entry['slug']}")
    return DiagnosisGroup(**{**entry, "aliases": tuple(entry.get("aliases", ()))})


@cache
def diagnoses() -> Diagnoses:
    """The diagnosis groups as packaged, read once."""
    return Diagnoses.from_content(load("diagnoses"))


def diagnosis_groups() -> tuple[DiagnosisGroup, ...]:
    """The groups that may be chosen, in display order."""
    return tuple(group for group in diagnoses().groups if not group.retired)


def diagnosis_group(slug: str) -> DiagnosisGroup:
    """The group of this slug, retired or not; `RuleViolation` at "diagnosis_group" if none."""
    found = next((group for group in diagnoses().groups if group.slug == slug), None)
    if found is None:
        raise RuleViolation.at("diagnosis_group", "Choose one of the listed diagnosis groups.")
    return found


def resolve_diagnosis(text: str) -> DiagnosisGroup | None:
    """The group of a written diagnosis ("Breast ca, bone mets"); None when it is not clear."""
    return diagnoses().finder.resolve_note(_SPREAD.sub(",", text))
