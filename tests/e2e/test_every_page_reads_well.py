"""Each page in a real browser: no accessibility violation, no sideways scroll, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from registry.web.views.report import show_catalogue
from tests.e2e.conftest import Live, sign_in
from tests.world import World

REPORTS = [entry["href"] for entry in show_catalogue() if entry["href"] != "/outcomes"]
PAGES: dict[str, Callable[[World], str]] = {
    "sign in": lambda w: "/login",
    "today": lambda w: "/",
    "worklist": lambda w: "/worklist",
    "worklist by patient": lambda w: "/worklist?by=patient",
    "worklist on paper": lambda w: "/worklist?print=1",
    "ring": lambda w: f"/worklist/call?first={w.pat}",
    "no follow-up": lambda w: f"/patients/{w.pat}/missed-follow-ups/new",
    "log a procedure": lambda w: "/procedures/new",
    "patients": lambda w: "/patients",
    "patient": lambda w: f"/patients/{w.pat}",
    "follow-up": lambda w: f"/patients/{w.pat}/assessments/new",
    "adverse event": lambda w: f"/procedures/{w.celiac}/adverse-events/new",
    "death": lambda w: f"/patients/{w.pat}/death/new",
    "particulars": lambda w: f"/patients/{w.pat}/edit",
    "history": lambda w: f"/patients/{w.pat}/history",
    "merge": lambda w: f"/patients/{w.pat}/merge",
    "void": lambda w: f"/procedures/{w.celiac}/void",
    "outcomes": lambda w: "/outcomes",
    "outcomes of nothing": lambda w: "/outcomes?mechanism=somatic",
    "reports": lambda w: "/reports",
    "exports": lambda w: "/exports",
    "nowhere": lambda w: "/nowhere",
}
LONG: dict[int, list[str]] = {1280: ["/reports/card?technique=coeliac-plexus"], 360: REPORTS}
"""One template serves every report, so each is asked once, where it is hardest: on a phone."""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_it_does(browser: Browser, live: Live, width: int, scheme: str) -> None:
    context = browser.new_context(
        base_url=live.url, viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    page = context.new_page()
    found = {"sign in": _faults(page, PAGES["sign in"](live.world), width)}
    sign_in(page, "alice@example.org")
    for name, address in PAGES.items():
        if name != "sign in":
            found[name] = _faults(page, address(live.world), width)
    found |= {address: _faults(page, address, width) for address in LONG[width]}
    context.close()
    assert {name: faults for name, faults in found.items() if faults} == {}


def _faults(page: Page, address: str, width: int) -> list[str]:
    page.goto(address)
    if page.locator("[data-figure]").count():
        page.wait_for_selector(".figure-canvas.is-drawn")
    violations = Axe().run(page, options=RULES)["violations"]
    faults = [f"{v['id']}: {node['html'][:120]}" for v in violations for node in v["nodes"]]
    across = page.evaluate("document.documentElement.scrollWidth")
    return [*faults, *([f"{across} px wide"] if across > width else [])]
