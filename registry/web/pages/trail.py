"""The audit trail: searched, and its chain checked."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.domain.access import Permission
from registry.services.trail import check_site, search_trail, trail_sites
from registry.web.deps import CurrentActor, ReadSession, Today
from registry.web.forms.trail import KINDS, read_asked
from registry.web.needs import page_needs
from registry.web.render import render
from registry.web.views.trail import tell_trail

router = APIRouter(dependencies=[page_needs(Permission.READ_TRAIL)])

PAGE = 50


@router.get("/trail")
def show_trail(
    request: Request, session: ReadSession, actor: CurrentActor, today: Today
) -> Response:
    """Show what was done, by whom and to what, latest first, as the address asks."""
    query = request.query_params
    sites = trail_sites(session, actor)
    given = {name: query.getlist(name) for name in query}
    asked = read_asked(given, [s.code for s in sites], today)
    found = search_trail(
        session, actor=actor, asked=asked.question, site=asked.site, limit=PAGE + 1
    )
    shown = found[:PAGE]
    context = {
        "form": asked.form,
        "entries": tell_trail(shown),
        "older": asked.url(before=str(shown[-1].event.id)) if len(found) > PAGE else None,
        "newest": asked.url() if asked.question.before else None,
        "sites": [(s.code, s.name) for s in sites],
        "kinds": [(kind, words) for kind, (words, _) in KINDS.items()],
        "narrowed": any(query.values()),
        "withheld": not actor.may_read_records,
    }
    return render(request, "pages/trail.html", context, status=asked.form.status)


@router.get("/trail/{code}/check")
def check_trail(request: Request, session: ReadSession, actor: CurrentActor, code: str) -> Response:
    """Walk a site's chain from end to end and say whether it is whole, and where it ends."""
    check = check_site(session, actor=actor, site=code)
    return render(request, "pages/trail_check.html", {"check": check})
