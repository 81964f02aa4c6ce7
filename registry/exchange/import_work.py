"""The work on a logbook that takes its time: looking at it, bringing it in, undoing that.

It goes patient by patient, each in a transaction of its own: others can write meanwhile, and work
that was broken off is gone on with. What a look would write is undone at once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from itertools import groupby
from time import sleep
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from registry.db.engine import transaction
from registry.db.queries import imports as queries
from registry.db.queries.people import get_user
from registry.db.tables import ImportBatch
from registry.domain.access import Permission, require
from registry.domain.errors import NotPermitted, RegistryError
from registry.domain.imports import ImportState
from registry.exchange.import_findings import told_of, write_findings
from registry.exchange.import_progress import Work
from registry.exchange.import_undo import undo_import
from registry.exchange.importer.files import Logbook
from registry.exchange.importer.logbooks import (
    acting_for,
    look_up,
    make_report,
    new_rows,
    open_batch,
    read_rows,
)
from registry.exchange.importer.mapping import LogbookMapping
from registry.exchange.importer.plans import plan_patients
from registry.exchange.importer.report import Finding, FindingKind, ImportReport
from registry.exchange.importer.rows import Row
from registry.exchange.importer.writing import Writer
from registry.exchange.imports import SILENT, mapping_of, open_logbook
from registry.services.audit import record_event
from registry.services.people import actor_of

log = logging.getLogger(__name__)

PAUSE = 0.05
"""Seconds between two patients: SQLite wakes who waits to write only now and then, and work that
took its turns back to back would keep them out.
"""


def do_import_work(engine: Engine, site_id: UUID, import_id: UUID, today: date) -> None:
    """Do what was asked of a logbook, unless another process is at it. Whatever goes wrong stands
    on its page.
    """
    now = datetime.now(UTC)
    with transaction(engine, sites=lambda: [site_id]) as session:
        if not queries.claim_import(session, site_id, import_id, now, now - SILENT):
            return
        job = queries.find_import(session, [site_id], import_id)
        user = get_user(session, job.user_id) if job else None
        if job is None or user is None:
            return
        work = Work(engine, job, actor_of(session, user), today)
    try:
        require(work.actor, Permission.WRITE_RECORDS, site_id)
        _DO[ImportState(job.state)](work)
    except NotPermitted:
        _fail(work, "Whoever asked for this may no longer write at the site.")
    except RegistryError as refused:
        _fail(work, str(refused))
    except Exception:  # whatever it is, who waits for it must be told
        log.exception("Import %s failed", import_id)
        told = f"Tell whoever runs Assuage this number: {import_id}."
        _fail(work, f"Something went wrong on our side, and nothing was half written. {told}")


def _fail(work: Work, message: str) -> None:
    work.tell(state=ImportState.FAILED.value, message=message[:500])


def _check(work: Work) -> None:
    gone = _go_through(work, batch_id=work.job.batch_id, keep=False)
    if gone.is_whole:
        work.tell(state=ImportState.CHECKED.value, **told_of(gone.report))
    else:
        _stop(work)


def _stop(work: Work) -> None:
    """Leave off: what came in is told, and is gone on with or undone by whoever asks for it."""
    if work.job.batch_id is None:
        work.tell(state=ImportState.MATCHING.value)
    else:
        _import(work)


def _import(work: Work) -> None:
    logbook, mapping = open_logbook(work.job), mapping_of(work.job)
    batch_id = work.job.batch_id
    if batch_id is None:
        with work.transaction() as session:
            batch_id = open_batch(session, work.actor, work.job.site_id, logbook, mapping).id
            queries.beat_import(session, work.job.site_id, work.job.id, batch_id=batch_id)
    gone = _go_through(work, batch_id=batch_id, keep=True)
    with work.transaction() as session:
        told = {"batch": str(batch_id), "rows": gone.report.imported, "patients": gone.patients}
        _record(session, work, "end_import" if gone.is_whole else "break_off_import", told)
    now = datetime.now(UTC)
    done: dict[str, Any] = {"state": ImportState.STOPPED.value}
    if gone.is_whole:
        done = {"state": ImportState.IMPORTED.value, "content": None, "finished_at": now}
    work.tell(**done, **told_of(gone.report))


def _undo(work: Work) -> None:
    batch_id = work.job.batch_id
    if batch_id is None:
        raise RegistryError("Nothing of this logbook came in.")
    kept = undo_import(
        work.engine,
        actor=acting_for(work.actor, batch_id),
        site_id=work.job.site_id,
        batch_id=batch_id,
        reason=f"Import undone: {work.job.reason}",
        progress=work.beat,
    )
    with work.transaction() as session:
        told = {"batch": str(batch_id), "patients_left": len(kept)}
        _record(session, work, "undo_import", told, reason=work.job.reason)
    left = [Finding(0, FindingKind.WARNING, str(one.patient_id), "", one.why) for one in kept]
    work.tell(
        state=ImportState.UNDONE.value,
        content=None,
        findings=write_findings(left),
        finished_at=datetime.now(UTC),
    )


_DO = {
    ImportState.CHECKING: _check,
    ImportState.IMPORTING: _import,
    ImportState.STOPPING: _stop,
    ImportState.UNDOING: _undo,
}


@dataclass(frozen=True, slots=True)
class _Gone:
    """How far the work went: what was found, and of how many patients of all."""

    report: ImportReport
    patients: int
    of: int

    @property
    def is_whole(self) -> bool:
        return self.patients == self.of


def _go_through(work: Work, *, batch_id: UUID | None, keep: bool) -> _Gone:
    """Write each patient's rows, kept or not, until the end or until somebody says stop."""
    logbook, mapping = open_logbook(work.job), mapping_of(work.job)
    site_id = work.job.site_id
    rows, findings = read_rows(logbook, mapping, work.today)
    with work.transaction(write=False) as session:
        said = [row.fingerprint for row in rows]
        own = queries.list_imported(session, site_id, said, batch_id) if batch_id else set()
        rows, findings = new_rows(session, site_id, rows, findings, own)
    written = [row for row in rows if row.fingerprint in own]
    groups = list(_by_patient(row for row in rows if row.fingerprint not in own))
    done = 0
    for group in groups:
        work.beat(done, len(groups))
        sleep(PAUSE)
        if work.is_stopped():
            break
        came, found = _write_one(work, logbook, mapping, group, batch_id=batch_id, keep=keep)
        written += came
        findings += found
        done += 1
    report = make_report(logbook, mapping, not keep, written, findings)
    return _Gone(report, done, len(groups))


def _by_patient(rows: Iterable[Row]) -> Iterator[list[Row]]:
    def number(row: Row) -> str:
        return row.patient.hospital_number

    for _, group in groupby(sorted(rows, key=number), number):
        yield list(group)


def _write_one(
    work: Work,
    logbook: Logbook,
    mapping: LogbookMapping,
    rows: list[Row],
    *,
    batch_id: UUID | None,
    keep: bool,
) -> tuple[list[Row], list[Finding]]:
    """Write one patient's rows; what a look writes is under an import of its own, and undone."""
    site_id = work.job.site_id
    with work.transaction() as session, session.begin_nested() as whole:
        if keep and batch_id is not None:
            batch = queries.get_batch(session, site_id, batch_id)
        else:
            batch = _scratch(session, logbook, site_id)
        actor = acting_for(work.actor, batch.id)
        plans = plan_patients(
            rows,
            look_up=partial(look_up, session, actor, site_id),
            decisions=mapping.decisions,
            today=work.today,
        )
        written: list[Row] = []
        findings: list[Finding] = []
        writer = Writer(session, actor, batch, work.today)
        for plan, found in plans:
            result = writer.write(plan)
            written += result.rows
            findings += [*found, *result.findings]
        if not keep:
            whole.rollback()
    return written, findings


def _scratch(session: Session, logbook: Logbook, site_id: UUID) -> ImportBatch:
    batch = ImportBatch(site_id=site_id, file_name=logbook.name, mapping="pages")
    session.add(batch)
    session.flush()
    return batch


def _record(
    session: Session, work: Work, action: str, told: dict[str, Any], reason: str | None = None
) -> None:
    changes = {name: [None, value] for name, value in told.items()}
    actor = replace(work.actor, request_id=f"import {told['batch']}")
    record_event(session, actor, action, site_id=work.job.site_id, changes=changes, reason=reason)
