"""Your account's tokens: keys for programs that act for you."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from registry.domain.access import Scope
from registry.services.tokens import LONGEST_NAME, create_token, revoke_token
from registry.web.deps import (
    CurrentActor,
    CurrentSignIn,
    Guarded,
    Now,
    SteppedUp,
    Typed,
    WriteSession,
)
from registry.web.forms.form import Form
from registry.web.forms.saving import save
from registry.web.needs import SIGNED_IN, page_needs
from registry.web.pages.account import PAGE, show
from registry.web.render import redirect

router = APIRouter(dependencies=[page_needs(SIGNED_IN)])

_KNOWN = {scope.value: scope for scope in Scope}


@router.post(f"{PAGE}/tokens", dependencies=[Guarded, SteppedUp])
def make_token(
    request: Request, session: WriteSession, signed_in: CurrentSignIn, now: Now, typed: Typed
) -> Response:
    """Make a token and show it, this once."""
    form, actor = Form(typed), signed_in.actor
    days = form.whole("days", "Choose how long it lasts.") or 0
    name = form.text("name", LONGEST_NAME) or ""
    scopes = [_KNOWN[s] for s in form.values("scopes") if s in _KNOWN]
    made = save(
        session,
        form,
        lambda: create_token(
            session,
            actor=actor,
            email=actor.email or "",
            now=now,
            scopes=scopes,
            days=days,
            name=name,
        ),
    )
    return show(request, session, signed_in, now, Form() if made else form, made=made)


@router.post(f"{PAGE}/tokens/{{token_id}}/revoke", dependencies=[Guarded])
def revoke(
    request: Request, session: WriteSession, actor: CurrentActor, now: Now, token_id: UUID
) -> Response:
    """Revoke a token of one's own."""
    revoke_token(session, actor=actor, token_id=token_id, now=now)
    return redirect(request, PAGE, flash="Token revoked.")
