"""The released comparison: every report of the catalogue, as numbers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from registry.domain.access import Permission
from registry.domain.windows import WINDOWS
from registry.services.reports import run_report
from registry.web.api.filters import FilterQuery
from registry.web.api.reports import DefinitionOut
from registry.web.deps import Bearer, ReadSession, Today
from registry.web.needs import api_needs
from reports.catalogue import COMPARE
from reports.page import Asked
from reports.report import Block, Shown

router = APIRouter(tags=["outcomes"], dependencies=[api_needs(Permission.READ_OUTCOMES)])


class ComparisonQuery(FilterQuery):
    """Which procedures to compare, by what, and when."""

    by: Literal["category", "technique"] = "category"
    window: tuple[Literal["48h", "7d", "28d", "90d", "180d"], ...] = Field(
        default=(), description="Repeat for several; all unless given."
    )


class ComparedOut(BaseModel):
    """One report: a question and the released numbers that answer it."""

    slug: str
    question: str
    definition: DefinitionOut
    how_to_read: str
    caveats: list[str]
    warnings: list[str] = Field(description="Groups whose follow-up is too low to trust.")
    records: list[dict[str, Any]] = Field(
        description="One a group and window. A number held back is null and named in `held_back`."
    )


class ComparisonOut(BaseModel):
    """Every report over one set of procedures, small numbers held back where they must be."""

    as_of: date
    by: str
    population: str
    synthetic: bool = Field(description="Made-up patients are among them.")
    reports: list[ComparedOut]


@router.get("/outcomes", summary="Compare technique categories, or techniques")
def read_outcomes(
    query: Annotated[ComparisonQuery, Query()], actor: Bearer, session: ReadSession, today: Today
) -> ComparisonOut:
    """Give follow-up, states, pain, response and MEDD change of each group at each window.

    It is what the outcomes page shows, as things stand today. Completeness is always told for all
    windows: read it first. No league table: the groups treat different pains.
    """
    windows = tuple(w for w in WINDOWS if not query.window or w.slug in query.window)
    answer = run_report(
        session,
        actor=actor,
        report=COMPARE,
        filters=query.read(session, actor),
        asked=Asked(by=query.by, windows=windows),
        today=today,
    )
    return ComparisonOut(
        as_of=today,
        by=answer.asked.by,
        population=answer.scope.population,
        synthetic=answer.scope.synthetic,
        reports=[_show(b, shown, answer.output.warnings) for b, shown in answer.output.blocks],
    )


def _show(block: Block, shown: Shown, warnings: tuple[str, ...]) -> ComparedOut:
    return ComparedOut(
        slug=block.slug,
        question=block.question,
        definition=DefinitionOut.model_validate(block.definition),
        how_to_read=block.how_to_read,
        caveats=list(block.caveats),
        warnings=[*warnings, *shown.warnings],
        records=list(shown.records),
    )
