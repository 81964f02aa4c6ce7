"""Finding a patient. What is searched for is posted: no patient's value stands in an address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.tables import Patient
from registry.domain.access import Actor, Permission
from registry.services.patients import find_patient_by_number, further_numbers, search_patients
from registry.web.deps import CurrentActor, Guarded, ReadSession, Typed
from registry.web.forms.form import Form
from registry.web.needs import page_needs
from registry.web.render import is_htmx, redirect, render
from registry.web.views.patient import diagnosis_of

router = APIRouter(dependencies=[page_needs(Permission.READ_RECORDS)])

PAGE = 25


@router.get("/patients")
def list_patients(
    request: Request,
    session: ReadSession,
    actor: CurrentActor,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """List the patients of one's sites, those registered last first."""
    offset = (page - 1) * PAGE
    found = search_patients(session, actor=actor, text="", limit=PAGE + 1, offset=offset)
    return _show(request, session, Form(), found, page=page)


@router.post("/patients/search", dependencies=[Guarded])
def find_patients(
    request: Request, session: ReadSession, actor: CurrentActor, typed: Typed
) -> Response:
    """Find by the start of a hospital number or name; a whole number goes straight there."""
    form = Form(typed)
    text = form.text("q") or ""
    if text and not is_htmx(request) and (patient := _the_one(session, actor, text)):
        return redirect(request, f"/patients/{patient.id}")
    found = search_patients(session, actor=actor, text=text, limit=PAGE + 1)
    return _show(request, session, form, found)


def _the_one(session: Session, actor: Actor, number: str) -> Patient | None:
    """Find the only patient of one's sites with exactly this hospital number."""
    sites = actor.sites(Permission.READ_RECORDS)
    found = [
        patient
        for site_id in sites
        if (
            patient := find_patient_by_number(
                session, actor=actor, site_id=site_id, hospital_number=number
            )
        )
    ]
    return found[0] if len(found) == 1 else None


def _show(
    request: Request, session: Session, form: Form, found: Sequence[Patient], page: int = 1
) -> Response:
    context = {
        "also": further_numbers(session, found[:PAGE]),
        "form": form,
        "patients": found[:PAGE],
        "diagnosis_of": diagnosis_of,
        "more": len(found) > PAGE,
        "page": page,
        "first": (page - 1) * PAGE + 1,
    }
    return render(request, "pages/patients.html", context, block="found")
