"""Bringing a service's logbook into the registry."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlmodel import Session

from registry.db.queries.imports import list_imported
from registry.db.queries.patients import Course
from registry.db.tables import ImportBatch
from registry.domain.access import Actor, Permission, require
from registry.exchange.importer.cells import Cells
from registry.exchange.importer.errors import LogbookError
from registry.exchange.importer.files import Logbook, read_logbook
from registry.exchange.importer.mapping import LogbookMapping
from registry.exchange.importer.plans import Plan, drop_imported, drop_repeats, plan_patients
from registry.exchange.importer.report import Finding, FindingKind, ImportReport
from registry.exchange.importer.rows import Row, read_row
from registry.exchange.importer.writing import Writer
from registry.services.audit import record_event
from registry.services.patients import find_patient_by_number, read_course

Progress = Callable[[int, int], None]


def import_logbook(
    session: Session,
    *,
    actor: Actor,
    site_id: UUID,
    path: Path,
    mapping: LogbookMapping,
    today: date,
    dry_run: bool = False,
    progress: Progress = lambda done, total: None,
) -> ImportReport:
    """Bring in every row of a file that can be trusted; tell of each that can't, and why.

    The same file again adds nothing, and neither the order of its rows nor what a dry run saw
    before it matters. Flushes, never commits; a dry run undoes all it did.

    Raises `LogbookError` when the file isn't what the mapping describes.
    """
    require(actor, Permission.WRITE_RECORDS, site_id)
    logbook = read_logbook(path.name, path.read_bytes(), mapping.file)
    rows, findings = new_rows(session, site_id, *read_rows(logbook, mapping, today))
    with session.begin_nested() as whole:
        batch = open_batch(session, actor, site_id, logbook, mapping)
        actor = acting_for(actor, batch.id)
        plans = plan_patients(
            rows,
            look_up=partial(look_up, session, actor, site_id),
            decisions=mapping.decisions,
            today=today,
        )
        written, found = _carry_out(
            Writer(session, actor, batch, today), plans, len(rows), progress
        )
        if dry_run or not written:
            whole.rollback()
    return make_report(logbook, mapping, dry_run, written, [*findings, *found])


def acting_for(actor: Actor, batch_id: UUID) -> Actor:
    """Give the actor under the import's number: by it the trail tells what the import wrote."""
    return replace(actor, request_id=f"import {batch_id}")


def check_columns(logbook: Logbook, mapping: LogbookMapping) -> None:
    """Make sure that file and mapping speak of the same columns; else `LogbookError`."""
    used = mapping.used_columns()
    missing = [name for name in used if name not in logbook.columns]
    if len(missing) == len(used):
        raise LogbookError(
            f"The file has none of the columns that the mapping {mapping.name} reads. Check "
            "file.separator and file.header_line in the mapping, and that it is the right one."
        )
    if missing:
        raise LogbookError(
            f"The file has no column {', '.join(missing)}. It has: {', '.join(logbook.columns)}."
        )
    unknown = [name for name in logbook.columns if name not in {*used, *mapping.ignore}]
    if unknown:
        raise LogbookError(
            f"The mapping {mapping.name} says nothing of the column {', '.join(unknown)}. "
            "Map it, or list it under ignore."
        )


def read_rows(
    logbook: Logbook, mapping: LogbookMapping, today: date
) -> tuple[list[Row], list[Finding]]:
    """Read every line of a file that can be trusted by itself; tell of those that can't."""
    check_columns(logbook, mapping)
    rows: list[Row] = []
    findings: list[Finding] = []
    for line in logbook.lines:
        cells = Cells(line, mapping)
        if (row := read_row(cells, today)) is not None:
            rows.append(row)
        findings += cells.findings
    return rows, findings


def new_rows(
    session: Session,
    site_id: UUID,
    rows: list[Row],
    findings: list[Finding],
    own: Collection[str] = (),
) -> tuple[list[Row], list[Finding]]:
    """Keep each row once, and none that an earlier import brought in.

    `own` are the fingerprints that this import itself brought in before it was broken off.
    """
    rows, repeats = drop_repeats(rows)
    known = list_imported(session, site_id, [row.fingerprint for row in rows]) - set(own)
    rows, there = drop_imported(rows, known)
    return rows, [*findings, *repeats, *there]


def look_up(session: Session, actor: Actor, site_id: UUID, number: str) -> Course | None:
    """Read the course of the patient with a hospital number, if the site has one."""
    patient = find_patient_by_number(session, actor=actor, site_id=site_id, hospital_number=number)
    return read_course(session, actor=actor, patient_id=patient.id) if patient else None


def _carry_out(
    writer: Writer, plans: Iterable[tuple[Plan, list[Finding]]], total: int, progress: Progress
) -> tuple[list[Row], list[Finding]]:
    written: list[Row] = []
    findings: list[Finding] = []
    done = 0
    for plan, found in plans:
        result = writer.write(plan)
        written += result.rows
        findings += [*found, *result.findings]
        done += len(plan.rows)
        progress(done, total)
    progress(total, total)
    return written, findings


def open_batch(
    session: Session, actor: Actor, site_id: UUID, logbook: Logbook, mapping: LogbookMapping
) -> ImportBatch:
    """Begin an import: from here on what comes in belongs to it."""
    batch = ImportBatch(
        site_id=site_id,
        file_name=logbook.name,
        mapping=mapping.name,
    )
    session.add(batch)
    record_event(
        session,
        acting_for(actor, batch.id),
        "import",
        site_id=site_id,
        changes={
            "batch": [None, str(batch.id)],
            "file_sha256": [None, logbook.sha256],
            "mapping": [None, mapping.name],
        },
    )
    session.flush()
    return batch


def make_report(
    logbook: Logbook,
    mapping: LogbookMapping,
    dry_run: bool,
    written: Sequence[Row],
    findings: Sequence[Finding],
) -> ImportReport:
    """Put together what became of each line, and what was found in those that came in."""
    came_in = {row.line for row in written}
    told = [f for f in findings if f.keeps_out or f.line in came_in]

    def lines(kind: FindingKind) -> int:
        return len({f.line for f in told if f.kind is kind})

    return ImportReport(
        file_name=logbook.name,
        mapping=mapping.name,
        dry_run=dry_run,
        rows_read=len(logbook.lines),
        imported=len(written),
        refused=lines(FindingKind.REFUSED),
        repeated=lines(FindingKind.REPEATED),
        already_there=lines(FindingKind.ALREADY_THERE),
        opioids_given=sum(row.visits.opioids_given for row in written),
        opioids_understood=sum(row.visits.opioids_understood for row in written),
        findings=tuple(sorted(told, key=lambda f: f.line)),
    )
