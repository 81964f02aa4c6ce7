"""Undoing a merge: the other record stands for itself again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.tables import Patient
from registry.domain.access import Actor, Permission
from registry.services.corrections import Amendment
from registry.services.merging import peek_merged, read_own_course, undo_merge
from registry.services.patients import peek_course
from registry.web.deps import CurrentActor, Guarded, ReadSession, Today, Typed, WriteSession
from registry.web.forms.correction import save_correction
from registry.web.forms.form import Form
from registry.web.needs import page_needs
from registry.web.render import redirect, render
from registry.web.views.merging import side_of
from registry.web.views.patient import heading

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])


@router.get("/patients/{patient_id}/undo-merge")
def ask_to_part(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today, patient_id: UUID
) -> Response:
    """Show what would be parted, and ask why."""
    merged = peek_merged(session, actor=actor, merged_id=patient_id)
    form = Form.starting(version=merged.version)
    return _show_undo(request, session, actor, today, merged, form)


@router.post("/patients/{patient_id}/undo-merge", dependencies=[Guarded])
def part(
    request: Request,
    session: WriteSession,
    actor: CurrentActor,
    today: Today,
    patient_id: UUID,
    typed: Typed,
) -> Response:
    """Let a merged record stand for itself again."""
    merged = peek_merged(session, actor=actor, merged_id=patient_id)
    form = Form(typed)

    def write(amendment: Amendment) -> object:
        return undo_merge(session, actor=actor, merged_id=patient_id, amendment=amendment)

    if save_correction(session, form, write):
        flash = "The merge is undone: this record stands for itself again."
        return redirect(request, f"/patients/{patient_id}", flash=flash)
    return _show_undo(request, session, actor, today, merged, form)


def _show_undo(
    request: Request,
    session: Session,
    actor: Actor,
    today: date,
    merged: Patient,
    form: Form,
) -> Response:
    course = peek_course(session, actor=actor, patient_id=merged.id)
    context = {
        **heading(course, today),
        "form": form,
        "record": merged,
        "side": side_of(read_own_course(session, merged)),
    }
    return render(request, "pages/undo_merge.html", context, status=form.status)
