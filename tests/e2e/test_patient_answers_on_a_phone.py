"""A frail person answers by a link on a small phone: large, one question at a time, no script."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Locator, Page
from sqlalchemy import Engine
from sqlmodel import select

from registry.db.engine import transaction
from registry.db.tables import Assessment
from registry.services.patient_links import make_patient_link
from tests.e2e.accessibility import barriers
from tests.e2e.conftest import Live

TOO_SMALL = """() => [...document.querySelectorAll('.pick, .big, textarea')]
  .filter((e) => e.getBoundingClientRect().height < 56).map((e) => e.textContent.trim())"""
TOO_FINE = """() => [...document.querySelectorAll('main *')]
  .filter((e) => e.innerText && parseFloat(getComputedStyle(e).fontSize) < 20)
  .map((e) => e.innerText)"""
IN_VIEW = """() => {
  const top = document.querySelector(':target').getBoundingClientRect().top;
  return Math.abs(top) < 4;
}"""


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_does(browser: Browser, live: Live, engine: Engine, scheme: str) -> None:
    with transaction(engine) as session:
        _, secret = make_patient_link(
            session, actor=live.world.alice, patient_id=live.world.pat, now=datetime.now(UTC)
        )
    context = browser.new_context(
        base_url=live.url,
        viewport={"width": 320, "height": 640},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(f"/a/{secret}")
    read_well(page)
    answer_by_keyboard(page)
    read_well(page)
    page.get_by_role("button", name="Change: Your pain at its worst").click()
    assert page.evaluate(IN_VIEW)
    radios(page, "at its worst").get_by_role("radio", name="7", exact=True).check()
    page.get_by_role("button", name="Check my answers").click()
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    read_well(page)
    page.goto(f"/a/{secret}")
    page.get_by_role("heading", name="This link does not work").wait_for()
    read_well(page)
    assert context.cookies() == []
    context.close()
    with transaction(engine, write=False) as session:
        row = session.exec(select(Assessment).where(Assessment.source == "link")).one()
        assert (row.regimen_text, row.medd_mg) == ("MST 20 mg bd", 40)


def answer_by_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Start
    assert page.evaluate(IN_VIEW)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # 0
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert radios(page, "on average").get_by_role("radio", name="4", exact=True).is_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Next question
    assert page.evaluate(IN_VIEW)
    radios(page, "at its worst").get_by_role("radio", name="6", exact=True).check()
    radios(page, "Since the treatment").get_by_role("radio", name="much better").first.check()
    page.get_by_label("What did you take").fill("MST 20 mg bd")
    page.get_by_role("button", name="Check my answers").click()
    page.get_by_role("heading", name="You said").wait_for()


def radios(page: Page, question: str) -> Locator:
    return page.get_by_role("group", name=question)


def read_well(page: Page) -> None:
    assert barriers(page, "wcag2aaa") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(TOO_SMALL) == []
    assert page.evaluate(TOO_FINE) == []
    assert page.locator("script").count() == 0
