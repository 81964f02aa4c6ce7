"""What is possible but unlikely in rows that came in: nobody could be asked, so it is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import uuid4

from registry.domain.drafts import AssessmentDraft, ProcedureDraft
from registry.domain.errors import Doubt
from registry.domain.opioids import ConversionTable, convert
from registry.domain.plausibility import doubts_about_assessment, doubts_about_procedure
from registry.domain.techniques import technique
from registry.domain.timeline import Assessment, ProcedureEvent
from registry.exchange.importer.assessments import Answers
from registry.exchange.importer.plans import Plan
from registry.exchange.importer.report import Finding, FindingKind
from registry.exchange.importer.rows import Row
from registry.services.timelines import to_timeline

_OLD = "old:"
"""A logbook tells of long ago by its nature: that alone is nothing to look into."""


def find_unusual(
    plan: Plan, rows: Sequence[Row], table: ConversionTable, today: date
) -> Iterator[Finding]:
    """Find what is unlikely about a patient's rows beside each other and the registry's records."""
    known = to_timeline(plan.known) if plan.known else None
    procedures = list(known.procedures) if known else []
    assessments = list(known.assessments) if known else []
    for row in rows:  # each is held against what stood before it, as if they were typed in turn
        baseline = row.visits.baseline
        doubts = doubts_about_procedure(
            row.procedure,
            baseline.draft if baseline else None,
            procedures,
            row.patient.birth_date,
            today,
        )
        yield from _told(row, doubts, baseline.key if baseline else "technique")
        procedures.append(_event(row.procedure))
        for answers in _visits(row):
            found = doubts_about_assessment(
                answers.draft, assessments, lambda regimen: convert(regimen, table), today
            )
            yield from _told(row, found, answers.key)
            assessments.append(_assessment(answers.draft))


def _visits(row: Row) -> list[Answers]:
    baseline = row.visits.baseline
    return [*([baseline] if baseline else []), *row.visits.follow_ups]


def _told(row: Row, doubts: Iterator[Doubt], otherwise: str) -> Iterator[Finding]:
    for doubt in doubts:
        if not doubt.code.startswith(_OLD):
            own = doubt.field.split(".")[0]
            at = own if own in row.cells else otherwise
            yield row.find(FindingKind.UNUSUAL, at, doubt.message)


def _event(draft: ProcedureDraft) -> ProcedureEvent:
    chosen = technique(draft.technique)
    return ProcedureEvent(
        id=uuid4(),
        on=draft.performed_on,
        technique=chosen.slug,
        intent=draft.intent,
        category=chosen.category,
    )


def _assessment(draft: AssessmentDraft) -> Assessment:
    return Assessment(
        on=draft.assessed_on,
        scores=draft.scores,
        regimen=draft.regimen,
        after_procedure=draft.after_procedure,
    )
