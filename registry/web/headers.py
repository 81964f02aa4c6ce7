"""What every response carries: a request's number and the rules that the browser must keep."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from registry.db.base import new_id

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


HSTS = "max-age=31536000"
"""Told to browsers that came over TLS, so that they never come without it again."""


def dress(headers: MutableHeaders, request_id: str, *, over_tls: bool) -> None:
    """Put the request's number and the security headers on a response."""
    headers["X-Request-Id"] = request_id
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Frame-Options"] = "DENY"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if over_tls:
        headers["Strict-Transport-Security"] = HSTS
    headers.setdefault("Cache-Control", "no-store")


def is_over_tls(scope: Scope) -> bool:
    """Say whether a request came over TLS, or must have: a proxy in front of us may end it."""
    return scope.get("scheme") == "https" or scope["app"].state.settings.https_only


class Headers:
    """Number each request and dress each response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and dress its response."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = new_id().hex
        scope.setdefault("state", {})["request_id"] = request_id

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                dress(MutableHeaders(scope=message), request_id, over_tls=is_over_tls(scope))
            await send(message)

        await self.app(scope, receive, dressed)
