"""The axes of a procedure that are not branches of the tree: their values, labels and aliases.

Slugs are for ever: a value that falls out of use is retired, never renamed or deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from typing import Any

from registry.domain.content import ContentError, by_slug, load, refuse_unknown_keys
from registry.domain.errors import RuleViolation
from registry.domain.search_text import Finder, Term

MEASURES = ("concentration", "volume_ml", "dose")


@dataclass(frozen=True, slots=True)
class AxisValue:
    """One value of an axis.

    `group` gathers values that are spoken of together (the cervical levels, the neurolytic agents).
    `takes` says, for an agent class, which measures it is recorded with and in which unit:
    `{"concentration": "%", "volume_ml": "ml", "dose": "mg"}`, and `most` above which amount of each
    somebody is asked whether it is right.
    """

    slug: str
    label: str
    aliases: tuple[str, ...] = ()
    group: str = ""
    takes: Mapping[str, str] = field(default_factory=dict, hash=False)
    most: Mapping[str, float] = field(default_factory=dict, hash=False)
    retired: bool = False

    @classmethod
    def from_content(cls, entry: Mapping[str, Any], axis: str) -> AxisValue:
        """Read one entry of `axes.toml`."""
        where = f"axis {axis}, {entry['slug']}"
        refuse_unknown_keys(entry, {f.name for f in fields(cls)}, where)
        refuse_unknown_keys(entry.get("takes", {}), MEASURES, f"{where}, takes")
        refuse_unknown_keys(entry.get("most", {}), entry.get("takes", {}), f"{where}, most")
        return cls(**{**entry, "aliases": tuple(entry.get("aliases", ()))})


@dataclass(frozen=True)
class Axis:
    """A vocabulary: `name` as in the schema, `label` as on the page, `values` in display order."""

    name: str
    label: str
    values: tuple[AxisValue, ...]

    @property
    def slugs(self) -> tuple[str, ...]:
        """Every slug ever used, retired ones too."""
        return tuple(value.slug for value in self.values)

    @property
    def current(self) -> tuple[AxisValue, ...]:
        """The values that may be chosen today."""
        return tuple(value for value in self.values if not value.retired)

    def get(self, slug: str) -> AxisValue | None:
        """The value of exactly this slug, or None."""
        return next((value for value in self.values if value.slug == slug), None)

    def value(self, slug: str) -> AxisValue:
        """The value of this slug; `RuleViolation` at the axis's name when there is none."""
        found = self.get(slug)
        if found is None:
            raise RuleViolation.at(self.name, self.choose())
        return found

    def label_of(self, slug: str) -> str:
        """How the page shows this slug."""
        return self.value(slug).label

    def in_group(self, group: str) -> tuple[str, ...]:
        """The slugs of one group, in order."""
        return tuple(value.slug for value in self.values if value.group == group)

    def resolve(self, text: str) -> AxisValue | None:
        """The value that a written text names (`USS`, `XR`, `bilat`); None when it is not clear."""
        return self._finder.resolve(text)

    def choose(self) -> str:
        """Say what may be chosen, for a message at the field."""
        return f"Choose one of: {', '.join(value.label for value in self.current)}."

    @cached_property
    def _finder(self) -> Finder[AxisValue]:
        return Finder(tuple(Term(v, v.slug, v.label, v.aliases) for v in self.current))


@dataclass(frozen=True)
class Axes:
    """Every axis of one content version, by name."""

    version: str
    by_name: Mapping[str, Axis]

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> Axes:
        """Read the whole of `axes.toml`; `ContentError` when it contradicts itself."""
        return cls(
            version=content["version"],
            by_name={name: _axis(name, entry) for name, entry in content["axes"].items()},
        )

    def __getitem__(self, name: str) -> Axis:
        try:
            return self.by_name[name]
        except KeyError:
            raise ContentError(f"there is no axis {name}") from None


def _axis(name: str, entry: Mapping[str, Any]) -> Axis:
    entries = by_slug(entry["values"], f"axis {name}").values()
    return Axis(name, entry["label"], tuple(AxisValue.from_content(e, name) for e in entries))


@cache
def axes() -> Axes:
    """Every axis as packaged, read once."""
    return Axes.from_content(load("axes"))


def axis(name: str) -> Axis:
    """One packaged axis: `axis("guidance").resolve("USS")`."""
    return axes()[name]
