"""A link for a patient as it is handed over: its address, its picture, its last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import segno
from fastapi import Request

from registry.settings import Settings

DAYS = (("1", "1 day"), ("3", "3 days"), ("7", "7 days"), ("14", "14 days"), ("30", "30 days"))


@dataclass(frozen=True, slots=True)
class HandedLink:
    """The address, seen this once, the same as a QR code (an SVG data URI), and the last moment."""

    address: str
    picture: str
    expires_at: datetime


def hand_over(request: Request, secret: str, expires_at: datetime) -> HandedLink:
    """Show a new link."""
    address = address_of(request, secret)
    code = segno.make(address, error="m", micro=False)
    picture = code.svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    return HandedLink(address, picture, expires_at)


def address_of(request: Request, secret: str) -> str:
    """Give the address of a link: under the public one that is set, else as this request came."""
    settings: Settings = request.app.state.settings
    base = settings.public_url or str(request.base_url)
    return f"{base.rstrip('/')}/a/{secret}"
