"""Signing in through the organisation's provider (OpenID Connect)."""

from __future__ import annotations

import json
from dataclasses import asdict
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from registry.db.engine import transaction
from registry.db.vault import Unreadable
from registry.domain.errors import NotAuthenticated, NotFound
from registry.services.sign_in import recognise, record_refused_sign_in
from registry.settings import Settings
from registry.web.cookies import OIDC_COOKIE, local, set_cookie
from registry.web.deps import AppEngine, AppSettings, AppVault, Now
from registry.web.entry import go_on
from registry.web.provider import Asked, answer, ask
from registry.web.render import render

router = APIRouter()

BACK = "/login/provider/back"
MINUTES = 10
_PURPOSE = "sign-in through the provider"


@router.get("/login/provider")
def leave(
    request: Request,
    settings: AppSettings,
    vault: AppVault,
    next: str = "/",  # noqa: A002
) -> Response:
    """Send somebody to the provider; what was asked is kept, sealed, with the browser."""
    _require(settings)
    try:
        asked = ask(settings, _back(request, settings))
    except NotAuthenticated as refused:
        return _refuse(request, refused)
    kept = vault.seal(_PURPOSE, json.dumps({**asdict(asked), "next": local(next)}))
    response = RedirectResponse(asked.address, status_code=HTTPStatus.SEE_OTHER)
    set_cookie(response, OIDC_COOKIE, kept, settings, max_age=MINUTES * 60)
    return response


@router.get(BACK)
def come_back(
    request: Request,
    settings: AppSettings,
    vault: AppVault,
    engine: AppEngine,
    now: Now,
    state: str = "",
    code: str = "",
) -> Response:
    """Believe the provider's answer if it is one to what was asked, and go on."""
    _require(settings)
    try:
        asked, then = _asked(request, vault)
        known = answer(settings, _back(request, settings), asked, state=state, code=code)
        request_id = request.state.request_id
        with transaction(engine) as session:
            user = recognise(
                session, subject=known.subject, email=known.email, request_id=request_id
            )
            response = go_on(
                request,
                session,
                user=user,
                now=now,
                then=then,
                how="provider",
                second_factor=settings.oidc_second_factor,
            )
    except NotAuthenticated as refused:
        with transaction(engine) as session:
            number = request.state.request_id
            record_refused_sign_in(session, email="", request_id=number, why="by the provider")
        return _refuse(request, refused)
    response.delete_cookie(OIDC_COOKIE)
    return response


def _require(settings: Settings) -> None:
    if not (settings.oidc_issuer and settings.oidc_client_id):
        raise NotFound("There is no such page.")


def _back(request: Request, settings: Settings) -> str:
    base = settings.public_url or str(request.base_url)
    return f"{base.rstrip('/')}{BACK}"


def _asked(request: Request, vault: AppVault) -> tuple[Asked, str]:
    try:
        kept = json.loads(vault.unseal(_PURPOSE, request.cookies.get(OIDC_COOKIE, "")))
    except Unreadable:
        raise NotAuthenticated("This sign-in was begun too long ago. Begin again.") from None
    return Asked(kept["address"], kept["state"], kept["nonce"], kept["verifier"]), kept["next"]


def _refuse(request: Request, refused: NotAuthenticated) -> Response:
    context, status = {"why": str(refused)}, HTTPStatus.UNAUTHORIZED
    return render(request, "pages/sign_in_refused.html", context, status=status)
