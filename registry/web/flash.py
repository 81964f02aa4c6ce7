"""A word to say on the next page: what was saved. Never a patient's data."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

COOKIE = "assuage_flash"


@dataclass(frozen=True, slots=True)
class Flash:
    """What was left for this page."""

    messages: tuple[dict[str, str], ...]

    def clear(self, response: Response) -> None:
        """Forget it once it was shown."""
        if self.messages:
            response.delete_cookie(COOKIE, httponly=True, samesite="lax")


def put_flash(request: Request, response: Response, text: str) -> None:
    """Leave a word for the next page."""
    value = urlsafe_b64encode(text.encode()).decode()
    secure: bool = request.app.state.settings.https_only
    response.set_cookie(COOKIE, value, max_age=60, httponly=True, samesite="lax", secure=secure)


def take_flash(request: Request) -> Flash:
    """Read the word left for this page; an unreadable cookie is no word."""
    try:
        text = urlsafe_b64decode(request.cookies.get(COOKIE, "")).decode()
    except ValueError:
        text = ""
    return Flash(({"kind": "ok", "text": text},) if text else ())
