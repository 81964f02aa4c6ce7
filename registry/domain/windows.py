"""The follow-up windows: when, after a procedure, its effect is asked for."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Window:
    """A span of days from the procedure, both ends included.

    Of several assessments inside it the one nearest to `target` counts, the earlier on a tie. For
    the follow-up windows the target is the span's centre; for the baseline it is the procedure
    itself, so the last word before the needle is the baseline.
    """

    slug: str
    label: str
    opens: int
    target: int
    closes: int

    def holds(self, day: int) -> bool:
        """Say whether a day, counted from the procedure, lies in the window."""
        return self.opens <= day <= self.closes

    def opens_on(self, performed_on: date) -> date:
        """Give the first calendar day on which the follow-up can be done."""
        return performed_on + timedelta(days=self.opens)

    def target_on(self, performed_on: date) -> date:
        """Give the calendar day for which the follow-up is planned."""
        return performed_on + timedelta(days=self.target)

    def closes_on(self, performed_on: date) -> date:
        """Give the last calendar day on which the follow-up still counts."""
        return performed_on + timedelta(days=self.closes)


def _window(raw: dict[str, Any]) -> Window:
    return Window(raw["slug"], raw["label"], raw["opens"], raw["target"], raw["closes"])


_CONTENT = tomllib.loads(
    resources.files("registry.domain.content").joinpath("windows.toml").read_text("utf-8")
)

WINDOWS_VERSION: str = _CONTENT["version"]
BASELINE: Window = _window(_CONTENT["baseline"])
WINDOWS: tuple[Window, ...] = tuple(_window(raw) for raw in _CONTENT["windows"])


def window(slug: str) -> Window:
    """Find a follow-up window by its slug; `KeyError` when there is none."""
    return {w.slug: w for w in WINDOWS}[slug]
