"""Merging two records of one patient."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.db.tables import Patient
from registry.domain.access import Permission
from registry.services.merging import merge_patients
from registry.services.patients import peek_course
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms.correction import LONGEST_REASON, REASON
from registry.web.forms.form import Form
from registry.web.forms.merging import KEEP, SHOWN, STEP, Pair, find_pair, read_choice
from registry.web.forms.saving import save
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.merging import pick, side_of
from registry.web.views.patient import heading

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])


@router.get("/patients/{patient_id}/merge")
def ask_to_merge(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, patient_id: UUID
) -> Response:
    """Ask for the number of the other record."""
    course = peek_course(session, actor=actor, patient_id=patient_id)
    return _show(request, today, Pair(course, None, seen=False), Form())


@router.post("/patients/{patient_id}/merge", dependencies=[Guarded])
def merge(
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    patient_id: UUID,
    typed: Typed,
) -> Response:
    """Show the other record beside this one, or merge the two."""
    course = peek_course(session, actor=actor, patient_id=patient_id)
    form = Form(typed)
    pair = find_pair(session, actor, course, form)
    session.expunge_all()  # the verb reads anew under its locks
    if pair.other is None or not pair.seen or form.value(STEP) != "merge":
        return _show(request, today, pair, form)
    keep_id, merge_id = read_choice(form, pair.this, pair.other)
    reason = form.text(REASON, LONGEST_REASON) or ""

    def write() -> Patient:
        return merge_patients(
            session,
            actor=actor,
            keep_id=keep_id,
            merge_id=merge_id,
            reason=reason,
            confirmed=form.confirmed,
        )

    if save(session, form, write) is not None:
        return redirect(request, f"/patients/{keep_id}", flash="The two records are merged.")
    return _show(request, today, pair, form)


def _show(request: Request, today: date, pair: Pair, form: Form) -> Response:
    sides = [side_of(c) for c in (pair.this, pair.other) if c]
    if pair.other is not None:
        shown = [str(pair.other.patient.id)]
        form.typed = {KEEP: [str(pair.this.patient.id)], **form.typed, SHOWN: shown}
    context = {
        **heading(pair.this, today),
        "form": form,
        "sides": sides if pair.other else [],
        "choices": pick(sides),
    }
    return render(request, "pages/merge_patients.html", context, status=form.status)
