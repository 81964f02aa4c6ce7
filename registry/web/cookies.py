"""The cookies that let somebody in, all out of reach of scripts and of other sites."""

from __future__ import annotations

import re
import secrets

from fastapi import Request
from fastapi.responses import Response

from registry.settings import Settings
from registry.web.deps import LOGIN_CSRF_COOKIE

PENDING_COOKIE = "assuage_pending"
HELD_COOKIE = "assuage_held"
OIDC_COOKIE = "assuage_oidc"

# One slash, then anything a browser can't take for another host: no second slash, no backslash and
# none of the blanks and controls that browsers drop before they look.
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def local(target: str) -> str:
    """Give an address of our own, and the first page in the place of any other."""
    return target if _LOCAL.fullmatch(target) else "/"


def set_cookie(
    response: Response, name: str, value: str, settings: Settings, *, max_age: int | None = None
) -> None:
    """Leave a secret with the browser."""
    response.set_cookie(
        name, value, max_age=max_age, httponly=True, samesite="lax", secure=settings.https_only
    )


def login_token(request: Request) -> str:
    """Give the token of the forms before sign-in, which is matched against a cookie."""
    return request.cookies.get(LOGIN_CSRF_COOKIE) or secrets.token_urlsafe(32)


def came_from_our_form(request: Request, sent: str) -> bool:
    """Say whether a form before sign-in is one that we gave this browser."""
    kept = request.cookies.get(LOGIN_CSRF_COOKIE, "")
    return bool(kept) and secrets.compare_digest(kept.encode(), sent.encode())
