"""Region, category and technique: the tree's value types and how each is read from content."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.domain.axes import Axes
from registry.domain.content import ContentError, refuse_unknown_keys
from registry.domain.devices import DeviceKind

# A category's word on these holds for its techniques, unless a technique has its own.
_INHERITED = (
    *("agent_classes", "guidance", "intents", "laterality", "levels", "without"),
    "device",
)
_OWN = ("slug", "label", "category", "aliases", "approaches", "needs_text", "named_in_source")
_LIFE = ("retired", "replaced_by", "codes")

PLAIN_AXES = (
    *("setting", "mechanism", "pain_region", "pain_cause", "prognosis", "anticoagulation"),
    *("sedation", "technical_success", "technical_failure"),
)
"""The axes of one value that every technique has, unless the content takes one away (`without`)."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the body, or a kind of treatment, that categories stand under."""

    slug: str
    label: str

    @classmethod
    def from_content(cls, entry: Mapping[str, Any]) -> Region:
        """Read one entry of `regions`."""
        refuse_unknown_keys(entry, ("slug", "label"), f"region {entry['slug']}")
        return cls(**entry)


@dataclass(frozen=True, slots=True)
class Category:
    """A family of techniques for one kind of target: the default unit of comparison.

    `defaults` are what its techniques may record, as written in the content.
    """

    slug: str
    label: str
    region: str
    named_in_source: bool = False
    defaults: Mapping[str, Any] = field(default_factory=dict, hash=False, repr=False)

    @classmethod
    def from_content(cls, entry: Mapping[str, Any], shared: Mapping[str, Any]) -> Category:
        """Read one entry of `categories`; `shared` holds where the category is silent."""
        own = {key: value for key, value in entry.items() if key not in _INHERITED}
        refuse_unknown_keys(
            own, ("slug", "label", "region", "named_in_source"), f"category {entry['slug']}"
        )
        return cls(**own, defaults=_inheritable(shared) | _inheritable(entry))


@dataclass(frozen=True, slots=True)
class Technique:
    """A procedure by its target, and what may be recorded for it.

    `axes` are those it has, of agents, guidance, approach, laterality, levels and the
    `PLAIN_AXES`; every technique has an intent. The collections hold the slugs that it may
    take on each. `device` is what it leaves in place, to be followed up. `needs_text` asks for a
    description in words. A retired technique stays readable on old records and is offered no more;
    `replaced_by` names what took its place. `codes` are a site's own code mappings.
    """

    slug: str
    label: str
    region: str
    category: str
    aliases: tuple[str, ...]
    axes: frozenset[str]
    intents: tuple[str, ...]
    agent_classes: frozenset[str]
    guidance: tuple[str, ...]
    approaches: tuple[str, ...]
    laterality: tuple[str, ...]
    levels: tuple[str, ...]
    device: DeviceKind | None = None
    needs_text: bool = False
    named_in_source: bool = False
    retired: bool = False
    replaced_by: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def from_content(
        cls, entry: Mapping[str, Any], category: Category, vocabulary: Axes
    ) -> Technique:
        """Read one entry of `techniques`; `ContentError` for a value that no axis has."""
        where = f"technique {entry['slug']}"
        refuse_unknown_keys(entry, (*_OWN, *_LIFE, *_INHERITED), where)
        may = {**category.defaults, **entry}

        def chosen(key: str, axis: str) -> tuple[str, ...]:
            slugs = tuple(may.get(key, ()))
            refuse_unlisted(slugs, vocabulary[axis].slugs, f"{where}, {key}")
            return slugs

        agents = chosen("agent_classes", "agent_class")
        guidance = chosen("guidance", "guidance")
        approaches = chosen("approaches", "approach")
        laterality = chosen("laterality", "laterality")
        levels = _levels(may.get("levels", ()), vocabulary, where)
        refuse_unlisted(may.get("without", ()), PLAIN_AXES, f"{where}, without")
        listed = {
            "agents": agents,
            "guidance": guidance,
            "approach": approaches,
            "laterality": laterality,
            "levels": levels,
        }
        return cls(
            slug=entry["slug"],
            label=entry["label"],
            region=category.region,
            category=category.slug,
            aliases=tuple(entry.get("aliases", ())),
            axes=frozenset({*PLAIN_AXES} - {*may.get("without", ())})
            | {k for k, v in listed.items() if v},
            intents=chosen("intents", "intent"),
            agent_classes=frozenset(agents),
            guidance=guidance,
            approaches=approaches,
            laterality=laterality,
            levels=levels,
            device=_device(may.get("device"), where),
            needs_text=entry.get("needs_text", False),
            named_in_source=entry.get("named_in_source", category.named_in_source),
            **{key: entry[key] for key in _LIFE if key in entry},
        )


def refuse_unlisted(slugs: Collection[str], listed: Collection[str], where: str) -> None:
    """Raise `ContentError` for a slug that stands nowhere."""
    if unlisted := [slug for slug in slugs if slug not in listed]:
        raise ContentError(f"{where}: there is no {', '.join(unlisted)}")


def _inheritable(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: entry[key] for key in _INHERITED if key in entry}


def _levels(groups: Collection[str], vocabulary: Axes, where: str) -> tuple[str, ...]:
    known = vocabulary["level"].current
    refuse_unlisted(groups, {value.group for value in known}, f"{where}, levels")
    return tuple(value.slug for value in known if value.group in groups)


def _device(kind: str | None, where: str) -> DeviceKind | None:
    refuse_unlisted([kind] if kind else [], list(DeviceKind), f"{where}, device")
    return DeviceKind(kind) if kind else None
