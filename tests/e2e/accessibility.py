"""What axe finds wrong with a page as it stands, by everything that it can check."""

from __future__ import annotations

from typing import Literal

from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page

SCREENS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1280, "light"), (360, "dark"))
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_SCRIPT = Axe().axe_script
# What passed is as long as the page, and to describe each of its elements takes longer than to
# judge it: only what did not pass is asked for.
_RUN = """tags => axe.run({runOnly: tags, resultTypes: ["violations"]}).then(
    found => found.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 120)}`))
)"""


def barriers(page: Page, *further: str) -> list[str]:
    """Name each rule that the page breaks, of `further` sets too, and the element that does."""
    page.evaluate(_SCRIPT)
    found: list[str] = page.evaluate(_RUN, [*_RULES, *further])
    return found


def faults_at_any_size(page: Page) -> list[str]:
    """Look at a page as a large light screen and as a small dark one show it."""
    found = []
    for width, scheme in SCREENS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour midway
        found += [f"{width} {scheme}: {fault}" for fault in faults(page, width)]
    return found


def faults(page: Page, width: int) -> list[str]:
    """Name what is wrong with a page as it stands: barriers, and a need to scroll sideways."""
    across = page.evaluate("document.documentElement.scrollWidth")
    return [*barriers(page), *([f"{across} px wide"] if across > width else [])]
