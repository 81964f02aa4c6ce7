"""Ringing through the worklist by keyboard: five keys or fewer from one patient to the next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.db.tables import Assessment, MissedFollowUp
from registry.services.patients import register_patient
from registry.services.procedures import log_procedure
from tests.e2e.accessibility import barriers
from tests.e2e.conftest import Live
from tests.web.queries import rows
from tests.world import TODAY, World, assessment_draft, morphine, patient_draft, procedure_draft


def treat(engine: Engine, world: World, name: str, days_ago: int) -> None:
    with transaction(engine) as session:
        patient = register_patient(
            session,
            actor=world.alice,
            site_id=world.north,
            draft=patient_draft(name.upper(), name=name),
            today=TODAY,
        )
        on = TODAY - timedelta(days=days_ago)
        log_procedure(
            session,
            actor=world.alice,
            patient_id=patient.id,
            draft=procedure_draft(on),
            baseline=assessment_draft(on, 8, worst=9, regimen=morphine(30)),
            today=TODAY,
        )


class Hand:
    """The only hand on the page: it waits for whom to ring and counts the keys to the next one."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def rings(self, name: str) -> None:
        expect(self.page.locator("h1")).to_have_text(name)
        expect(self.page.locator(".is-next")).to_be_visible()  # the keys are awake

    def press(self, *keys: str, then: str) -> int:
        for key in keys:
            self.page.keyboard.press(key)
        self.rings(then)
        return len(keys)


@pytest.mark.browser
def test_it_takes_no_more(alice: Page, live: Live, engine: Engine) -> None:
    for name, days_ago in (("Ada", 10), ("Ben", 9), ("Cy", 8), ("Dot", 7)):
        treat(engine, live.world, name, days_ago)
    hand = Hand(alice)
    alice.keyboard.press("g")
    alice.keyboard.press("w")
    alice.wait_for_url("**/worklist")
    alice.get_by_role("link", name="Ring those due").click()
    hand.rings("Ada")
    assert barriers(alice) == []

    # Ten by its own key; a slip taken back; the same opioids; saved.
    assert hand.press("4", "x", "s", "Enter", then="Ben") <= 5
    assert hand.press("n", then="Cy") == 1
    assert hand.press("3", "1", "0", "s", "Enter", then="Dot") == 5
    expect(
        alice.get_by_text("Saved: average 3/10, worst 10/10, opioids unchanged.")
    ).to_be_visible()
    assert hand.press("z", then="Cy") == 1
    assert hand.press("7", "Backspace", "2", "Enter", then="Dot") <= 5
    assert hand.press("u", then="Ben") == 1
    expect(alice.get_by_text("Saved: too unwell to answer.")).to_be_visible()
    assert barriers(alice) == []

    # By mouse, and with the keys of a score row reached by Tab: each does what it looks like.
    alice.locator("label.score", has_text="6").nth(1).click()
    alice.locator("input[name=average_pain]").first.focus()
    alice.keyboard.press("Tab")
    alice.keyboard.press("Shift+Tab")
    alice.keyboard.press("5")
    alice.get_by_role("button", name="Save, next patient").click()
    expect(alice.locator("h1")).to_have_text("The round is done")

    standing = [a for a in rows(engine, Assessment) if a.source == "phone" and not a.voided_at]
    assert [(a.assessed_on, a.regimen_recorded) for a in standing] == [
        (TODAY, True),
        (TODAY, False),
        (TODAY, False),
    ]
    assert [m.reason for m in rows(engine, MissedFollowUp)] == ["too-unwell"]
