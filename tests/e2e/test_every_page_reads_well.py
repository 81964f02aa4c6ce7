"""Each page in a real browser: no accessibility violation, no sideways scroll, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.db.tables import Membership, UserAccount
from registry.web.views.report import show_catalogue
from tests.e2e.accessibility import SCREENS, faults, faults_at_any_size
from tests.e2e.conftest import Live, sign_in
from tests.e2e.test_an_auditors_walk import (
    give_password,
    go_on,
    make_a_bundle,
    take_up_a_second_factor,
)
from tests.exchange.logbook_files import row, write_logbook
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
    "second factor": lambda w: "/account/second-factor",
    "nowhere": lambda w: "/nowhere",
}
KEEPING: dict[str, Callable[[World], str]] = {
    "account": lambda w: "/account",
    "step up": lambda w: "/step-up",
    "exports": lambda w: "/exports",
    "trail": lambda w: "/trail",
    "trail check": lambda w: "/trail/NORTH/check",
    "people": lambda w: "/people",
    "person": lambda w: f"/people/{w.alice.user_id}",
    "settings": lambda w: "/sites/SOUTH/settings",
}
"""What is shown to who keeps the registry: one person who may all of it."""
LONG: dict[int, list[str]] = {1280: ["/reports/card?technique=coeliac-plexus"], 360: REPORTS}
"""One template serves every report, so each is asked once, where it is hardest: on a phone."""


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_it_does(
    browser: Browser, live: Live, width: int, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(
        base_url=live.url, viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    page = context.new_page()
    heard = listen(page)
    found = {"sign in": _faults(page, PAGES["sign in"](live.world), width)}
    sign_in(page, "alice@example.org")
    for name, address in PAGES.items():
        if name != "sign in":
            found[name] = _faults(page, address(live.world), width)
    found |= {address: _faults(page, address, width) for address in LONG[width]}
    context.close()
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert heard == []


def _faults(page: Page, address: str, width: int) -> list[str]:
    page.goto(address)
    if page.locator("[data-figure]").count():
        page.wait_for_selector(".figure-canvas.is-drawn")
    return faults(page, width)


@pytest.mark.browser
def test_what_one_who_keeps_the_registry_sees_does(
    page: Page, live: Live, engine: Engine, tmp_path: Path
) -> None:
    world = live.world
    with transaction(engine) as session:
        session.get_one(UserAccount, world.audrey.user_id).system_admin = True
        session.add(Membership(user_id=world.audrey.user_id, site_id=world.south, role="admin"))
    settings = live.app.state.settings.model_copy(update={"export_folder": tmp_path / "exports"})
    live.app.state.settings = settings
    heard, found = listen(page), {}

    give_password(page)
    page.wait_for_url("**/login/second-factor**")
    found["first second factor"] = faults_at_any_size(page)
    take_up_a_second_factor(page)
    found["recovery codes"] = faults_at_any_size(page)
    go_on(page)
    make_a_bundle(page)
    found["export"] = faults_at_any_size(page)
    for name, address in KEEPING.items():
        page.goto(address(world))
        found[name] = faults_at_any_size(page)
    page.context.clear_cookies()
    give_password(page)
    page.wait_for_url("**/login/code**")
    found["code"] = faults_at_any_size(page)
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert heard == []


@pytest.mark.browser
def test_each_step_of_an_import_does(page: Page, live: Live, tmp_path: Path) -> None:
    rows = [row(), row(Hosp_No="N101", Pain_pre="12/10"), row(Hosp_No="N102", Procedure="CPN?")]
    sign_in(page, "alice@example.org")
    heard, found = listen(page), {}
    page.goto("/imports")
    page.set_input_files("input[type=file]", write_logbook(tmp_path / "log.csv", *rows))
    page.get_by_role("button", name="Upload and look at it").click()
    page.wait_for_url("**/columns")
    found["columns"] = faults_at_any_size(page)
    page.get_by_role("button", name="Go on to the words").click()
    page.wait_for_url("**/words")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    found["words"] = faults_at_any_size(page)
    page.get_by_role("button", name="Look at what would come in").click()
    page.get_by_role("button", name="Bring 1 row in").wait_for()
    found["look"] = faults_at_any_size(page)
    page.get_by_role("button", name="Bring 1 row in").click()
    page.get_by_text("Undo this import").click()
    found["in"] = faults_at_any_size(page)
    page.goto("/imports")
    found["list"] = faults_at_any_size(page)
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert heard == []


def listen(page: Page) -> list[str]:
    """Hear what the page complains of on its console; that an address is nowhere is no fault."""
    heard: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "/nowhere" not in message.location["url"]:
            heard.append(f"{page.url}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: heard.append(f"{page.url}: {error}"))
    return heard
