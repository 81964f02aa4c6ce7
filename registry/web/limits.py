"""How much a request may send: refused at once where it says so, else as soon as it is more."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_FORM = 2_000_000
LARGEST_UPLOAD = 21_000_000
"""Bytes of a logbook's file and the form around it."""
UPLOADS = frozenset({"/imports"})
"""The addresses that take a file."""


class BodyLimit:
    """Keeps a body from filling memory or disk before anybody looked at it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body counted."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = LARGEST_UPLOAD if scope["path"] in UPLOADS else LARGEST_FORM
        told, came = _told_length(scope), 0

        async def counted() -> Message:
            nonlocal came
            if told > limit:
                raise _too_large(limit)
            message = await receive()
            came += len(message.get("body", b""))
            if came > limit:
                raise _too_large(limit)
            return message

        await self.app(scope, counted, send)


def _told_length(scope: Scope) -> int:
    value = next((v for name, v in scope["headers"] if name == b"content-length"), b"0")
    return int(value) if value.isdigit() else 0


def _too_large(limit: int) -> HTTPException:
    megabytes = limit // 1_000_000
    return HTTPException(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"This is too large: {megabytes} MB can be sent at most. Nothing was saved.",
    )
