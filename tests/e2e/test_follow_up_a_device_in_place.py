"""A pump is checked on the patient's page: last time's settings again, what was found recorded."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from registry.db.engine import transaction
from tests.e2e.conftest import Live
from tests.services.test_follow_up_a_device import check, treat


def test_a_check_like_the_last_one_and_the_harm_that_it_found(
    alice: Page, live: Live, engine: Engine
) -> None:
    with transaction(engine) as session:
        check(session, live.world, treat(session, live.world))
    alice.goto(f"/patients/{live.world.pat}")
    alice.get_by_role("link", name="Add device check of Intrathecal").click()
    alice.get_by_role("button", name="Settings: same as last time").click()
    expect(alice.get_by_label("Drug", exact=True).first).to_have_value("Morphine")
    alice.get_by_label("Daily dose", exact=True).first.fill("40")
    alice.get_by_role("checkbox", name="Site looks infected").check()
    alice.get_by_role("button", name="Save device check").click()
    alice.get_by_role("checkbox", name="Yes, this is right.").check()
    alice.get_by_label("Daily dose", exact=True).first.fill(
        "4.1"
    )  # it was not: what is right is saved
    alice.get_by_role("button", name="Save device check").click()
    expect(alice.get_by_text("Device check added.")).to_be_visible()

    alice.get_by_role("link", name="Record as adverse event").click()
    expect(alice.get_by_label("What happened")).to_have_value("infection")
    alice.get_by_label("Graded by").select_option("Clavien-Dindo 2004")
    alice.get_by_role("radio", name="II drug treatment or transfusion", exact=True).check()
    alice.get_by_role("button", name="Save adverse event").click()
    expect(alice.get_by_text("Adverse event added.")).to_be_visible()
    expect(alice.get_by_text("II (drug treatment or transfusion), Clavien-Dindo")).to_be_visible()
    expect(alice.get_by_role("link", name="Record as adverse event")).to_have_count(0)
