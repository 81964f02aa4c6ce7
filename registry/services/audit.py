"""Writing the audit trail: every verb that changes or gives away something calls this."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, SQLModel

from registry import __version__
from registry.db.base import SiteRow
from registry.db.migrate import head_revision
from registry.db.queries.trail import hold_head
from registry.db.sealed import vault
from registry.db.tables import Assessment, AuditEvent, DeviceCheck, MeasureRow, Procedure
from registry.domain.access import Actor
from registry.domain.identifiers import SEALED
from registry.domain.timeline import Respondent
from registry.domain.trail import REGISTRY_CHAIN, Link, seal

Changes = dict[str, list[Any]]

TOLD = "told of"
"""Where a session keeps whom its lines are about: who writes to a record has seen it."""

_BOOKKEEPING = {
    "site_id",
    "id",
    "version",
    "created_at",
    "assessment_id",
    "procedure_id",
    "device_check_id",
}


def record_event(
    session: Session,
    actor: Actor,
    action: str,
    *,
    site_id: UUID | None = None,
    record: SiteRow | None = None,
    changes: Changes | None = None,
    reason: str | None = None,
) -> AuditEvent:
    """Add a line to the trail, in the transaction of what it tells about, and seal it.

    From here to the commit nobody else can add to the same site's trail: call it late.
    """
    event = new_line(actor, action, site_id=site_id, record=record, changes=changes, reason=reason)
    session.info.setdefault(TOLD, set()).update(whom(record) if record else ())
    head = hold_head(session, event.chain)
    end = link(event, Link(head.number, head.seal))
    head.number, head.seal = end.number, end.seal
    session.add(event)
    return event


def new_line(
    actor: Actor,
    action: str,
    *,
    site_id: UUID | None = None,
    record: SiteRow | None = None,
    changes: Changes | None = None,
    reason: str | None = None,
) -> AuditEvent:
    """Make a line that has no place in its chain yet."""
    where = record.site_id if record else site_id
    return AuditEvent(
        site_id=where,
        user_id=actor.user_id,
        actor=actor.name,
        role=actor.role_at(where),
        action=action,
        record_type=str(type(record).__tablename__) if record else None,
        record_id=record.id if record else None,
        changes=sealed(json.loads(json.dumps(changes or {}))),
        reason=reason,
        request_id=actor.request_id,
        app_version=__version__,
        schema_version=head_revision() or "",
        chain=str(where) if where else REGISTRY_CHAIN,
        number=0,
        previous="",
        seal="",
    )


def link(event: AuditEvent, end: Link) -> Link:
    """Put a line behind the end of its chain, sealed; gives the chain's new end."""
    event.number, event.previous = end.number + 1, end.seal
    event.seal = seal(says(event), event.previous)
    return Link(event.number, event.seal)


def whom(record: SiteRow) -> set[UUID]:
    """Name a record and its patient, as a session keeps whom its lines are about."""
    return {record.id, getattr(record, "patient_id", None) or record.id}


_MARK = "sealed:"


def sealed(changes: Changes) -> Changes:
    """Seal what identifies a patient: a line can't be changed any more, the key can be lost."""
    return {
        name: [_sealed(value) for value in both] if name in SEALED else both
        for name, both in changes.items()
    }


def unsealed(changes: Mapping[str, Any]) -> Changes:
    """Give a line's changes to those who may read the record."""
    return {
        name: [_unsealed(value) for value in both] if name in SEALED else both
        for name, both in changes.items()
    }


def _sealed(value: Any) -> Any:
    return value if value is None else _MARK + vault().seal("audit", str(value))


def _unsealed(value: Any) -> Any:
    told = isinstance(value, str) and value.startswith(_MARK)
    return vault().unseal("audit", value.removeprefix(_MARK)) if told else value


_SEALS = {"previous", "seal"}


def says(event: AuditEvent) -> dict[str, Any]:
    """Give all that a line says and its seal covers: everything but the seals themselves."""
    return event.model_dump(exclude=_SEALS)


def snapshot(record: SQLModel) -> dict[str, Any]:
    """Take a record's values, its parts included, as plain JSON for the trail."""
    values = _plain(record)
    if isinstance(record, Assessment):
        values["scores"] = {f"{s.kind}/{s.recall}/{s.respondent}": s.score for s in record.scores}
        values["measures"] = {_named(m): m.value for m in record.measures}
        values["opioids"] = [_plain(item) for item in record.opioids]
    if isinstance(record, DeviceCheck):
        values["infusate"] = [_plain(item) for item in record.infusate]
    if isinstance(record, Procedure):
        values["agents"] = [_plain(agent) for agent in record.agents]
        values["guidance"] = sorted(g.mode for g in record.guidance)
    return values


def _named(measure: MeasureRow) -> str:
    """Name a measure, and whose word it is where that isn't the patient's own: `pgic/proxy`."""
    if measure.respondent in (None, Respondent.SELF):
        return measure.instrument
    return f"{measure.instrument}/{measure.respondent}"


def _plain(record: SQLModel) -> dict[str, Any]:
    return {
        name: _json(value)
        for name, value in record.model_dump().items()
        if name not in _BOOKKEEPING and value is not None
    }


def _json(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """Give `{field: [old, new]}` for what two snapshots differ in."""
    return {
        name: [before.get(name), after.get(name)]
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    }


def created(record: SQLModel) -> Changes:
    """Give the changes that a new record is."""
    return differences({}, snapshot(record))
