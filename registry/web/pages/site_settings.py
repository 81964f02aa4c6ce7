"""What a site decides for itself: eligibility floor, conversion table, cut-off of small numbers."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.tables import Site
from registry.domain.access import Actor, Permission
from registry.domain.errors import Conflict
from registry.domain.opioids import conversion_tables
from registry.services.sites import (
    FLOORS,
    THRESHOLDS,
    change_settings,
    check_settings,
    foresee_settings,
    get_managed_site,
    list_managed_sites,
    mark,
    settings_of,
)
from registry.web.deps import CurrentActor, Guarded, ReadSession, Typed, WriteSession
from registry.web.forms.correction import LONGEST_REASON, REASON
from registry.web.forms.form import Form
from registry.web.forms.saving import save
from registry.web.forms.site_settings import PREVIEWED, SEEN, read_settings, settings_values
from registry.web.needs import page_needs
from registry.web.render import redirect, render

router = APIRouter(dependencies=[page_needs(Permission.MANAGE_SITE)])


@router.get("/sites")
def go_to_settings(request: Request, session: ReadSession, actor: CurrentActor) -> Response:
    """Go to the settings of the first site that the actor manages; its page names the others."""
    sites = list_managed_sites(session, actor=actor)
    return redirect(request, f"/sites/{sites[0].code}/settings")


@router.get("/sites/{code}/settings")
def show_settings(
    request: Request, session: ReadSession, actor: CurrentActor, code: str
) -> Response:
    """Show what a site has decided, to be changed."""
    site = get_managed_site(session, actor=actor, code=code)
    return _show(request, session, actor, site, Form.starting(**settings_values(settings_of(site))))


@router.post("/sites/{code}/settings", dependencies=[Guarded])
def save_settings(
    request: Request, session: WriteSession, actor: CurrentActor, code: str, typed: Typed
) -> Response:
    """Show what a change would do, or, once that was shown, make it."""
    site = get_managed_site(session, actor=actor, code=code)
    form = Form(typed)
    settings = read_settings(form)
    reason = form.text(REASON, LONGEST_REASON) or ""
    if form.value(PREVIEWED) != mark(settings):
        form.add(p for p in check_settings(settings) if form.error(p.field) is None)
        return _show(request, session, actor, site, form, preview=not form.problems)
    seen = form.value(SEEN)

    def write() -> Site:
        return change_settings(
            session, actor=actor, code=code, settings=settings, seen=seen, reason=reason
        )

    try:
        if save(session, form, write) is not None:
            return redirect(request, f"/sites/{code}/settings", flash="Settings changed.")
    except Conflict as stale:
        form.refuse("", str(stale))
        form.typed = {**form.typed, SEEN: [mark(settings_of(site))]}
    return _show(request, session, actor, site, form, preview=True)


def _show(
    request: Request,
    session: Session,
    actor: Actor,
    site: Site,
    form: Form,
    *,
    preview: bool = False,
) -> Response:
    tables = conversion_tables()
    settings = read_settings(form) if preview else settings_of(site)
    changed = settings != settings_of(site)
    context = {
        "form": form,
        "site": site,
        "sites": list_managed_sites(session, actor=actor),
        "standing": settings_of(site),
        "settings": settings,
        "effect": foresee_settings(session, site, settings) if preview and changed else None,
        "unchanged": preview and not changed,
        "previewed": mark(settings),
        "tables": [(t.id, t.title) for t in tables.values()],
        "floors": [(str(n), str(n)) for n in FLOORS],
        "thresholds": [(str(n), f"below {n}") for n in THRESHOLDS],
    }
    return render(request, "pages/site_settings.html", context, status=form.status)
