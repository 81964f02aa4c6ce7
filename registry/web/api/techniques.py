"""Techniques: finding one, and what may be recorded for it along every axis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from registry.domain.axes import MEASURES, axis
from registry.domain.errors import NotFound
from registry.domain.techniques import PLAIN_AXES, Technique, find_techniques, taxonomy
from registry.web.deps import Bearer
from registry.web.needs import SIGNED_IN, api_needs

router = APIRouter(tags=["techniques"], dependencies=[api_needs(SIGNED_IN)])


class TechniqueOut(BaseModel):
    """A technique in use."""

    slug: str
    label: str
    category: str
    region: str


class ValueOut(BaseModel):
    """A value that may be sent."""

    slug: str
    label: str
    takes: dict[str, str] = Field(
        description="Agents alone: the measures it is recorded with, each in its unit."
    )


class TechniqueAxesOut(TechniqueOut):
    """A technique with its axes. One that isn't among them can't be recorded for it."""

    needs_text: bool = Field(description="`technique_text` must say which technique it was.")
    axes: dict[str, list[ValueOut]] = Field(description="By the field of a procedure.")


@router.get("/techniques", summary="Find techniques")
def list_techniques(
    actor: Bearer, q: Annotated[str, Query(max_length=80)] = ""
) -> list[TechniqueOut]:
    """List the techniques that a name or abbreviation may mean, best first; all for none."""
    return [TechniqueOut(**_plainly(found)) for found in find_techniques(q)]


@router.get("/techniques/{slug}", summary="Read what may be recorded for a technique")
def read_technique(slug: str, actor: Bearer) -> TechniqueAxesOut:
    """Give every axis that a technique has, with the slugs that may be sent."""
    found = taxonomy().techniques.get(slug)
    if found is None:
        raise NotFound("There is no technique of this slug. Find it by its name.")
    return TechniqueAxesOut(
        **_plainly(found),
        needs_text=found.needs_text,
        axes={field: _values(name, slugs) for field, name, slugs in _axes(found) if slugs},
    )


def _plainly(technique: Technique) -> dict[str, str]:
    return {name: getattr(technique, name) for name in TechniqueOut.model_fields}


def _axes(technique: Technique) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Give each field of a procedure, its axis, and the slugs that the technique may take."""
    agents = axis("agent_class").slugs
    yield "intent", "intent", technique.intents
    yield "agents", "agent_class", tuple(a for a in agents if a in technique.agent_classes)
    yield "guidance", "guidance", technique.guidance
    yield "approach", "approach", technique.approaches
    yield "laterality", "laterality", technique.laterality
    yield "levels", "level", technique.levels
    for name in PLAIN_AXES:
        yield name, name, axis(name).slugs if name in technique.axes else ()


def _values(axis_name: str, slugs: tuple[str, ...]) -> list[ValueOut]:
    known = (axis(axis_name).value(slug) for slug in slugs)
    return [
        ValueOut(
            slug=value.slug,
            label=value.label,
            takes={m: value.takes[m] for m in MEASURES if m in value.takes},
        )
        for value in known
        if not value.retired
    ]
