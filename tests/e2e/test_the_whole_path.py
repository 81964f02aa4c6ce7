"""The whole path in a browser: log, follow up, die, and the comparison follows; also scriptless."""

from __future__ import annotations

import csv
import io

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Live, sign_in


def state_counts(page: Page, window: str) -> dict[str, str]:
    """Read the visceral row of the state table, as anybody can who opens it."""
    page.goto(f"/outcomes?window={window}")
    report = page.locator("section", has=page.locator("#states-question"))
    report.locator("summary", has_text="Table").first.click()
    table = report.get_by_role("table")
    header = table.get_by_role("columnheader").all_inner_texts()
    row = table.get_by_role("row").filter(has_text="Visceral")
    cells = [
        *row.get_by_role("rowheader").all_inner_texts(),
        *row.get_by_role("cell").all_inner_texts(),
    ]
    return dict(zip(header, cells, strict=True))


@pytest.mark.browser
def test_a_procedure_a_follow_up_and_a_death_change_the_comparison(alice: Page, live: Live) -> None:
    before = state_counts(alice, "7d")
    assert (before["Treated"], before["Responder"]) == ("1", "0")

    alice.goto("/procedures/new")
    alice.locator("#f-hospital_number").fill("H2")
    alice.keyboard.press("Tab")
    alice.locator("#f-birth_date").fill("2/3/1948")
    alice.locator("#who").get_by_text("Male", exact=True).click()
    alice.locator("#f-performed_on").fill("2/2/2026")
    alice.locator("#f-technique").press_sequentially("splanchnic")
    alice.wait_for_selector("[role=option]:visible")
    alice.keyboard.press("Enter")
    alice.wait_for_selector("#f-intent")
    alice.locator("label:has(#f-average_pain-8)").click()
    alice.get_by_role("button", name="Log procedure").click()
    alice.wait_for_url("**/patients/*")
    expect(alice.get_by_role("heading", level=1)).to_contain_text("H2")
    logged = state_counts(alice, "7d")
    assert (logged["Treated"], logged["Alive, not assessed"]) == ("2", "2")

    alice.goto("/")
    alice.keyboard.press("/")
    alice.keyboard.type("H2")
    alice.keyboard.press("Enter")
    alice.wait_for_url("**/patients/*")
    patient = alice.url
    alice.get_by_role("link", name="Add follow-up").first.click()
    alice.locator("#f-assessed_on").fill("9/2/2026")
    alice.locator("label:has(#f-average_pain-3)").click()
    alice.get_by_role("button", name="Save follow-up").click()
    expect(alice.get_by_text("3/10").first).to_be_visible()
    followed = state_counts(alice, "7d")
    assert (followed["Responder"], followed["Alive, not assessed"]) == ("1", "1")

    alice.goto(patient)
    alice.get_by_role("link", name="Record death").first.click()
    alice.locator("#f-died_on").fill("20/2/2026")
    alice.get_by_role("button", name="Record death").click()
    expect(alice.get_by_text("died 20 Feb 2026", exact=False).first).to_be_visible()
    assert state_counts(alice, "7d")["Responder"] == "1"
    month = state_counts(alice, "28d")
    assert (month["Died before"], month["Responder"]) == ("1", "0")

    alice.goto("/exports")
    alice.get_by_label("Purpose").fill("audit")
    with alice.expect_download() as coming:
        alice.get_by_role("button", name="Export 2 rows").click()
    text = coming.value.path().read_text("utf-8")
    rows = {r["technique"]: r for r in csv.DictReader(io.StringIO(text))}
    splanchnic = rows["splanchnic-nerves"]
    assert (splanchnic["state_7d"], splanchnic["state_28d"]) == ("responder", "died_before")
    assert splanchnic["days_to_death"] == "18"


@pytest.mark.browser
def test_the_same_pages_work_without_script(browser: Browser, live: Live) -> None:
    context = browser.new_context(base_url=live.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "alice@example.org")
    page.goto(f"/procedures/new?patient={live.world.pat}")
    page.locator("#f-technique").fill("erector spinae plane")
    page.get_by_role("button", name="Show this technique").click()
    page.locator("label:has(#f-average_pain-6)").click()
    page.get_by_role("button", name="Log procedure").click()
    expect(page.get_by_text("Erector spinae plane").first).to_be_visible()
    page.get_by_role("link", name="Add follow-up").first.click()
    page.get_by_text("After", exact=True).click()
    page.locator("label:has(#f-average_pain-2)").click()
    page.get_by_role("button", name="Save follow-up").click()
    expect(page.get_by_text("2/10").first).to_be_visible()
    page.goto("/outcomes")
    expect(page.get_by_text("Fascial plane, chest wall").first).to_be_attached()
    context.close()


@pytest.mark.browser
def test_a_figure_answers_to_the_mouse_and_keeps_the_page_s_policy(alice: Page) -> None:
    alice.goto("/outcomes")
    alice.wait_for_selector("#states-1 .is-drawn .point path")
    alice.locator("#states-1 .point path").first.hover(force=True)
    expect(alice.locator("#states-1 .hovertext").first).to_be_visible()
