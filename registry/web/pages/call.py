"""Ringing the patients who are due, one after another, five keys each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.base import KeptRow
from registry.db.tables import Assessment, MissedFollowUp
from registry.domain.access import Actor, Permission
from registry.domain.errors import Conflict, NotFound, RuleViolation
from registry.domain.timeline import AVERAGE_SELF
from registry.services.assessments import add_assessment
from registry.services.corrections import get_record, take_back
from registry.services.missed import record_missed_windows
from registry.services.patients import peek_course
from registry.services.worklist import Narrow, WaitingFollowUp, list_due_followups
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms.call import Round, read_call, read_ids, read_round
from registry.web.forms.form import Form
from registry.web.forms.missed import drafts_for
from registry.web.forms.opioid_steps import SAME_AS_LAST
from registry.web.forms.saving import new_submission, save_once
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.call import (
    Saved,
    last_time,
    order_round,
    reason_choices,
    saved_view,
)
from registry.web.views.patient import heading
from registry.web.views.worklist import dialled

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])

ENTERED_IN_ERROR = "Entered in error."


@router.get("/worklist/call")
def show_call(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today
) -> Response:
    """Show the next patient to ring, or that the round is over."""
    query = request.query_params
    asked = {name: query.getlist(name) for name in query}
    standing = read_round(asked)
    patients = _round(session, actor, today, standing)
    saved = saved_view(list(_records(session, actor, asked)))
    if not patients:
        context = {"standing": standing, "saved": saved}
        return render(request, "pages/call_over.html", context)
    form = Form.starting(submission=new_submission())
    return _show(request, session, actor, today, standing, patients, form, saved)


@router.post("/worklist/call", dependencies=[Guarded])
def save_call(
    request: Request, session: WriteSession, actor: CurrentActor, today: Today, typed: Typed
) -> Response:
    """Save what was said, or why nothing could be, and go on to the next patient."""
    form, standing = Form(typed), read_round(typed)
    patient_id = _patient(typed)
    save = _save_reason if form.has("missed") else _save_scores
    try:
        gone_on = save(request, session, actor, today, form, standing, patient_id)
    except Conflict as conflict:
        form.refuse("", str(conflict))
        gone_on = None
    if gone_on is not None:
        return redirect(request, gone_on)
    others = [p for p in _round(session, actor, today, standing) if p != patient_id]
    return _show(request, session, actor, today, standing, [patient_id, *others], form, None)


@router.post("/worklist/call/undo", dependencies=[Guarded])
def undo_call(
    request: Request, session: WriteSession, actor: CurrentActor, typed: Typed
) -> Response:
    """Take back what was just saved: it is voided, and the patient is in the round again."""
    for record in list(_records(session, actor, typed)):
        table: Any = type(record)  # verbs are typed for each table apart
        take_back(session, table, actor=actor, record_id=record.id, reason=ENTERED_IN_ERROR)
    return redirect(request, read_round(typed).url(), flash="Taken back: entered in error.")


def _save_scores(
    request: Request,
    session: Session,
    actor: Actor,
    today: date,
    form: Form,
    standing: Round,
    patient_id: UUID,
) -> str | None:
    """Save an assessment; gives where to go on, None when the form says what is wrong."""
    course = peek_course(session, actor=actor, patient_id=patient_id)
    draft = read_call(form, course, today)

    def write() -> Assessment:
        return add_assessment(session, actor=actor, patient_id=patient_id, draft=draft, today=today)

    receipt = save_once(session, request, actor, form, write)
    if receipt is None:
        return None
    # Without an average of the patient's own the follow-up still waits: not at once, though.
    counts = any(score.type == AVERAGE_SELF for score in draft.scores)
    further = standing.past(patient_id) if counts else standing.skipping(patient_id)
    return further.url(assessment=[receipt.record_id])


def _save_reason(
    request: Request,
    session: Session,
    actor: Actor,
    today: date,
    form: Form,
    standing: Round,
    patient_id: UUID,
) -> str | None:
    """Record why there is no follow-up, for each window of the patient that is open."""
    drafts = drafts_for(_open_now(session, actor, today, patient_id), form.value("missed"))
    made: list[UUID] = []

    def write() -> KeptRow:
        if not drafts:
            raise RuleViolation.at("", "Nothing of this patient waits any more. Go on to the next.")
        rows = record_missed_windows(
            session, actor=actor, patient_id=patient_id, drafts=drafts, today=today
        )
        made.extend(row.id for row in rows)
        return rows[0]

    receipt = save_once(session, request, actor, form, write)
    if receipt is None:
        return None
    return standing.past(patient_id).url(missed=made or [receipt.record_id])


def _round(session: Session, actor: Actor, today: date, standing: Round) -> list[UUID]:
    narrow = standing.question.narrow
    waiting = list_due_followups(session, actor=actor, today=today, narrow=narrow)
    return order_round(waiting, standing)


def _open_now(
    session: Session, actor: Actor, today: date, patient_id: UUID
) -> list[WaitingFollowUp]:
    """List every window of a patient for which a call of today counts, whatever the filters.

    What was read is forgotten, as `peek_course` does: it may be stale once the verb holds its lock.
    """
    narrow = Narrow(patient_id=patient_id)
    waiting = list_due_followups(session, actor=actor, today=today, narrow=narrow)
    session.expunge_all()
    return [w for w in waiting if w.is_open]


def _patient(typed: Mapping[str, Sequence[str]]) -> UUID:
    found = read_ids(typed.get("patient", ()))
    if not found:
        raise NotFound("There is no such patient.")
    return found[0]


def _records(
    session: Session, actor: Actor, named: Mapping[str, Sequence[str]]
) -> Iterator[Assessment | MissedFollowUp]:
    """Find the records just saved that an address or a form names, those that still stand."""
    tables: tuple[tuple[str, type[Assessment] | type[MissedFollowUp]], ...] = (
        ("assessment", Assessment),
        ("missed", MissedFollowUp),
    )
    for kind, table in tables:
        for record_id in read_ids(named.get(kind, ())):
            with suppress(NotFound):
                yield get_record(session, table, actor=actor, record_id=record_id)


def _show(
    request: Request,
    session: Session,
    actor: Actor,
    today: date,
    standing: Round,
    patients: list[UUID],
    form: Form,
    saved: Saved | None,
) -> Response:
    patient_id, *others = patients
    course = peek_course(session, actor=actor, patient_id=patient_id)
    context = {
        **heading(course, today),
        "follow_ups": _open_now(session, actor, today, course.patient.id),
        "left": len(others),
        "again": patient_id in standing.skipped,
        "standing": standing,
        "no_answer": standing.skipping(patient_id).url(),
        "last": last_time(course),
        "phone": dialled(course.patient.phone),
        "form": form,
        "saved": saved,
        "reasons": reason_choices(),
        "open_editor": SAME_AS_LAST,
        "today": today,
    }
    return render(request, "pages/call.html", context, status=form.status)
