"""The people of the registry, for whoever manages sites and accounts."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.tables import Site, UserAccount
from registry.domain.access import Actor, Role
from registry.domain.errors import Conflict, RuleViolation
from registry.services.account_links import make_password_link
from registry.services.accounts import list_all_sites, list_people
from registry.services.people import add_person
from registry.services.sites import add_site
from registry.web.deps import (
    CurrentActor,
    Guarded,
    Now,
    ReadSession,
    SteppedUp,
    Typed,
    WriteSession,
)
from registry.web.forms.form import Form
from registry.web.forms.saving import save
from registry.web.needs import ACCOUNTS, page_needs
from registry.web.render import redirect, render
from registry.web.views.people import address_of, rows_of

router = APIRouter(dependencies=[page_needs(ACCOUNTS)])

PAGE = "/people"


@router.get(PAGE)
def show_people(request: Request, session: ReadSession, actor: CurrentActor) -> Response:
    """List who can sign in, and offer to add somebody or a site."""
    return _show(request, session, actor, Form())


@router.post(PAGE, dependencies=[Guarded, SteppedUp])
def add(
    request: Request, session: WriteSession, actor: CurrentActor, now: Now, typed: Typed
) -> Response:
    """Give somebody a role at a site, and show the link by which a new person comes in."""
    form = Form(typed)
    sites = list_all_sites(session, actor=actor)

    def write() -> UserAccount:
        site = next((s for s in sites if s.code == form.value("site")), None)
        if site is None:
            raise RuleViolation.at("site", "Choose one of the sites.")
        return add_person(
            session,
            actor=actor,
            email=form.value("email"),
            name=form.value("name"),
            password=None,
            site=site,
            role=_role(form),
        )

    try:
        user = save(session, form, write)
    except Conflict as known:
        form.refuse("email", str(known))
        user = None
    if user is None:
        return _show(request, session, actor, form)
    if user.password_hash or user.oidc_subject:
        return redirect(request, f"{PAGE}/{user.id}", flash="Has the role from now on.")
    secret = make_password_link(session, actor=actor, user_id=user.id, now=now)
    return _show(request, session, actor, Form(), link=address_of(request, secret), whose=user.name)


@router.post(f"{PAGE}/sites", dependencies=[Guarded, SteppedUp])
def open_site(
    request: Request, session: WriteSession, actor: CurrentActor, typed: Typed
) -> Response:
    """Open a site."""
    form = Form(typed)

    def write() -> Site:
        code, name = form.value("site_code"), form.value("site_name")
        return add_site(session, actor=actor, code=code, name=name)

    site = save(session, form, write)
    if site is None:
        return _show(request, session, actor, form)
    return redirect(request, PAGE, flash=f"{site.name} is open. Add its people.")


def _role(form: Form) -> Role:
    chosen = form.value("role")
    if chosen not in set(Role):
        raise RuleViolation.at("role", "Choose one of the roles.")
    return Role(chosen)


def _show(
    request: Request,
    session: Session,
    actor: Actor,
    form: Form,
    link: str | None = None,
    whose: str = "",
) -> Response:
    people = list_people(session, actor=actor)
    context = {
        "form": form,
        "rows": rows_of(people),
        "sites": [(s.code, f"{s.name} ({s.code})") for s in list_all_sites(session, actor=actor)],
        "roles": [(role.value, role.value) for role in Role],
        "link": link,
        "whose": whose,
    }
    return render(request, "pages/people.html", context, status=form.status)
