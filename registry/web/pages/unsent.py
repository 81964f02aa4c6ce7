"""What was sent after a session had ended: shown again, and sent on."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from registry.services.held_forms import drop_form, recall_form
from registry.web.cookies import HELD_COOKIE, local
from registry.web.deps import (
    AppVault,
    CurrentActor,
    Guarded,
    Now,
    ReadSession,
    Typed,
    WriteSession,
)
from registry.web.entry import UNSENT
from registry.web.needs import SIGNED_IN, page_needs
from registry.web.render import redirect, render

router = APIRouter(dependencies=[page_needs(SIGNED_IN)])

TO = "unsent-address"


@router.get(UNSENT)
def show_unsent(
    request: Request, session: ReadSession, vault: AppVault, actor: CurrentActor, now: Now
) -> Response:
    """Show that a form is still here, to be sent on or thrown away."""
    secret = request.cookies.get(HELD_COOKIE, "")
    held = actor.user_id and recall_form(
        session, vault, user_id=actor.user_id, secret=secret, now=now
    )
    if not held:
        return redirect(request, "/")
    fields = [(name, value) for name, values in held.fields.items() for value in values]
    context = {"fields": fields, "address_field": TO, "address": held.address}
    return render(request, "pages/unsent.html", context)


@router.post(UNSENT, dependencies=[Guarded])
def send_on(request: Request, session: WriteSession, actor: CurrentActor, typed: Typed) -> Response:
    """Send a held form to where it was sent in vain: the browser repeats it there as it stands."""
    drop_form(session, secret=request.cookies.get(HELD_COOKIE, ""))
    target = local("".join(typed.get(TO, ["/"])[:1]))
    response = RedirectResponse(target, status_code=HTTPStatus.TEMPORARY_REDIRECT)
    response.delete_cookie(HELD_COOKIE)
    return response


@router.post(f"{UNSENT}/drop", dependencies=[Guarded])
def drop(request: Request, session: WriteSession, actor: CurrentActor) -> Response:
    """Throw a held form away."""
    drop_form(session, secret=request.cookies.get(HELD_COOKIE, ""))
    response = redirect(request, "/", flash="Thrown away: nothing was saved.")
    response.delete_cookie(HELD_COOKIE)
    return response
