"""What a procedure's name says of other axes: `SHP block phenol`, `celiac plexus neurolysis (EUS)`.

Where the row's own columns are silent the name is heard; where the two contradict each other,
neither is taken.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from registry.domain.axes import axis
from registry.domain.drafts import AgentDraft, ProcedureDraft
from registry.domain.search_text import normalise
from registry.domain.techniques import Technique
from registry.exchange.importer.cells import Cells


def heed_name(cells: Cells, technique: Technique, draft: ProcedureDraft) -> ProcedureDraft:
    """Fill in agents and guidance from the name, or drop them where the two disagree."""
    beside = _words_beside_name(cells.text("technique") or "", technique)
    draft = _heed_agents(cells, draft, _named("agent_class", beside, technique.agent_classes))
    guidance = _named("guidance", beside, technique.guidance)
    if guidance and not draft.guidance:
        return replace(draft, guidance=guidance)
    if guidance and not set(guidance) & set(draft.guidance):
        _warn(cells, "guidance", "guidance", guidance)
        return replace(draft, guidance=())
    return draft


def _heed_agents(cells: Cells, draft: ProcedureDraft, named: Sequence[str]) -> ProcedureDraft:
    """Add what the name says to what was given with it: phenol after local anaesthetic.

    Two agents of one group do the same thing: alcohol in the name and phenol in the cell disagree.
    """
    given = {agent.agent_class for agent in draft.agents}
    added = [slug for slug in named if slug not in given]
    if {_group(slug) for slug in added} & {_group(slug) for slug in given}:
        _warn(cells, "agents", "agent_class", added)
        return replace(draft, agents=())
    return replace(draft, agents=(*draft.agents, *(AgentDraft(agent_class=slug) for slug in added)))


def _group(slug: str) -> str:
    return axis("agent_class").value(slug).group


def _words_beside_name(text: str, technique: Technique) -> set[str]:
    words = set(normalise(text).split())
    names = (technique.slug, technique.label, *technique.aliases)
    spelt = [set(normalise(name).split()) for name in names]
    return words - max((name for name in spelt if name <= words), key=len, default=set())


def _named(axis_name: str, words: Collection[str], allowed: Collection[str]) -> tuple[str, ...]:
    known = axis(axis_name)
    said = {value.slug for word in words if (value := known.resolve(word))}
    return tuple(slug for slug in known.slugs if slug in said and slug in allowed)


def _warn(cells: Cells, field: str, axis_name: str, named: Sequence[str]) -> None:
    labels = ", ".join(axis(axis_name).label_of(slug) for slug in named)
    cells.warn(
        cells.mapping.column(field),
        f"The procedure's name says otherwise: {labels}. Left out, both.",
    )
