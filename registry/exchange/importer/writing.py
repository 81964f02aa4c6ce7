"""Carrying a plan out through the services, so that rules, trail and outcomes hold as always."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TypedDict
from uuid import UUID

from sqlmodel import Session

from registry.db.fingerprints import row_mark
from registry.db.queries.people import get_site
from registry.db.tables import ImportBatch, ImportedRow, Patient, Procedure
from registry.domain.access import Actor
from registry.domain.drafts import PatientDraft
from registry.domain.errors import Problem, RuleViolation
from registry.domain.opioids import conversion_table
from registry.exchange.importer.lives import one_patient
from registry.exchange.importer.plans import Plan
from registry.exchange.importer.report import Finding, FindingKind
from registry.exchange.importer.rows import Row
from registry.exchange.importer.unusual import find_unusual
from registry.services.adverse_events import add_adverse_event
from registry.services.assessments import add_assessment
from registry.services.patients import record_death, register_patient
from registry.services.procedures import log_procedure


class _Common(TypedDict):
    actor: Actor
    today: date


@dataclass(frozen=True, slots=True)
class Written:
    """The rows of a plan that came in, and what was found while writing them."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]


class _Refused(Exception):
    """The services' rules refused something that these rows say, at this field."""

    def __init__(self, rows: Sequence[Row], field: str, problems: Sequence[Problem]) -> None:
        self.findings = [_find(row, field, problem) for row in rows for problem in problems]
        super().__init__()


def _find(row: Row, field: str, problem: Problem) -> Finding:
    own = problem.field.split(".")[0]
    return row.find(FindingKind.REFUSED, own if own in row.cells else field, problem.message)


@contextmanager
def _reporting(rows: Sequence[Row], field: str) -> Iterator[None]:
    try:
        yield
    except RuleViolation as violation:
        raise _Refused(rows, field, violation.problems) from None


class Writer:
    """Writes the plans of one batch."""

    def __init__(self, session: Session, actor: Actor, batch: ImportBatch, today: date) -> None:
        self._session = session
        self._actor = actor
        self._batch = batch
        self._today = today
        self._table = conversion_table(get_site(session, batch.site_id).opioid_table)

    def write(self, plan: Plan) -> Written:
        """Write one patient's rows; one that the rules refuse leaves nothing, the others stay.

        A refusal undoes the patient's part and begins it again without that row.
        """
        rows, findings = list(plan.rows), []
        while rows:
            try:
                with self._session.begin_nested():
                    findings += self._write_patient(plan, rows)
                break
            except _Refused as refused:
                findings += refused.findings
                out = {finding.line for finding in refused.findings}
                rows = [row for row in rows if row.line not in out]
        return Written(tuple(rows), tuple(findings))

    def _write_patient(self, plan: Plan, rows: Sequence[Row]) -> list[Finding]:
        draft, findings = one_patient(rows, plan.known)
        patient = plan.known.patient if plan.known else self._register(draft, rows)
        for row in rows:
            self._write_row(patient.id, row)
        if not (plan.known and plan.known.death):
            self._record_death(patient.id, rows)
        return [*findings, *find_unusual(plan, rows, self._table, self._today)]

    def _register(self, draft: PatientDraft, rows: Sequence[Row]) -> Patient:
        with _reporting(rows, "hospital_number"):
            return register_patient(
                self._session,
                actor=self._actor,
                site_id=self._batch.site_id,
                draft=draft,
                today=self._today,
            )

    def _write_row(self, patient_id: UUID, row: Row) -> None:
        common: _Common = {"actor": self._actor, "today": self._today}
        baseline = row.visits.baseline
        with _reporting([row], baseline.key if baseline else "performed_on"):
            procedure = log_procedure(
                self._session,
                patient_id=patient_id,
                draft=row.procedure,
                baseline=baseline.draft if baseline else None,
                **common,
            )
        for answers in row.visits.follow_ups:
            with _reporting([row], answers.key):
                add_assessment(self._session, patient_id=patient_id, draft=answers.draft, **common)
        for event in row.events:
            with _reporting([row], "complications"):
                add_adverse_event(self._session, procedure_id=procedure.id, draft=event, **common)
        self._remember(row, procedure)

    def _remember(self, row: Row, procedure: Procedure) -> None:
        self._session.add(
            ImportedRow(
                site_id=self._batch.site_id,
                batch_id=self._batch.id,
                line=row.line,
                fingerprint=row_mark(self._batch.site_id, row.fingerprint),
                procedure_id=procedure.id,
            )
        )

    def _record_death(self, patient_id: UUID, rows: Sequence[Row]) -> None:
        """Record the death that rows tell of; the plan saw to it that they tell of one."""
        died_on = next((row.died_on for row in rows if row.died_on), None)
        if died_on is None:
            return
        with _reporting([row for row in rows if row.died_on], "died_on"):
            record_death(
                self._session,
                actor=self._actor,
                patient_id=patient_id,
                died_on=died_on,
                today=self._today,
            )
