"""Asking somebody to sign in, or to prove themselves, again: what they typed is never lost."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from registry.db.engine import transaction
from registry.domain.errors import NotAuthenticated, RegistryError
from registry.services.held_forms import HELD_FOR, hold_form
from registry.services.sessions import owner_of
from registry.web.cookies import HELD_COOKIE, set_cookie
from registry.web.deps import (
    SESSION_COOKIE,
    get_app_settings,
    get_engine,
    get_now,
    get_vault,
    read_form,
)

SIGNED_OUT = "X-Signed-Out"
"""Tells the page that a piece of it was asked for in vain: it stays as it is, and asks."""

# Passwords and codes are typed there, or nothing at all: they are never held.
_NEVER_HELD = ("/login", "/logout", "/step-up", "/account", "/unsent", "/people", "/welcome")


async def ask_again(request: Request, error: RegistryError) -> Response:
    """Lead somebody to the page that asks; back where they were, they find what they had sent.

    A piece of a page that was asked for by script leaves the page alone instead.
    """
    signed_out = isinstance(error, NotAuthenticated)
    page = "/login" if signed_out else "/step-up"
    if "hx-request" in request.headers:
        mark = {SIGNED_OUT: page}
        return Response(str(error), status_code=HTTPStatus.UNAUTHORIZED, headers=mark)
    if request.method in {"GET", "HEAD"}:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return _see(f"{page}?next={quote(here)}")
    held = await _hold(request)
    response = _see(page if held or signed_out else f"{page}?next=/")
    if held:
        seconds = int(HELD_FOR.total_seconds())
        set_cookie(response, HELD_COOKIE, held, get_app_settings(request), max_age=seconds)
    return response


async def _hold(request: Request) -> str | None:
    """Hold what was sent, for whoever was signed in with this browser."""
    if request.url.path.startswith(_NEVER_HELD):
        return None
    try:
        fields = await read_form(request)
    except HTTPException:
        return None
    fields.pop("csrf_token", None)
    return await run_in_threadpool(_keep, request, fields)


def _keep(request: Request, fields: dict[str, list[str]]) -> str | None:
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    try:
        with transaction(get_engine(request)) as session:
            owner = owner_of(session, secret=request.cookies.get(SESSION_COOKIE, ""))
            if owner is None:
                return None
            return hold_form(
                session,
                get_vault(request),
                user_id=owner,
                address=address,
                fields=fields,
                now=get_now(),
            )
    except SQLAlchemyError:
        return None


def _see(address: str) -> Response:
    return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)
