"""Finding what somebody did last, so that it can be offered again."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import and_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from registry.db.queries.parts import with_parts
from registry.db.tables import AuditEvent, Procedure


def find_last_of_technique(
    session: Session, sites: Collection[UUID], technique: str
) -> Procedure | None:
    """Find the procedure of a technique that was logged last at these sites."""
    query = _standing(sites).where(Procedure.technique == technique)
    return session.exec(query.order_by(col(Procedure.id).desc()).limit(1)).first()


def find_last_by(
    session: Session, sites: Collection[UUID], user_id: UUID, technique: str | None = None
) -> Procedure | None:
    """Find the procedure, of a technique if one is named, that this person logged last."""
    query = _standing(sites).join(
        AuditEvent,
        and_(
            col(AuditEvent.site_id) == Procedure.site_id,
            col(AuditEvent.record_type) == Procedure.__tablename__,
            col(AuditEvent.record_id) == Procedure.id,
        ),
    )
    query = query.where(AuditEvent.user_id == user_id, AuditEvent.action == "log_procedure")
    if technique is not None:
        query = query.where(Procedure.technique == technique)
    return session.exec(query.order_by(col(Procedure.id).desc()).limit(1)).first()


def _standing(sites: Collection[UUID]) -> SelectOfScalar[Procedure]:
    return (
        select(Procedure)
        .where(col(Procedure.site_id).in_(sites), col(Procedure.voided_at).is_(None))
        .options(*with_parts(Procedure))
    )
