"""A session ends while somebody types: the page stands, and what was typed is saved after all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, col, select, update

from registry.db.engine import transaction
from registry.db.tables import Assessment, UserSession
from registry.web.deps import get_now
from tests.e2e.conftest import Live
from tests.world import PASSWORD


def times_out(live: Live) -> None:
    long_ago = get_now() - timedelta(hours=3)
    with transaction(live.app.state.engine) as session:
        session.exec(update(UserSession).values(last_seen_at=long_ago))


def notes(live: Live) -> list[str]:
    with Session(live.app.state.engine) as session:
        query = select(Assessment.note).where(col(Assessment.note).is_not(None))
        return [note for note in session.exec(query).all() if note]


def type_a_follow_up(page: Page, live: Live) -> None:
    page.goto(f"/patients/{live.world.pat}/assessments/new")
    page.locator("#f-assessed_on").fill("12/1/2026")
    page.locator("#f-assessment_note").fill("Walked to the sea")
    page.wait_for_load_state("networkidle")


def log_in(page: Page) -> None:
    page.get_by_label("E-mail").fill("alice@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


@pytest.mark.browser
def test_with_script_the_page_stays_and_one_signs_in_beside_it(alice: Page, live: Live) -> None:
    type_a_follow_up(alice, live)
    times_out(live)
    alice.locator("#f-assessment_note").press("Control+Enter")
    dialog = alice.get_by_role("dialog", name="You were logged out")
    expect(dialog).to_be_visible()
    with alice.expect_popup() as opened:
        dialog.get_by_role("link", name="Log in again").click()
    beside = opened.value
    log_in(beside)
    expect(beside.get_by_role("heading", name="You are logged in")).to_be_visible()
    beside.close()
    expect(dialog).to_be_hidden()
    expect(alice.locator("#f-assessment_note")).to_have_value("Walked to the sea")
    alice.locator("[name=average_pain][value='3']").check(force=True)
    alice.get_by_role("button", name="Save follow-up").click()
    alice.wait_for_url(f"**/patients/{live.world.pat}")
    assert notes(live) == ["Walked to the sea"]


@pytest.mark.browser
def test_a_whole_page_that_was_sent_comes_back_after_signing_in(alice: Page, live: Live) -> None:
    alice.goto(f"/patients/{live.world.pat}/edit")
    alice.locator("#f-name").fill("Pat Example")
    alice.locator("#f-reason").fill("Told by the ward")
    times_out(live)
    alice.get_by_role("button", name="Save correction").click()
    log_in(alice)
    expect(alice.get_by_role("heading", name="What you typed is still here")).to_be_visible()
    alice.get_by_role("button", name="Send it now").click()
    expect(alice.locator("body")).to_contain_text("Pat Example")
