"""The technique tree and the way into it: look up, search as one types, resolve a written name.

Adding a technique is a change to `content/techniques.toml` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import Any

from registry.domain.axes import Axes, axes
from registry.domain.content import by_slug, load
from registry.domain.errors import RuleViolation
from registry.domain.search_text import Finder, Term, normalise
from registry.domain.techniques.tree import (
    Category,
    Region,
    Technique,
    refuse_unlisted,
)


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """One version of the tree, everything in the tree's own order, with the search over it."""

    version: str
    source: str
    regions: tuple[Region, ...]
    categories: tuple[Category, ...]
    techniques: Mapping[str, Technique]
    vocabulary: Axes = field(repr=False)
    finder: Finder[Technique] = field(repr=False)

    @classmethod
    def from_content(cls, content: Mapping[str, Any], vocabulary: Axes | None = None) -> Taxonomy:
        """Read content shaped like `techniques.toml`; `ContentError` when it contradicts itself."""
        regions = tuple(map(Region.from_content, by_slug(content["regions"], "regions").values()))
        categories = tuple(
            Category.from_content(entry, content.get("defaults", {}))
            for entry in by_slug(content["categories"], "categories").values()
        )
        refuse_unlisted([c.region for c in categories], {r.slug for r in regions}, "categories")
        vocabulary = vocabulary or axes()
        techniques = _read_techniques(content, categories, vocabulary)
        return cls(
            version=content["version"],
            source=content["source"],
            regions=regions,
            categories=categories,
            techniques=techniques,
            vocabulary=vocabulary,
            finder=Finder(
                terms=_terms(techniques, regions, categories),
                beside=frozenset(map(normalise, content.get("procedure_words", ()))),
                fits=lambda technique, word: _can_have(technique, word, vocabulary),
            ),
        )

    def technique(self, slug: str) -> Technique:
        """The technique of this slug, retired or not; `RuleViolation` at "technique" if none."""
        if slug in self.techniques:
            return self.techniques[slug]
        near = self.find(slug, 3) or [
            self.techniques[s] for s in get_close_matches(slug, self.techniques, 3)
        ]
        hint = f"did you mean {' or '.join(t.label for t in near)}?" if near else "search for it."
        raise RuleViolation.at("technique", f"There is no technique of this name: {hint}")

    def find(self, text: str, limit: int | None = None) -> tuple[Technique, ...]:
        """The techniques in use that answer a typed text, best first; all, in order, for none."""
        return self.finder.find(text, limit)

    def resolve(self, text: str) -> Technique | None:
        """The one technique in use that a written text names; None when unknown or ambiguous.

        Words of other axes may stand beside the name ("SHP block phenol") if the technique can
        have them: "DRG RF" is not the stimulation of the dorsal root ganglion.
        """
        return self.finder.resolve(text)

    def region_label(self, slug: str) -> str:
        """How the page shows a region."""
        return next(region.label for region in self.regions if region.slug == slug)

    def category_label(self, slug: str) -> str:
        """How the page shows a category."""
        return next(category.label for category in self.categories if category.slug == slug)


def _read_techniques(
    content: Mapping[str, Any], categories: tuple[Category, ...], vocabulary: Axes
) -> dict[str, Technique]:
    of_slug = {category.slug: category for category in categories}
    entries = by_slug(content["techniques"], "techniques")
    refuse_unlisted([e["category"] for e in entries.values()], of_slug, "techniques, category")
    replacing = [e["replaced_by"] for e in entries.values() if "replaced_by" in e]
    refuse_unlisted(replacing, entries, "techniques, replaced_by")
    return {
        slug: Technique.from_content(entry, of_slug[entry["category"]], vocabulary)
        for slug, entry in entries.items()
    }


def _terms(
    techniques: Mapping[str, Technique],
    regions: tuple[Region, ...],
    categories: tuple[Category, ...],
) -> tuple[Term[Technique], ...]:
    region = {r.slug: r.label for r in regions}
    category = {c.slug: c.label for c in categories}
    return tuple(
        Term(t, t.slug, t.label, t.aliases, context=(category[t.category], region[t.region]))
        for t in techniques.values()
        if not t.retired
    )


def _can_have(technique: Technique, word: str, vocabulary: Axes) -> bool:
    for axis, allowed in (
        ("agent_class", technique.agent_classes),
        ("guidance", technique.guidance),
        ("intent", technique.intents),
    ):
        value = vocabulary[axis].resolve(word)
        if value is not None and value.slug not in allowed:
            return False
    return True


@cache
def taxonomy() -> Taxonomy:
    """The packaged tree, read once."""
    return Taxonomy.from_content(load("techniques"))


def technique(slug: str) -> Technique:
    """The technique of this slug; `RuleViolation` at "technique" when there is none."""
    return taxonomy().technique(slug)


def find_techniques(text: str, limit: int | None = None) -> tuple[Technique, ...]:
    """The techniques that answer a typed text, best first; all of them, in tree order, for none."""
    return taxonomy().find(text, limit)


def resolve_technique(text: str) -> Technique | None:
    """The one technique that a written text names; None when unknown or ambiguous."""
    return taxonomy().resolve(text)
