"""Streaming whole data sets for an export, one person's rows after another's."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Label, Select, and_, exists, func, or_, select
from sqlalchemy.sql.selectable import Subquery
from sqlmodel import Session, SQLModel, col

from registry.db.queries.export_scope import ExportScope, conditions, passes
from registry.db.queries.outcomes import settled_columns
from registry.db.tables import (
    AdverseEvent,
    Assessment,
    AuditEvent,
    Death,
    DeviceCheck,
    InfusateItem,
    MeasureRow,
    OpioidItemRow,
    PainScoreRow,
    Patient,
    Procedure,
    ProcedureAgent,
    ProcedureGuidance,
    ProcedureOutcomeRow,
    Site,
)

CHUNK = 2_000
Query = Select[Any]
Rows = Generator[Mapping[str, Any], None, None]


def stream_rows(session: Session, source: str, scope: ExportScope) -> Rows:
    """Stream the rows behind a data set; each has `site_id`, and `person_id` where it is of one.

    They come by site and person, a person's by day: streams read side by side stay in step.
    """
    query = SOURCES[source](scope).execution_options(yield_per=CHUNK)
    with session.execute(query) as found:
        rows: Iterator[Any] = iter(found.mappings())
        if source == "deaths":
            # Two merged records of a person may both tell of the death, on one day.
            rows = (next(same) for _, same in groupby(rows, itemgetter("person_id")))
        yield from rows


def count_rows(session: Session, source: str, scope: ExportScope) -> int:
    """Count the rows behind a data set."""
    counted = SOURCES[source](scope).order_by(None).subquery()
    count: int = session.execute(select(func.count()).select_from(counted)).scalar_one()
    return count


def _columns(table: type[SQLModel]) -> list[ColumnElement[Any]]:
    return list(table.__table__.columns)  # type: ignore[attr-defined]


def _site_code() -> Label[str]:
    return col(Site.code).label("site")


def _records(scope: ExportScope) -> Subquery:
    """Give each patient's record with the person that it is a record of: itself, or another's."""
    person = func.coalesce(Patient.merged_into_id, Patient.id).label("person_id")
    return (
        select(col(Patient.site_id), col(Patient.id).label("record_id"), person)
        .where(col(Patient.site_id).in_(scope.sites), col(Patient.voided_at).is_(None))
        .subquery("record")
    )


def _standing(table: Any, scope: ExportScope, day: str) -> Query:
    """Select the standing records of one kind, by person and day."""
    record = _records(scope)
    query = (
        select(*_columns(table), record.c.person_id, _site_code())
        .join(record, _belongs(table, record))
        .join(Site, col(Site.id) == table.site_id)
        .where(col(table.voided_at).is_(None), *_chosen(table, record, scope))
    )
    return query.order_by(
        col(table.site_id), record.c.person_id, col(getattr(table, day)), col(table.id)
    )


def _belongs(table: Any, record: Subquery) -> ColumnElement[bool]:
    return and_(record.c.site_id == table.site_id, record.c.record_id == table.patient_id)


_AFTER_PROCEDURES = (AdverseEvent, DeviceCheck)
"""Records that hang on a procedure: where that one isn't told, they aren't."""


def _chosen(table: Any, record: Subquery, scope: ExportScope) -> list[ColumnElement[bool]]:
    """Ask a procedure's filters of the procedure itself, or of any of the person's procedures."""
    row = ProcedureOutcomeRow
    here = col(row.site_id) == table.site_id
    if table is Procedure:
        return passes(scope, here, col(row.procedure_id) == Procedure.id)
    if table in _AFTER_PROCEDURES:
        after = exists().where(
            col(Procedure.site_id) == table.site_id,
            col(Procedure.id) == table.procedure_id,
            col(Procedure.voided_at).is_(None),
        )
        return [after, *passes(scope, here, col(row.procedure_id) == table.procedure_id)]
    return passes(scope, here, col(row.patient_id) == record.c.person_id)


def _parts(
    part: Any, table: Any, key: str, day: str, order: tuple[str, ...]
) -> Callable[[ExportScope], Query]:
    """Select the parts of standing records of one kind, in the order of those."""

    def query(scope: ExportScope) -> Query:
        record = _records(scope)
        return (
            select(*_columns(part), record.c.person_id)
            .join(
                table,
                and_(col(table.site_id) == part.site_id, col(table.id) == getattr(part, key)),
            )
            .join(record, _belongs(table, record))
            .where(col(table.voided_at).is_(None), *_chosen(table, record, scope))
            .order_by(
                *(col(part.site_id), record.c.person_id, col(getattr(table, day)), col(table.id)),
                *(col(getattr(part, name)) for name in order),
            )
        )

    return query


def _patients(scope: ExportScope) -> Query:
    """Select persons: a record that was merged into another is none of its own."""
    row = ProcedureOutcomeRow
    own = and_(col(row.site_id) == Patient.site_id, col(row.patient_id) == Patient.id)
    first = select(func.min(row.performed_on)).where(own).correlate(Patient).scalar_subquery()
    person: Label[UUID] = col(Patient.id).label("person_id")
    synthetic: Label[bool] = col(Site.synthetic).label("synthetic")
    extra = (person, _site_code(), synthetic, first.label("first_on"))
    return (
        select(*_columns(Patient), *extra)
        .join(Site, col(Site.id) == Patient.site_id)
        .where(
            col(Patient.site_id).in_(scope.sites),
            col(Patient.merged_into_id).is_(None),
            col(Patient.voided_at).is_(None),
            *passes(scope, own),
        )
        .order_by(col(Patient.site_id), col(Patient.id))
    )


def _with_levels(scope: ExportScope) -> Query:
    return _standing(Procedure, scope, "performed_on").where(col(Procedure.levels).is_not(None))


def _outcomes(scope: ExportScope) -> Query:
    row = ProcedureOutcomeRow
    person: Label[UUID] = col(row.patient_id).label("person_id")
    return (
        select(*settled_columns(scope.as_of), person)
        .where(col(row.site_id).in_(scope.sites), *conditions(scope))
        .order_by(
            col(row.site_id), col(row.patient_id), col(row.performed_on), col(row.procedure_id)
        )
    )


def _outcomes_and_patients(scope: ExportScope) -> Query:
    """Select outcomes beside what tells a site whose they are."""
    row = ProcedureOutcomeRow
    own = and_(col(row.site_id) == Patient.site_id, col(row.patient_id) == Patient.id)
    told = (col(Patient.hospital_number), col(Patient.birth_date))
    return _outcomes(scope).add_columns(*told).join(Patient, own)


def _trail(scope: ExportScope) -> Query:
    """Select the lines of these sites' chains up to where each is told."""
    ends = [
        and_(col(AuditEvent.chain) == str(site), col(AuditEvent.number) <= scope.trail[str(site)])
        for site in sorted(scope.sites)
        if str(site) in scope.trail
    ]
    return (
        select(*_columns(AuditEvent), _site_code())
        .join(Site, col(Site.id) == AuditEvent.site_id)
        .where(or_(False, *ends))
        .order_by(col(Site.code), col(AuditEvent.number))
    )


_OF_PROCEDURE = (Procedure, "procedure_id", "performed_on")
_OF_CHECK = (DeviceCheck, "device_check_id", "checked_on")
_OF_ASSESSMENT = (Assessment, "assessment_id", "assessed_on")
SOURCES: Mapping[str, Callable[[ExportScope], Query]] = {
    "patients": _patients,
    "procedures": lambda scope: _standing(Procedure, scope, "performed_on"),
    "procedure_agents": _parts(ProcedureAgent, *_OF_PROCEDURE, ("position",)),
    "procedure_guidance": _parts(ProcedureGuidance, *_OF_PROCEDURE, ("mode",)),
    "procedure_levels": _with_levels,
    "assessments": lambda scope: _standing(Assessment, scope, "assessed_on"),
    "measures": _parts(MeasureRow, *_OF_ASSESSMENT, ("instrument",)),
    "pain_scores": _parts(PainScoreRow, *_OF_ASSESSMENT, ("kind", "recall", "respondent")),
    "opioid_items": _parts(OpioidItemRow, *_OF_ASSESSMENT, ("position",)),
    "adverse_events": lambda scope: _standing(AdverseEvent, scope, "onset_on"),
    "device_checks": lambda scope: _standing(DeviceCheck, scope, "checked_on"),
    "infusates": _parts(InfusateItem, *_OF_CHECK, ("position",)),
    "deaths": lambda scope: _standing(Death, scope, "died_on"),
    "procedure_outcomes": _outcomes_and_patients,
    "follow_up_status": _outcomes,
    "audit_trail": _trail,
}
