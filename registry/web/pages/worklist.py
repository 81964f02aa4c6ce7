"""The worklist: every follow-up that is due or was missed, on the screen or on paper."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.domain.access import Actor, Permission
from registry.domain.windows import WINDOWS
from registry.services.devices import list_refills_due
from registry.services.outcomes import sites_of
from registry.services.worklist import (
    list_due_followups,
    list_waiting_clinicians,
    list_waiting_followups,
)
from registry.web.deps import CurrentActor, ReadSession, Today
from registry.web.forms.worklist import By, WorklistQuestion, read_worklist_question
from registry.web.needs import page_needs
from registry.web.render import render
from registry.web.views.worklist import (
    by_pressure,
    count_waiting,
    dialled,
    group_waiting,
    late_in_words,
    tone_of,
)

router = APIRouter(dependencies=[page_needs(Permission.WRITE_RECORDS)])

MOST = 300
"""More follow-ups than anybody works through are counted, not drawn."""


@router.get("/worklist")
def show_worklist(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today
) -> Response:
    """Show the follow-ups that wait, grouped and narrowed as the address asks.

    On paper stand those alone that can still be had: the others are not to be rung.
    """
    query = request.query_params
    form, question = read_worklist_question({name: query.getlist(name) for name in query})
    on_paper = bool(query.get("print"))
    listed = list_due_followups if on_paper else list_waiting_followups
    waiting = by_pressure(listed(session, actor=actor, today=today, narrow=question.narrow))
    context = {
        "form": form,
        "question": question,
        "groups": group_waiting(waiting[: None if on_paper else MOST], question.by),
        "late_in_words": late_in_words,
        "today": today,
    }
    if on_paper:
        sites = [site.name for site in sites_of(session, actor).values()]
        return render(request, "pages/worklist_on_paper.html", {**context, "sites": sites})
    context |= {
        "counts": count_waiting(waiting),
        "most": MOST,
        "more": len(waiting[MOST:]),
        "tone_of": tone_of,
        "dialled": dialled,
        "refills": list_refills_due(session, actor=actor, today=today),
    }
    choices = _choices(session, actor, today, question)
    return render(request, "pages/worklist.html", {**context, **choices})


def _choices(
    session: Session, actor: Actor, today: date, question: WorklistQuestion
) -> dict[str, object]:
    clinicians = list_waiting_clinicians(session, actor=actor, today=today)
    asked = question.narrow.clinician
    return {
        "windows": [(w.slug, f"at {w.label}") for w in WINDOWS],
        "clinicians": clinicians if asked in (None, *clinicians) else [asked, *clinicians],
        "tabs_by": [
            {
                "label": f"By {by}",
                "href": question.grouped_by(by),
                "current": by is question.by,
            }
            for by in By
        ],
    }
