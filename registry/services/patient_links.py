"""Links by which a patient answers once, without signing in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from registry.db.queries import patient_links as queries
from registry.db.queries.patients import Course, find_patient, load_course, lock_patients
from registry.db.tables import Assessment, PatientLink
from registry.domain.access import Actor, Permission, require
from registry.domain.errors import Conflict, NotFound, RuleViolation, refuse
from registry.domain.rules import check_assessment
from registry.domain.rules.patient_answer import PatientAnswer, check_patient_answer
from registry.services.assessments import insert_assessment
from registry.services.audit import Changes, record_event
from registry.services.outcomes import refresh_outcomes
from registry.services.patients import bounds_of, get_patient, open_course
from registry.services.secrets import digest, new_secret

VALID_DAYS = 7
MOST_DAYS = 30
BY_LINK = "the patient, by link"
"""Who the audit trail names: nobody signed in, and the secret was in the patient's hands."""

_CLOSED = "This link can't be used."


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an open link asks: the change since a procedure only where there was one."""

    asks_change: bool


def make_patient_link(
    session: Session,
    *,
    actor: Actor,
    patient_id: UUID,
    now: datetime,
    valid_days: int = VALID_DAYS,
) -> tuple[PatientLink, str]:
    """Make a link for a patient; gives the row and its secret, which is seen only here.

    A link made before and not used yet is withdrawn: at most one is open.
    """
    course = open_course(session, actor=actor, patient_id=patient_id)
    if course.death is not None:
        raise RuleViolation.at("", "This patient has died: there is nobody to answer.")
    if not 1 <= valid_days <= MOST_DAYS:
        raise RuleViolation.at("valid_days", f"A link is valid for 1 to {MOST_DAYS} days.")
    for earlier in _open_links(session, course, now):
        _withdraw(session, actor, earlier, now)
    secret = new_secret()
    link = PatientLink(
        site_id=course.patient.site_id,
        patient_id=course.patient.id,
        token_hash=digest(secret),
        created_at=now,
        created_by=actor.user_id,
        expires_at=now + timedelta(days=valid_days),
    )
    session.add(link)
    _record(session, actor, "make_link", link, expires_at=link.expires_at)
    return link, secret


def list_open_links(
    session: Session, *, actor: Actor, course: Course, now: datetime
) -> Sequence[PatientLink]:
    """List the links by which a patient can still answer."""
    require(actor, Permission.WRITE_RECORDS, course.patient.site_id)
    return _open_links(session, course, now)


def get_link(session: Session, *, actor: Actor, link_id: UUID) -> PatientLink:
    """Read a link of the actor's sites."""
    link = queries.find_link_by_id(session, actor.sites(Permission.WRITE_RECORDS), link_id)
    if link is None:
        raise NotFound("There is no such link.")
    return link


def withdraw_link(session: Session, *, actor: Actor, link_id: UUID, now: datetime) -> PatientLink:
    """Withdraw a link, so that it can't be used any more; once more changes nothing."""
    seen = get_link(session, actor=actor, link_id=link_id)
    get_patient(
        session,
        actor=actor,
        patient_id=seen.patient_id,
        permission=Permission.WRITE_RECORDS,
        lock=True,
    )
    link = queries.find_link(session, seen.token_hash, lock=True)
    if link is None or link.used_at is not None:
        raise Conflict("The patient has answered by this link; there is nothing to withdraw.")
    if link.revoked_at is None:
        _withdraw(session, actor, link, now)
    return link


def look_at_link(session: Session, *, secret: str, now: datetime) -> Invitation:
    """Say what a link asks; `NotFound` when it can't be used, whatever the reason."""
    link = queries.find_link(session, digest(secret))
    if link is None:
        raise NotFound(_CLOSED)
    course = _course_of(session, link, lock=False)
    _require_open(link, course, now)
    return Invitation(asks_change=bool(course.procedures))


def answer_by_link(
    session: Session,
    *,
    secret: str,
    answer: PatientAnswer,
    now: datetime,
    today: date,
    request_id: str | None = None,
) -> Assessment:
    """Add what a patient answered to the course, and close the link for good.

    `NotFound` when the link can't be used, `RuleViolation` when the answers can't be kept.
    """
    link, course = _open_for_answer(session, secret, now)
    treated_today = any(p.performed_on == today for p in course.procedures)
    draft = answer.to_draft(today, after_procedure=treated_today)
    refuse([*check_patient_answer(answer), *check_assessment(draft, bounds_of(course, today))])
    patient = Actor(name=BY_LINK, request_id=request_id)
    row = insert_assessment(session, actor=patient, patient=course.patient, draft=draft)
    session.flush()
    link.used_at, link.assessment_id = now, row.id
    session.add(link)
    refresh_outcomes(session, course.plus(row))
    session.flush()
    return row


def _open_links(session: Session, course: Course, now: datetime) -> Sequence[PatientLink]:
    everyone = [course.patient.id, *(p.id for p in course.merged)]
    return queries.list_open_links(session, course.patient.site_id, everyone, now)


def _withdraw(session: Session, actor: Actor, link: PatientLink, now: datetime) -> None:
    link.revoked_at = now
    session.add(link)
    _record(session, actor, "withdraw_link", link, revoked_at=now)


def _record(
    session: Session, actor: Actor, action: str, link: PatientLink, **moments: datetime
) -> None:
    """Tell the trail of a link, but not the hash by which it is found."""
    changes: Changes = {name: [None, at.isoformat()] for name, at in moments.items()}
    changes["patient_id"] = [None, str(link.patient_id)]
    record_event(session, actor, action, record=link, changes=changes)
    session.flush()


def _open_for_answer(session: Session, secret: str, now: datetime) -> tuple[PatientLink, Course]:
    """Lock the patient, then the link, and read both anew: of two answers at once one is late."""
    seen = queries.find_link(session, digest(secret))
    if seen is None:
        raise NotFound(_CLOSED)
    course = _course_of(session, seen, lock=True)
    link = queries.find_link(session, seen.token_hash, lock=True)
    if link is None:
        raise NotFound(_CLOSED)
    _require_open(link, course, now)
    return link, course


def _course_of(session: Session, link: PatientLink, *, lock: bool) -> Course:
    """Read the course that a link's answer goes to; `Conflict` while its records are merged.

    Both records are locked in the order in which a merge locks them: else each could wait for the
    other.
    """
    asked = find_patient(session, [link.site_id], link.patient_id)
    if asked is None:
        raise NotFound(_CLOSED)
    kept_id = asked.merged_into_id or asked.id
    if lock:
        lock_patients(session, link.site_id, {asked.id, kept_id})
    kept = find_patient(session, [link.site_id], kept_id)
    if kept is None or kept.merged_into_id or (asked.merged_into_id or asked.id) != kept_id:
        raise Conflict("These records were merged, or parted, a moment ago. Send it once more.")
    return load_course(session, kept)


def _require_open(link: PatientLink, course: Course, now: datetime) -> None:
    closed = link.used_at is not None or link.revoked_at is not None or link.expires_at <= now
    if closed or course.death is not None:
        raise NotFound(_CLOSED)
