"""A logbook's way in through the pages: taken, matched, looked at, brought in, perhaps undone.

The verbs say what is to be done; `import_work` does what takes its time.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from registry.db.queries import imports as queries
from registry.db.tables import LogbookImport
from registry.domain.access import Actor, Permission, require
from registry.domain.errors import Conflict, NotFound, RuleViolation
from registry.domain.imports import ImportState
from registry.exchange.import_findings import findings_of
from registry.exchange.importer.errors import LogbookError, MappingError
from registry.exchange.importer.files import Logbook, read_logbook
from registry.exchange.importer.logbooks import check_columns
from registry.exchange.importer.mapping import FileForm, LogbookMapping
from registry.exchange.importer.mapping_files import check_mapping, explain
from registry.exchange.importer.report import Finding
from registry.exchange.importer.sniffing import sniff_form
from registry.exchange.importer.starting import start_mapping
from registry.services.audit import record_event
from registry.services.corrections import require_reason

LARGEST_UPLOAD = 20_000_000
"""Bytes of a logbook's file: some hundred thousand rows."""
KEPT_FOR = timedelta(days=30)
"""How long a file waits for somebody to go on with it."""
SILENT = timedelta(minutes=5)
"""After so long without a word whoever worked on a logbook is taken to be gone."""
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""When work that nobody has taken on yet was last heard of."""
_LISTED, _REMEMBERED = 30, 5


def take_logbook(
    session: Session, *, actor: Actor, site_id: UUID, name: str, data: bytes
) -> LogbookImport:
    """Take a file in, sealed, and suggest what its columns are. Nothing of it is a record yet.

    Raises `LogbookError` when it can't be read as a table.
    """
    require(actor, Permission.WRITE_RECORDS, site_id)
    if actor.user_id is None:
        raise NotFound("The command line brings logbooks in at once.")
    if len(data) > LARGEST_UPLOAD:
        raise LogbookError(
            f"The file is larger than {LARGEST_UPLOAD // 1_000_000} MB. Save the sheet alone as "
            "CSV, or bring it in year by year."
        )
    form = sniff_form(data)
    logbook = read_logbook(name, data, form)
    before = queries.list_mappings(session, site_id, limit=_REMEMBERED)
    job = LogbookImport(
        site_id=site_id,
        user_id=actor.user_id,
        file_name=name[-255:],
        content=b64encode(data).decode(),
        mapping=start_mapping(logbook, form, before),
        beat_at=datetime.now(UTC),
    )
    session.add(job)
    told = {"import": str(job.id), "file_sha256": hashlib.sha256(data).hexdigest()}
    _record(session, actor, job, "upload_logbook", **told)
    session.flush()
    return job


def read_import(
    session: Session, *, actor: Actor, import_id: UUID, lock: bool = False
) -> LogbookImport:
    """Read a logbook of the actor's sites."""
    sites = actor.roles.keys()
    job = queries.find_import(session, sites, import_id, lock=lock)
    if job is None:
        raise NotFound("There is no such import.")
    require(actor, Permission.WRITE_RECORDS, job.site_id)
    return job


def list_imports(session: Session, *, actor: Actor) -> Sequence[LogbookImport]:
    """List the latest logbooks of the actor's sites."""
    return queries.list_imports(session, actor.sites(Permission.WRITE_RECORDS), limit=_LISTED)


def drop_old_files(session: Session, *, actor: Actor, now: datetime) -> None:
    """Remove the files that nobody went on with."""
    queries.drop_old_files(session, actor.sites(Permission.WRITE_RECORDS), now - KEPT_FOR)


def open_logbook(job: LogbookImport) -> Logbook:
    """Read the file of a logbook, as its mapping says."""
    form = FileForm.model_validate(job.mapping["file"])
    return read_logbook(job.file_name, b64decode(job.content or ""), form)


def mapping_of(job: LogbookImport) -> LogbookMapping:
    """Give how a logbook is read; `MappingError` while it isn't said in full."""
    return as_mapping(job.mapping)


def as_mapping(raw: Mapping[str, Any]) -> LogbookMapping:
    """Read a mapping's tables; `MappingError` names what can't be used."""
    try:
        mapping = LogbookMapping.model_validate({**raw, "name": "pages"})
    except ValidationError as error:
        raise MappingError(explain("of these columns", error)) from None
    check_mapping(mapping)
    return mapping


def match_columns(
    session: Session, *, actor: Actor, import_id: UUID, raw: Mapping[str, Any]
) -> LogbookImport:
    """Say what the columns of a logbook are, and how they are written."""
    job = _open(session, actor, import_id)
    mapping = as_mapping(raw)
    job.mapping = dict(raw)
    check_columns(open_logbook(job), mapping)
    return _changed(session, job, ImportState.MATCHING)


def match_words(
    session: Session, *, actor: Actor, import_id: UUID, values: Mapping[str, Mapping[str, str]]
) -> LogbookImport:
    """Say what the words of a logbook mean, and let it be looked at as a whole."""
    job = _open(session, actor, import_id)
    before = {**job.mapping.get("values", {})}
    for field, words in values.items():
        before[field] = {**before.get(field, {}), **words}
    job.mapping = {**job.mapping, "values": before}
    as_mapping(job.mapping)
    job.is_matched = True
    return _start(_changed(session, job, ImportState.CHECKING))


def ask_import(session: Session, *, actor: Actor, import_id: UUID) -> LogbookImport:
    """Let a logbook that was looked at be brought in, or gone on with after it was stopped."""
    job = _open(session, actor, import_id)
    if job.state not in {ImportState.CHECKED, ImportState.STOPPED}:
        raise Conflict("Look at what would come in first: something was changed since.")
    return _start(_changed(session, job, ImportState.IMPORTING))


def ask_stop(session: Session, *, actor: Actor, import_id: UUID) -> LogbookImport:
    """Let the work on a logbook end after the patient it is at. Who is in stays, until undone."""
    job = read_import(session, actor=actor, import_id=import_id, lock=True)
    if not ImportState(job.state).may_stop:
        raise Conflict("The registry isn't at work on this logbook any more.")
    _record(session, actor, job, "stop_import", **{"import": str(job.id)})
    job.state = ImportState.STOPPING.value
    return job


def ask_undo(session: Session, *, actor: Actor, import_id: UUID, reason: str) -> LogbookImport:
    """Let everything that a logbook brought in be voided again."""
    job = read_import(session, actor=actor, import_id=import_id, lock=True)
    require_reason(reason)
    if job.batch_id is None or job.state not in _UNDOABLE:
        raise Conflict("Nothing of this logbook is in the registry now.")
    if len(reason.strip()) > _LONGEST_REASON:
        raise RuleViolation.at("reason", f"Shorten this to {_LONGEST_REASON} characters.")
    job.reason = reason.strip()
    return _start(_changed(session, job, ImportState.UNDOING))


_LONGEST_REASON = 400
_UNDOABLE = {ImportState.IMPORTED, ImportState.STOPPED, ImportState.FAILED}


def discard_logbook(session: Session, *, actor: Actor, import_id: UUID) -> LogbookImport:
    """Remove the file of a logbook that isn't wanted, and what was found in it."""
    job = _open(session, actor, import_id)
    job.content = job.findings = None
    _record(session, actor, job, "discard_logbook", **{"import": str(job.id)})
    state = ImportState.IMPORTED if job.batch_id else ImportState.DISCARDED
    return _changed(session, job, state)


def take_findings(session: Session, *, actor: Actor, import_id: UUID) -> tuple[Finding, ...]:
    """Give what was found in a logbook to be taken away: it quotes patients, so the trail says."""
    job = read_import(session, actor=actor, import_id=import_id)
    found = findings_of(job)
    told: dict[str, str | int] = {"import": str(job.id), "findings": len(found)}
    _record(session, actor, job, "download_findings", **told)
    return found


def is_silent(job: LogbookImport, now: datetime) -> bool:
    """Say whether work on a logbook was asked for and whoever was at it has gone."""
    return ImportState(job.state).is_working and job.beat_at < now - SILENT


def _open(session: Session, actor: Actor, import_id: UUID) -> LogbookImport:
    """Read a logbook whose file is still there, and at which nobody works."""
    job = read_import(session, actor=actor, import_id=import_id, lock=True)
    if ImportState(job.state).is_working:
        raise Conflict("The registry is at work on this logbook. Wait a moment.")
    if not ImportState(job.state).is_open or job.content is None:
        raise Conflict("This logbook was brought in or discarded already. Upload the file again.")
    return job


def _start(job: LogbookImport) -> LogbookImport:
    job.beat_at = NEVER
    job.patients_done = job.patients_total = 0
    return job


def _changed(session: Session, job: LogbookImport, state: ImportState) -> LogbookImport:
    job.state = state.value
    job.message = None
    job.beat_at = datetime.now(UTC)
    session.add(job)
    return job


def _record(
    session: Session, actor: Actor, job: LogbookImport, action: str, **told: str | int
) -> None:
    changes = {name: [None, value] for name, value in told.items()}
    record_event(session, actor, action, site_id=job.site_id, changes=changes)
