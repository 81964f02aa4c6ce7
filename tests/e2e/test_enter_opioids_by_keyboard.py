"""Entering opioids by the keyboard alone: as rows, the same as last time, or as text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine
from sqlalchemy.orm import selectinload
from sqlmodel import Session, desc, select

from registry.db.tables import Assessment
from registry.domain.opioids import Regimen
from registry.domain.regimens import read_regimen
from registry.services.timelines import to_regimen
from tests.e2e.conftest import Live, sign_in

TEXT = "MST 30 bd, Oramorph 10mg prn x4, gabapentin 300 tds, Endone 5-10 mg prn"
READ = "MST 30 bd, Oramorph 10mg prn x4, gabapentin 300 tds"

pytestmark = pytest.mark.browser


@pytest.fixture
def follow_up(alice: Page, live: Live) -> Page:
    """Open a new follow-up of Pat, who took morphine 30 mg twice a day before."""
    alice.goto(f"/patients/{live.world.pat}/assessments/new")
    return alice


def last_saved(engine: Engine) -> Regimen | None:
    with Session(engine) as session:
        latest = select(Assessment).order_by(desc(Assessment.assessed_on)).limit(1)
        return to_regimen(session.exec(latest.options(selectinload(Assessment.opioids))).one())


def fill(page: Page, field: str, typed: str) -> None:
    page.locator(f"#f-opioids-{field}").focus()
    page.keyboard.type(typed)


def test_a_row_knows_its_drug_and_asks_for_the_number_taken(
    follow_up: Page, engine: Engine
) -> None:
    fill(follow_up, "0-drug", "sevre")
    follow_up.wait_for_selector("[role=option]:visible")
    follow_up.keyboard.press("Enter")
    expect(follow_up.locator("#f-opioids-0-drug")).to_have_value("Sevredol")
    expect(follow_up.locator("#usual-opioids-0-route")).to_have_text("oral, usual")
    expect(follow_up.locator("#usual-opioids-0-unit")).to_have_text("mg, usual")
    expect(follow_up.locator("#usual-opioids-0-form")).to_have_text("IR (immediate release), usual")
    offered = follow_up.locator("#s-opioids-0 option")
    assert [o.get_attribute("value") for o in offered.all()] == ["10", "20", "50"]
    assert follow_up.locator("#f-opioids-0-dose").get_attribute("list") == "s-opioids-0"
    follow_up.keyboard.press("Tab")
    follow_up.keyboard.type("20")
    expect(follow_up.get_by_label("Times a day")).to_be_visible()
    follow_up.locator("#f-opioids-0-as_needed").focus()
    follow_up.keyboard.press("Space")
    follow_up.get_by_label("Number taken").focus()
    follow_up.keyboard.type("3")
    expect(follow_up.locator("#medd")).to_contain_text("60 mg/24 h")
    expect(follow_up.locator("#medd")).to_contain_text("not for switching opioids")
    follow_up.keyboard.press("Control+Enter")
    follow_up.wait_for_url("**/patients/*")
    (item,) = last_saved(engine) or ()
    assert (item.drug, item.product, item.form) == ("morphine", "Sevredol", "IR")
    assert (item.dose, item.per_day, item.as_needed) == (20, 3, True)


@pytest.mark.parametrize("key", ["=", "Alt+s"])
def test_one_key_takes_over_what_was_taken_last_time(
    follow_up: Page, engine: Engine, key: str
) -> None:
    fill(follow_up, "0-drug", "fent")
    follow_up.keyboard.press(key)
    expect(follow_up.locator("#f-opioids-0-drug")).to_have_value("Morphine")
    expect(follow_up.locator("#f-opioids-0-dose")).to_be_focused()
    expect(follow_up.locator("#f-opioids-0-dose")).to_have_value("30")
    expect(follow_up.locator("#medd")).to_contain_text("60 mg/24 h")
    follow_up.keyboard.press("Control+Enter")
    follow_up.wait_for_url("**/patients/*")
    (item,) = last_saved(engine) or ()
    assert (item.drug, item.dose, item.per_day) == ("morphine", 30, 2)


def test_the_log_form_takes_over_the_last_regimen_once_it_knows_the_patient(alice: Page) -> None:
    alice.goto("/procedures/new")
    expect(alice.get_by_role("button", name="Same as last time")).to_have_count(0)
    alice.locator("#f-hospital_number").fill("H1")
    alice.keyboard.press("Enter")
    alice.get_by_role("button", name="Same as last time").wait_for()
    alice.keyboard.press("Alt+s")
    expect(alice.locator("#f-opioids-0-drug")).to_have_value("Morphine")
    expect(alice.locator("#medd")).to_contain_text("60 mg/24 h")


def test_the_keys_are_listed(follow_up: Page) -> None:
    follow_up.locator("h1").click()
    follow_up.keyboard.press("?")
    expect(follow_up.locator("#shortcuts")).to_contain_text("Opioids same as last time")


def test_a_text_is_read_into_rows_and_what_is_not_understood_stays_in_its_box(
    follow_up: Page, engine: Engine
) -> None:
    follow_up.locator(".opioid-text > summary").press("Enter")
    follow_up.locator("#f-opioids-text").focus()
    follow_up.keyboard.insert_text(TEXT)
    follow_up.keyboard.press("Enter")
    box = follow_up.locator("#f-opioids-text")
    expect(box).to_have_value("Endone 5-10 mg prn")
    expect(box).to_be_focused()
    expect(follow_up.locator("#e-opioids-text")).to_contain_text("not understood")
    expect(follow_up.locator("#f-opioids-1-drug")).to_have_value("Oramorph")
    medd = follow_up.locator("#medd")
    expect(medd).to_contain_text("At least 100 mg/24 h")
    expect(medd).to_contain_text("Recorded, not converted:")

    follow_up.keyboard.press("Control+Enter")  # what is in the box would be lost: refused
    expect(follow_up.locator("#error-summary")).to_contain_text("not in the rows yet")
    follow_up.locator("#f-opioids-text").fill("")
    follow_up.keyboard.press("Control+Enter")
    follow_up.wait_for_url("**/patients/*")
    assert last_saved(engine) == read_regimen(READ).items


def test_another_table_is_looked_at_and_nothing_of_it_is_kept(
    follow_up: Page, engine: Engine
) -> None:
    fill(follow_up, "0-drug", "BuTrans")
    fill(follow_up, "0-dose", "20")
    medd = follow_up.locator("#medd")
    expect(medd).to_contain_text("CDC 2022 has no factor for transdermal buprenorphine")
    follow_up.get_by_label("Look at another table beside it").select_option("uk-fpm-2020")
    expect(medd).to_contain_text("48 mg/24 h")
    expect(medd).to_contain_text("CDC 2022 has no factor for transdermal buprenorphine")
    follow_up.locator("#f-opioids-0-dose").focus()
    follow_up.keyboard.press("Control+Enter")
    follow_up.wait_for_url("**/patients/*")
    with Session(engine) as session:
        saved = session.exec(select(Assessment).order_by(desc(Assessment.assessed_on))).first()
        assert saved is not None
        assert (saved.medd_table, saved.medd_complete) == ("cdc-2022", False)


@pytest.fixture
def unscripted(browser: Browser, live: Live) -> Iterator[Page]:
    """Sign Alice in with a browser that runs no script."""
    context = browser.new_context(base_url=live.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "alice@example.org")
    yield page
    context.close()


def test_without_script_the_same_steps_are_buttons(
    unscripted: Page, live: Live, engine: Engine
) -> None:
    page = unscripted
    page.goto(f"/patients/{live.world.pat}/assessments/new")
    page.get_by_role("button", name="Same as last time").click()
    expect(page.locator("#f-opioids-0-drug")).to_have_value("Morphine")
    page.get_by_label("Note").fill("as she says")
    page.locator(".opioid-text > summary").click()
    page.locator("#f-opioids-text").fill(TEXT)
    page.get_by_role("button", name="Read into rows").click()
    expect(page.locator("#f-opioids-text")).to_have_value("Endone 5-10 mg prn")
    expect(page.get_by_label("Note")).to_have_value("as she says")
    expect(page.locator("#f-opioids-2-drug")).to_have_value("Oramorph")
    page.locator("#f-opioids-text").fill("")
    page.get_by_role("button", name="Save follow-up").click()
    page.wait_for_url("**/patients/*")
    saved = last_saved(engine) or ()
    assert saved[1:] == read_regimen(READ).items
