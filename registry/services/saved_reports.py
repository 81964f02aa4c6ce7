"""Reports that people keep: a name for an address, shared within a site."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from registry.db.queries.saved_reports import find_saved, find_saved_by_name, list_saved
from registry.db.tables import SavedReport
from registry.domain.access import Actor, Permission, require
from registry.domain.errors import NotFound, NotPermitted, RuleViolation
from registry.services.audit import created, record_event, snapshot

LONGEST_NAME = 120
LONGEST_QUERY = 2000


def save_report(
    session: Session, *, actor: Actor, site_id: UUID, name: str, report: str, query: str
) -> SavedReport:
    """Keep a report and its filters under a name, for everybody of the site who sees outcomes.

    `RuleViolation` at `name` when it is empty, too long, or stands for another report already.
    """
    require(actor, Permission.READ_OUTCOMES, site_id)
    told = " ".join(name.split())
    if not told:
        raise RuleViolation.at("name", "Give the report a name.")
    if len(told) > LONGEST_NAME:
        raise RuleViolation.at("name", f"Shorten the name to {LONGEST_NAME} characters.")
    if len(query) > LONGEST_QUERY:
        raise RuleViolation.at("name", "So many filters can't be saved. Take some away.")
    if find_saved_by_name(session, site_id, told):
        message = "Your service has a report of this name already. Choose another name."
        raise RuleViolation.at("name", message)
    row = SavedReport(
        site_id=site_id, name=told, report=report, query=query, created_by=actor.user_id
    )
    session.add(row)
    session.flush()
    record_event(session, actor, "save_report", record=row, changes=created(row))
    return row


def list_saved_reports(session: Session, *, actor: Actor) -> list[SavedReport]:
    """List what is kept at the actor's sites, by name."""
    return list_saved(session, actor.sites(Permission.READ_OUTCOMES))


def remove_saved_report(session: Session, *, actor: Actor, saved_id: UUID) -> None:
    """Take a name away. Who saved it may, and who manages the site."""
    row = find_saved(session, actor.sites(Permission.READ_OUTCOMES), saved_id)
    if row is None:
        raise NotFound("There is no such saved report.")
    if not may_remove(actor, row):
        raise NotPermitted("Only who saved this report, or the site's administrator, removes it.")
    gone = {name: [value, None] for name, value in snapshot(row).items()}
    record_event(session, actor, "remove_report", record=row, changes=gone)
    session.delete(row)
    session.flush()


def may_remove(actor: Actor, row: SavedReport) -> bool:
    """Say whether the actor may take a saved report away."""
    own = actor.user_id is not None and row.created_by == actor.user_id
    return own or actor.may(Permission.MANAGE_SITE, row.site_id)
