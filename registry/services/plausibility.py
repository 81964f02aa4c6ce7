"""Asking once about what is unlikely, and remembering the answer and who gave it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session

from registry.db.queries.confirmations import list_confirmations
from registry.db.tables import Assessment, Confirmation, DeviceCheck, Procedure
from registry.domain.access import Actor
from registry.domain.drafts import Confirmed
from registry.domain.errors import Doubt, Doubtful


def ask(
    session: Session,
    doubts: Iterable[Doubt],
    confirmed: Confirmed,
    record: Assessment | Procedure | DeviceCheck | None = None,
) -> list[Doubt]:
    """Give the doubts that were answered just now; raise `Doubtful` while one has no answer.

    What was answered for the record before is not asked again. Where nobody can be asked
    (`confirmed` None) nothing is raised and nothing counts as answered.
    """
    if confirmed is None:
        return []
    known = (
        {c.code for c in list_confirmations(session, record.site_id, [record.id])}
        if record
        else set()
    )
    new = [d for d in doubts if d.code not in known]
    if open_ones := [d for d in new if d.code not in confirmed]:
        raise Doubtful(open_ones)
    return new


def remember(
    session: Session,
    actor: Actor,
    record: Assessment | Procedure | DeviceCheck,
    answered: Iterable[Doubt],
) -> None:
    """Keep that somebody said yes to these doubts about a record."""
    session.add_all(
        Confirmation(
            site_id=record.site_id,
            patient_id=record.patient_id,
            record_type=str(type(record).__tablename__),
            record_id=record.id,
            code=doubt.code,
            message=doubt.message,
            user_id=actor.user_id,
            actor=actor.name,
        )
        for doubt in answered
    )


def confirmations_of(
    session: Session, site_id: UUID, record_ids: Iterable[UUID]
) -> dict[UUID, list[Confirmation]]:
    """Give what was confirmed about each of these records."""
    found: dict[UUID, list[Confirmation]] = {}
    for row in list_confirmations(session, site_id, list(record_ids)):
        found.setdefault(row.record_id, []).append(row)
    return found
