"""The catalogue of reports, and each report's released numbers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from registry.domain.access import Permission
from registry.domain.errors import NotFound, RuleViolation
from registry.domain.opioids import conversion_tables
from registry.domain.outcomes.responders import DEFINITIONS
from registry.domain.windows import WINDOWS
from registry.services.reports import run_report
from registry.web.api.filters import FilterQuery
from registry.web.api.models import Slug
from registry.web.deps import Bearer, ReadSession, Today
from registry.web.needs import api_needs
from reports.catalogue import CATALOGUE, find
from reports.page import Asked
from reports.report import Block, Report, Shown

router = APIRouter(
    prefix="/reports", tags=["reports"], dependencies=[api_needs(Permission.READ_OUTCOMES)]
)


class DefinitionOut(BaseModel):
    """What is counted of what, when, without whom, and on whose word."""

    model_config = ConfigDict(from_attributes=True)

    numerator: str
    denominator: str
    window: str
    exclusions: str
    source: str


class BlockInfo(BaseModel):
    """One question of a report, and how it is answered."""

    slug: str
    question: str
    definition: DefinitionOut
    how_to_read: str
    caveats: list[str]


class ReportInfo(BaseModel):
    """One entry of the catalogue. `choices` are the parameters it heeds besides the filters."""

    slug: str
    question: str
    audience: str
    summary: str
    choices: list[str]
    one_technique: bool = Field(description="It speaks of one technique: give exactly one.")
    blocks: list[BlockInfo]


class BlockOut(BlockInfo):
    """One question with its answer: a sentence, and the released numbers behind it."""

    answer: str
    warnings: list[str]
    notes: list[str] = Field(description="What is held back, and what was put together.")
    records: list[dict[str, Any]] = Field(
        description="Flat records. A number held back is null and named in `held_back`."
    )


class ReportOut(BaseModel):
    """A report over one set of procedures, small numbers held back where they must be."""

    slug: str
    question: str
    as_of: date
    population: str
    synthetic: bool = Field(description="Made-up patients are among them.")
    warnings: list[str] = Field(description="Groups whose follow-up is too low to trust.")
    blocks: list[BlockOut]


class ReportQuery(FilterQuery):
    """Which procedures, and what is asked of them; a report heeds the choices it declares."""

    by: Literal["category", "technique"] = "category"
    window: Literal["48h", "7d", "28d", "90d", "180d"] = "28d"
    reference: Slug | None = Field(
        default=None, description="The group that others are held against; else the largest."
    )
    definition: Slug = Field(default="nrs30", description="A responder definition.")
    unit: Literal["site", "operator"] = "site"
    overdispersion: bool = Field(default=False, description="Widen a funnel's limits.")
    tables: tuple[Slug, ...] = Field(default=(), description="Conversion tables; else all.")

    def asked(self) -> Asked:
        """Give what is asked; what doesn't exist is refused."""
        if self.definition not in {d.slug for d in DEFINITIONS}:
            raise RuleViolation.at("definition", "There is no such responder definition.")
        if not set(self.tables) <= set(conversion_tables()):
            raise RuleViolation.at("tables", "There is no such conversion table.")
        return Asked(
            by=self.by,
            windows=tuple(w for w in WINDOWS if w.slug == self.window),
            reference=self.reference,
            definition=self.definition,
            unit=self.unit,
            overdispersion=self.overdispersion,
            tables=self.tables,
        )


@router.get("", summary="List the reports")
def list_reports(actor: Bearer) -> list[ReportInfo]:
    """List what can be asked: each report's question, definitions and choices. Holds no data."""
    return [
        ReportInfo(
            slug=report.slug,
            question=report.question,
            audience=report.audience,
            summary=report.summary,
            choices=list(report.choices),
            one_technique=report.one_technique,
            blocks=[BlockInfo(**_info(block)) for block in report.blocks],
        )
        for report in CATALOGUE
    ]


@router.get("/{slug}", summary="Run a report")
def read_report(
    slug: Annotated[str, Path(max_length=40)],
    query: Annotated[ReportQuery, Query()],
    actor: Bearer,
    session: ReadSession,
    today: Today,
) -> ReportOut:
    """Give the released numbers of a report, as its page shows them and as things stand today."""
    report = _find(slug)
    filters = query.read(session, actor)
    if report.one_technique and len(filters.technique) != 1:
        raise RuleViolation.at("technique", "Give one technique: this report speaks of one.")
    answer = run_report(
        session, actor=actor, report=report, filters=filters, asked=query.asked(), today=today
    )
    return ReportOut(
        slug=report.slug,
        question=report.question,
        as_of=today,
        population=answer.scope.population,
        synthetic=answer.scope.synthetic,
        warnings=list(answer.output.warnings),
        blocks=[_show(block, shown) for block, shown in answer.output.blocks],
    )


def _find(slug: str) -> Report:
    try:
        return find(slug)
    except KeyError:
        raise NotFound("There is no such report.") from None


def _info(block: Block) -> dict[str, Any]:
    return {
        "slug": block.slug,
        "question": block.question,
        "definition": DefinitionOut.model_validate(block.definition),
        "how_to_read": block.how_to_read,
        "caveats": list(block.caveats),
    }


def _show(block: Block, shown: Shown) -> BlockOut:
    notes = dict.fromkeys(note for table in shown.tables for note in table.notes)
    return BlockOut(
        **_info(block),
        answer=shown.answer,
        warnings=list(shown.warnings),
        notes=list(notes),
        records=list(shown.records),
    )
