"""Two records of one person, merged and parted in a real browser."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.services.patients import register_patient
from tests.e2e.accessibility import barriers
from tests.e2e.conftest import Live
from tests.world import TODAY, patient_draft


@pytest.mark.browser
def test_merge_confirm_find_and_undo(alice: Page, live: Live, engine: Engine) -> None:
    world = live.world
    with transaction(engine) as session:
        register_patient(
            session,
            actor=world.alice,
            site_id=world.north,
            draft=patient_draft("H2", birth_date=date(1951, 5, 17)),
            today=TODAY,
        )
    alice.goto(f"/patients/{world.pat}")
    alice.get_by_text("More", exact=True).click()
    alice.get_by_role("link", name="Merge records").click()
    alice.get_by_label("Hospital number of the other record").fill("H2")
    alice.keyboard.press("Enter")
    alice.get_by_role("button", name="Merge the two records").click()
    summary = alice.locator("#error-summary")
    expect(summary).to_contain_text("How do you know that this is one person? ")
    assert barriers(alice) == []
    alice.get_by_label("How do you know that this is one person?").fill("Rang the ward")
    alice.get_by_role("button", name="Merge the two records").click()
    expect(summary).to_be_focused()
    alice.get_by_label("The two records have different birth dates.").check()
    alice.get_by_role("button", name="Merge the two records").click()
    expect(alice.get_by_text("Holds also record H2")).to_be_visible()
    alice.get_by_role("searchbox").fill("h2")
    alice.keyboard.press("Enter")
    expect(alice).to_have_url(f"{live.url}/patients/{world.pat}")
    alice.get_by_role("link", name="Undo the merge").click()
    alice.get_by_label("Why are these two people?").fill("Two people after all")
    alice.get_by_role("button", name="Undo the merge").click()
    expect(alice.get_by_role("heading", level=1)).to_have_text("H2")
