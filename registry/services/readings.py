"""Reads leave a line in the trail as writes do: who saw which patient, and whom a report told of.

A verb that shows something notes it in its session; who opened the session writes the notes down
once the answer is made and before it is sent (`write_readings`, `add_readings`). An answer whose
line can't be kept is not given.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from registry.db.base import SiteRow
from registry.db.engine import transaction
from registry.domain.access import Actor
from registry.services.audit import TOLD, Changes, record_event, whom

VIEW_PATIENT = "view_patient"
LIST_PATIENTS = "list_patients"
VIEW_REPORT = "view_report"
VIEW_TRAIL = "view_trail"
REFUSE = "refuse"

_NOTES = "readings"


@dataclass(frozen=True, slots=True)
class _Reading:
    actor: Actor
    action: str
    site_id: UUID
    record: SiteRow | None
    told: Mapping[str, Any]


def note_patient(session: Session, actor: Actor, record: SiteRow) -> None:
    """Note that an actor sees a patient, or one record of theirs."""
    of = getattr(record, "patient_id", None)
    told = {"patient_id": str(of)} if of else {}
    _note(session, _Reading(actor, VIEW_PATIENT, record.site_id, record, told))


def note_patients(session: Session, actor: Actor, seen: Iterable[tuple[UUID, UUID]]) -> None:
    """Note that an actor sees patients in a list, given as (site, patient): one line a site."""
    by_site: dict[UUID, list[str]] = {}
    for site_id, patient_id in seen:
        by_site.setdefault(site_id, []).append(str(patient_id))
    for site_id, ids in by_site.items():
        told = {"patients": list(dict.fromkeys(ids))}
        _note(session, _Reading(actor, LIST_PATIENTS, site_id, None, told))


def note_report(
    session: Session, actor: Actor, sites: Iterable[UUID], told: Mapping[str, Any]
) -> None:
    """Note that an actor sees a report of some sites; `told` names it, its filters and choices."""
    for site_id in sites:
        _note(session, _Reading(actor, VIEW_REPORT, site_id, None, told))


def note_trail(
    session: Session, actor: Actor, sites: Iterable[UUID], told: Mapping[str, Any]
) -> None:
    """Note that an actor searches the trail of some sites, and for what."""
    for site_id in sites:
        _note(session, _Reading(actor, VIEW_TRAIL, site_id, None, told))


def _note(session: Session, reading: _Reading) -> None:
    """Keep a note once, however often an answer reads the same."""
    told = json.dumps(reading.told, sort_keys=True)
    of_whom = reading.record.id if reading.record else None
    key = (reading.action, reading.site_id, of_whom, told)
    session.info.setdefault(_NOTES, {})[key] = reading


def write_readings(engine: Engine, session: Session, page: str) -> None:
    """Write down what was noted in a session that has ended, and on which page."""
    if notes := _take_notes(session):
        with transaction(engine) as writing:
            _record(writing, notes, page)


def add_readings(session: Session, page: str) -> None:
    """Write down, in a session that writes, what was noted in it and no line of it tells of."""
    told = session.info.get(TOLD, set())
    notes = _take_notes(session)
    _record(session, [n for n in notes if n.record is None or not told & whom(n.record)], page)


def _take_notes(session: Session) -> list[_Reading]:
    notes: dict[Any, _Reading] = session.info.pop(_NOTES, {})
    return list(notes.values())


def _record(session: Session, notes: Iterable[_Reading], page: str) -> None:
    # Always in one order: two who write to the same sites' trails can't block each other.
    for reading in sorted(notes, key=lambda reading: str(reading.site_id)):
        told = {"page": page, **reading.told}
        record_event(
            session,
            reading.actor,
            reading.action,
            site_id=reading.site_id,
            record=reading.record,
            changes=_as_changes(told),
        )


def write_refusal(
    engine: Engine, actor: Actor, *, page: str, why: str, site_id: UUID | None, told: str | None
) -> None:
    """Write down that an actor was refused: at the site, where it is known, else at their only one.

    `told` is the id that was asked for, where one was.
    """
    where = site_id or (next(iter(actor.roles)) if len(actor.roles) == 1 else None)
    changes: dict[str, Any] = {"page": page, "why": why}
    if told is not None:
        changes["asked_for"] = told
    with transaction(engine) as writing:
        record_event(writing, actor, REFUSE, site_id=where, changes=_as_changes(changes))


def _as_changes(told: Mapping[str, Any]) -> Changes:
    return {name: [None, value] for name, value in told.items()}
