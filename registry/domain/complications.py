"""What can go wrong after a procedure, what is to be expected of it, and the picklist for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from registry.domain.content import ContentError, by_slug, load, refuse_unknown_keys
from registry.domain.errors import RuleViolation
from registry.domain.search_text import Finder, Term
from registry.domain.techniques import Taxonomy, Technique, taxonomy
from registry.domain.techniques.tree import refuse_unlisted

HARM = "complication"
KINDS = (HARM, "progression", "unrelated-death")
_KEYS = ("slug", "label", "aliases", "kind", "needs_text", "retired")
_PICKLIST_KEYS = (
    *("label", "source", "techniques", "categories", "agent_group", "everywhere"),
    *("complications", "expected"),
)


@dataclass(frozen=True, slots=True)
class Complication:
    """An adverse event by name.

    `kind` sets the course of the disease (progression, unrelated-death) apart from a complication.
    `expected` says that the technique it was asked for is known to have this effect, so that it is
    counted apart; without a technique it is False. `needs_text` asks what happened, in words.
    """

    slug: str
    label: str
    aliases: tuple[str, ...] = ()
    kind: str = "complication"
    expected: bool = False
    needs_text: bool = False
    retired: bool = False

    @property
    def is_apart(self) -> bool:
        """Say whether it is the disease's course: no grade of harm, related to no procedure."""
        return self.kind != HARM

    @property
    def counts_as_harm(self) -> bool:
        """Say whether it counts among complications: neither expected nor the disease's course.

        How likely the procedure brought it about doesn't enter: a judgement, told beside the count.
        """
        return not self.is_apart and not self.expected


@dataclass(frozen=True, slots=True)
class Picklist:
    """Which effects are offered, and expected, after which techniques."""

    label: str
    source: str
    techniques: frozenset[str]
    complications: tuple[str, ...]
    expected: tuple[str, ...]


@dataclass(frozen=True)
class Complications:
    """Every complication by slug, and the picklists in the order in which they are offered."""

    version: str
    by_slug: Mapping[str, Complication]
    picklists: tuple[Picklist, ...]
    finder: Finder[Complication]
    of_device_events: Mapping[str, tuple[str, ...]]

    @classmethod
    def from_content(cls, content: Mapping[str, Any], tree: Taxonomy) -> Complications:
        """Read content shaped like `complications.toml`; `ContentError` if it is not sound."""
        entries = by_slug(content["complications"], "complications")
        every = {slug: _complication(entry) for slug, entry in entries.items()}
        current = [c for c in every.values() if not c.retired]
        return cls(
            version=content["version"],
            by_slug=every,
            picklists=tuple(_picklist(entry, every, tree) for entry in content["picklists"]),
            finder=Finder(tuple(Term(c, c.slug, c.label, c.aliases) for c in current)),
            of_device_events=_device_events(content.get("device_events", {}), every, tree),
        )

    def after(self, technique: str) -> tuple[Complication, ...]:
        """What is offered after a technique: its own first, expected effects marked."""
        lists = [p for p in self.picklists if technique in p.techniques]
        expected = {slug for p in lists for slug in p.expected}
        slugs = dict.fromkeys(slug for p in lists for slug in (*p.expected, *p.complications))
        offered = (self.by_slug[slug] for slug in slugs)
        return tuple(replace(c, expected=c.slug in expected) for c in offered if not c.retired)


def _complication(entry: Mapping[str, Any]) -> Complication:
    where = f"complication {entry['slug']}"
    refuse_unknown_keys(entry, _KEYS, where)
    if entry.get("kind", KINDS[0]) not in KINDS:
        raise ContentError(f"{where}: there is no kind {entry['kind']}")
    return Complication(**{**entry, "aliases": tuple(entry.get("aliases", ()))})


def _picklist(
    entry: Mapping[str, Any], every: Mapping[str, Complication], tree: Taxonomy
) -> Picklist:
    where = f"picklist {entry['label']}"
    refuse_unknown_keys(entry, _PICKLIST_KEYS, where)
    offered, expected = entry.get("complications", ()), entry.get("expected", ())
    groups = {value.group for value in tree.vocabulary["agent_class"].values}
    for key, named, known in (
        ("complications", (*offered, *expected), every.keys()),
        ("techniques", entry.get("techniques", ()), tree.techniques.keys()),
        ("categories", entry.get("categories", ()), {c.slug for c in tree.categories}),
        ("agent_group", [entry["agent_group"]] if "agent_group" in entry else [], groups),
    ):
        refuse_unlisted(named, known, f"{where}, {key}")
    applies = frozenset(t.slug for t in tree.techniques.values() if _applies(entry, t, tree))
    return Picklist(entry["label"], entry["source"], applies, tuple(offered), tuple(expected))


def _device_events(
    entries: Mapping[str, Any], every: Mapping[str, Complication], tree: Taxonomy
) -> dict[str, tuple[str, ...]]:
    refuse_unlisted(entries, tree.vocabulary["device_event"].slugs, "device_events")
    for event, harms in entries.items():
        refuse_unlisted(harms, every, f"device_events, {event}")
    return {event: tuple(harms) for event, harms in entries.items()}


def _applies(entry: Mapping[str, Any], technique: Technique, tree: Taxonomy) -> bool:
    agents = tree.vocabulary["agent_class"].in_group(entry.get("agent_group", "-"))
    return (
        entry.get("everywhere", False)
        or technique.slug in entry.get("techniques", ())
        or technique.category in entry.get("categories", ())
        or not technique.agent_classes.isdisjoint(agents)
    )


@cache
def complications() -> Complications:
    """Every complication as packaged, read once."""
    return Complications.from_content(load("complications"), taxonomy())


def complications_for(technique_slug: str) -> tuple[Complication, ...]:
    """The picklist of a technique, its own first, then what can follow any procedure."""
    return complications().after(technique_slug)


def complication(slug: str, after: str | None = None) -> Complication:
    """The complication of this slug, `expected` or not after a technique, where one is given.

    An effect that a technique's picklist doesn't offer is still a complication of it: the lists
    save typing, they don't say what is possible. `RuleViolation` at "complication" if unknown.
    """
    if slug not in complications().by_slug:
        raise RuleViolation.at("complication", "Choose one of the listed events, or other.")
    offered = complications_for(after) if after is not None else ()
    return next((c for c in offered if c.slug == slug), complications().by_slug[slug])


def counts_as_harm(slug: str, *, expected: bool) -> bool:
    """Say whether a recorded event counts among complications, as it was marked at the time."""
    return replace(complications().by_slug[slug], expected=expected).counts_as_harm


def harm_of_device_event(event: str, technique: str) -> Complication | None:
    """Give the adverse event that an event of a device is, where it can be harm.

    Of several, the one that the technique's picklist offers: what is displaced is a stimulator's
    lead, or a catheter.
    """
    harms = complications().of_device_events.get(event, ())
    offered = complications_for(technique)
    return next((c for slug in harms for c in offered if c.slug == slug), None)


def resolve_complication(text: str) -> Complication | None:
    """The one complication that a note names ("hypotension, fluids"); None when it is not clear."""
    return complications().finder.resolve_note(text)
