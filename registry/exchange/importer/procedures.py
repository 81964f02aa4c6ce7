"""A line -> the procedure it tells of, with only those axes that its technique can have."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from registry.domain.drafts import ProcedureDraft
from registry.domain.levels import read_levels
from registry.domain.search_text import plain
from registry.domain.techniques import Technique, check_axes, resolve_technique
from registry.exchange.importer.agents import read_agents
from registry.exchange.importer.cell_errors import UnclearCell, WrongCell
from registry.exchange.importer.cells import Cells
from registry.exchange.importer.name_words import heed_name
from registry.exchange.importer.texts import free_text
from registry.exchange.importer.vocabulary import read_axis, read_guidance

_LEVELS = re.compile(
    r"\b(?:C|T|Th|D|L|S)\d{1,2}(?:\s*(?:[-–/,&+]|to|and)\s*(?:C|T|Th|D|L|S)?\d{1,2})*\b",
    re.IGNORECASE,
)
_NOTHING: dict[str, Any] = {
    "agents": (),
    "guidance": (),
    "levels": (),
    "approach": None,
    "laterality": None,
    "sedation": None,
    "technical_success": None,
}
_CHOICES = ("mechanism", "approach", "laterality", "sedation", "technical_success")


def read_procedure(cells: Cells, performed_on: date | None) -> ProcedureDraft | None:
    """Read a line's procedure; None, with the reasons noted, when it can't be placed.

    The baseline's reason for missing is for whoever knows the baseline to keep or drop.
    """
    named = cells.require("technique", _read_technique)
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
        performed_on=performed_on,
        technique=technique.slug,
        technique_text=cells.text("technique") if technique.needs_text else None,
        intent=intent or cells.mapping.defaults.intent,
        operator=operator,
        **{"levels": levels, **beside},
    )
    return heed_name(cells, technique, _without_impossible(cells, technique, draft))


def _read_technique(text: str) -> tuple[Technique, tuple[str, ...]]:
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
        words = f" {plain(text)} "
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
    read = {
        "supervisor": cells.read("supervisor", free_text("supervisor")),
        "pain_site": cells.read("pain_site", free_text("pain_site")),
        "note": cells.read("note", free_text("note")),
        "levels": cells.read("levels", _read_levels),
        "guidance": cells.read("guidance", read_guidance),
        "agents": cells.read("agents", read_agents(cells.mapping)),
        **{field: cells.read(field, read_axis(field)) for field in _CHOICES},
    }
    return {field: value for field, value in read.items() if value}


def _without_impossible(
    cells: Cells, technique: Technique, draft: ProcedureDraft
) -> ProcedureDraft:
    """Drop each axis on which the technique can't have what the row says, and say so."""
    problems = check_axes(
        technique,
        intent=draft.intent,
        agents=draft.agents,
        guidance=draft.guidance,
        approach=draft.approach,
        laterality=draft.laterality,
        levels=draft.levels,
        sedation=draft.sedation,
        technical_success=draft.technical_success,
    )
    for problem in problems:
        field = problem.field.split(".")[0]
        if field in _NOTHING:
            column = cells.mapping.column(field) or cells.mapping.column("technique")
            cells.warn(column, f"{problem.message} Left out.")
            draft = replace(draft, **{field: _NOTHING[field]})
    return draft
