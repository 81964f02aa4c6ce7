"""What a page of reports speaks of: the words that stand under every figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Scope:
    """The population in words ("Therapeutic procedures, all sites, Jan 2024 to Nov 2026").

    `cut_off` is the day for which states were settled; `synthetic` data say so wherever they show.
    `since` and `until` are the first and last day asked for, both included; None: no bound.
    """

    population: str
    cut_off: date
    synthetic: bool = False
    since: date | None = None
    until: date | None = None

    def sentence(self, *parts: str) -> str:
        """Join population, further parts and cut-off to the subtitle of a figure or table."""
        made_up = ("Synthetic data",) if self.synthetic else ()
        day = f"{self.cut_off.day} {self.cut_off:%b %Y}"
        return " · ".join((*made_up, self.population, *parts, f"cut-off {day}"))
