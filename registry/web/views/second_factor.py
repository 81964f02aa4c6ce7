"""A second factor as it is offered: to be scanned, or typed."""

from __future__ import annotations

from dataclasses import dataclass

import segno

from registry.services.second_factor import Offer


@dataclass(frozen=True, slots=True)
class DrawnOffer:
    """The secret in groups of four, and the same as a QR code (an SVG data URI)."""

    secret: str
    picture: str


def draw_offer(offer: Offer) -> DrawnOffer:
    """Draw an offered second factor."""
    code = segno.make(offer.address, error="m", micro=False)
    picture = code.svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    return DrawnOffer(" ".join(offer.secret[i : i + 4] for i in range(0, 32, 4)), picture)
