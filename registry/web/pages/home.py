"""Today's work: follow-ups due and the last procedures."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.domain.access import Actor
from registry.services.worklist import list_due_followups, list_last_procedures
from registry.web.deps import CurrentActor, ReadSession, Today
from registry.web.needs import SIGNED_IN, page_needs
from registry.web.render import render
from registry.web.views.worklist import (
    count_due,
    group_due,
    late_in_words,
    recent_completeness,
    tone_of,
)

router = APIRouter(dependencies=[page_needs(SIGNED_IN)])


@router.get("/")
def show_home(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today
) -> Response:
    """Show what waits to be done; to those who see no records, what they can do instead."""
    if not actor.may_read_records:
        return render(request, "pages/home_without_records.html", _abilities(actor))
    due = list_due_followups(session, actor=actor, today=today)
    context = {
        "today": today,
        "groups": group_due(due),
        "late_in_words": late_in_words,
        "tone_of": tone_of,
        "ring": any(call.is_due for call in due),
        "last": list_last_procedures(session, actor=actor),
        "counts": [count_due(due), *recent_completeness(session, actor=actor, today=today)],
        "may_write": actor.may_write_records,
    }
    return render(request, "pages/home.html", context)


def _abilities(actor: Actor) -> dict[str, object]:
    return {
        "roles": sorted({role.value for role in actor.roles.values()}),
        "may_compare": actor.may_read_outcomes,
        "may_export": actor.may_export,
    }
