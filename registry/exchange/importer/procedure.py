"""A line -> the procedure it tells of, with only those axes that its technique can have.

A name may say of other axes too: `SHP block phenol`, `celiac plexus neurolysis (EUS)`. Where the
row's own columns are silent the name is heard; where the two contradict each other, neither is
taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from registry.domain.axes import axis
from registry.domain.drafts import AgentDraft, ProcedureDraft
from registry.domain.rules import Bounds, check_procedure
from registry.domain.search_text import normalise, plain
from registry.domain.techniques import PLAIN_AXES, Technique, resolve_technique
from registry.domain.techniques.levels import read_levels
from registry.exchange.importer.cells import Cells
from registry.exchange.importer.dates import read_date
from registry.exchange.importer.errors import UnclearCell, WrongCell
from registry.exchange.importer.readers.agents import read_agents
from registry.exchange.importer.readers.words import (
    free_text,
    read_axis,
    read_guidance,
    read_percent,
    read_yes_no,
)

_LEVELS = re.compile(
    r"\b(?:C|T|Th|D|L|S)\d{1,2}(?:\s*(?:[-–/,&+]|to|and)\s*(?:C|T|Th|D|L|S)?\d{1,2})*\b",
    re.IGNORECASE,
)
_NOTHING: dict[str, Any] = {
    "agents": (),
    "guidance": (),
    "levels": (),
    **dict.fromkeys(("approach", "laterality", *PLAIN_AXES)),
    **dict.fromkeys(("block_result", "block_relief_percent", "referred_on")),
}
_ANY_DAY = Bounds(born_on=date.min, died_on=None, today=date.max)
_TEXTS = ("supervisor", "trainee", "pain_site", "note")
_CHOICES = ("approach", "laterality", "block_result", *PLAIN_AXES)
_TREATED = ("radiotherapy_28d", "systemic_therapy_28d")


def read_procedure(cells: Cells, performed_on: date | None) -> ProcedureDraft | None:
    """Read a line's procedure; None, with the reasons noted, when it can't be placed.

    The baseline's reason for missing is for whoever knows the baseline to keep or drop.
    """
    named = cells.require("technique", read_technique)
    intent = cells.read("intent", read_axis("intent")) or cells.read("technique", _intent_in(cells))
    operator = cells.read("operator", free_text("operator")) or cells.mapping.defaults.operator
    if operator is None:
        cells.refuse(
            cells.mapping.column("operator"),
            "The operator is missing. Fill it in, or give defaults.operator in the mapping.",
        )
    beside = _read_axes(cells)
    if named is None or performed_on is None or operator is None:
        return None
    technique, levels = named
    draft = ProcedureDraft(
        confirmed=None,
        performed_on=performed_on,
        technique=technique.slug,
        technique_text=_as_written(cells) if technique.needs_text else None,
        intent=intent or cells.mapping.defaults.intent,
        operator=operator,
        **{"levels": levels, **beside},
    )
    return _heed_name(cells, technique, _without_impossible(cells, draft))


def _as_written(cells: Cells) -> str:
    return cells.raw(cells.mapping.column("technique"))


def read_technique(text: str) -> tuple[Technique, tuple[str, ...]]:
    """Read a technique and the levels named with it: `vertebroplasty L2`."""
    if whole := resolve_technique(text):
        return whole, ()
    if found := _LEVELS.search(text):
        rest = text[: found.start()] + " " + text[found.end() :]
        technique, levels = resolve_technique(rest), read_levels(found[0])
        if technique and levels:
            return technique, levels
    if "?" in text:
        raise WrongCell(
            "The question mark says that its writer wasn't sure. Find out which it was."
        )
    raise WrongCell(
        "The registry knows no technique by this name, or more than one. Name it in full, or "
        "translate it in the mapping, under values.technique."
    )


def _intent_in(cells: Cells) -> Callable[[str], str | None]:
    """Give the reader of the intent that a procedure's name carries: `SCS trial`."""

    def read(text: str) -> str | None:
        # A translated name has lost its further words: `SCS trial` may be told to mean SCS.
        words = f" {plain(_as_written(cells))} {plain(text)} "
        said = {s for w, s in cells.mapping.intent_words.items() if f" {plain(w)} " in words}
        if len(said) > 1:
            raise WrongCell("This names more than one intent. Say which one it was.")
        return said.pop() if said else None

    return read


def _read_levels(text: str) -> tuple[str, ...]:
    levels = read_levels(text)
    if levels is None:
        raise UnclearCell("Levels are written as C1-C2, T8 or L2, L3. Left out.")
    return levels


def _read_axes(cells: Cells) -> dict[str, Any]:
    """Read what may be recorded beside the technique; a field that says nothing is left away."""
    read_day = partial(read_date, styles=cells.mapping.dates)
    read = {
        "referred_on": cells.read("referred_on", read_day),
        "block_relief_percent": cells.read("block_relief_percent", read_percent),
        "levels": cells.read("levels", _read_levels),
        "guidance": cells.read("guidance", read_guidance),
        "agents": cells.read("agents", read_agents(cells.mapping)),
        **{field: cells.read(field, free_text(field)) for field in _TEXTS},
        **{field: cells.read(field, read_yes_no) for field in _TREATED},
        **{field: cells.read(field, read_axis(field)) for field in _CHOICES},
    }
    return {field: value for field, value in read.items() if value not in (None, ())}


def _without_impossible(cells: Cells, draft: ProcedureDraft) -> ProcedureDraft:
    """Drop what the procedure can't have of all that the row says, and say so."""
    for problem in check_procedure(draft, _ANY_DAY):
        field = problem.field.split(".")[0]
        if field in _NOTHING:
            column = cells.mapping.column(field) or cells.mapping.column("technique")
            cells.warn(column, f"{problem.message} Left out.")
            draft = replace(draft, **{field: _NOTHING[field]})
    return draft


def _heed_name(cells: Cells, technique: Technique, draft: ProcedureDraft) -> ProcedureDraft:
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
