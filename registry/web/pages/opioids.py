"""Pieces for the opioid rows of any form: the drugs that a name may mean, the dose so far."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.domain.drugs import DrugName, search_drugs
from registry.web.deps import CurrentActor, Guarded, Typed
from registry.web.forms.form import Form
from registry.web.forms.opioids import OPIOIDS
from registry.web.forms.rows import with_even_rows
from registry.web.needs import SIGNED_IN, page_needs
from registry.web.render import render
from registry.web.views.opioids import opioids_view

router = APIRouter(dependencies=[page_needs(SIGNED_IN)])

SHOWN = 12
TEMPLATE = "pages/opioids.html"


@router.get("/opioids/drugs")
def list_drugs(request: Request, _actor: CurrentActor, q: str = "") -> Response:
    """List the drugs and products that a half-typed name may mean."""
    options = [{"text": name.written, "note": _note(name)} for name in search_drugs(q, SHOWN)]
    return render(request, TEMPLATE, {"options": options}, block="drugs")


@router.post("/opioids/medd", dependencies=[Guarded])
def compute_medd(request: Request, typed: Typed) -> Response:
    """Say what the rows come to as they stand, and what each drug usually is.

    Nothing is stored and nobody is named.
    """
    form = with_even_rows(Form(typed), OPIOIDS)
    view = opioids_view(form, form.value("opioid_table"))
    return render(request, TEMPLATE, {"view": view}, block="dose")


def _note(name: DrugName) -> str | None:
    return name.drug.label.lower() if name.product else None
