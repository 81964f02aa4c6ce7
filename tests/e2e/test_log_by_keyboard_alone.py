"""Logging a repeat of a common technique by the keyboard alone, within a minute."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from sqlalchemy import Engine
from sqlmodel import Session, select

from registry.db.tables import Procedure, ProcedureOutcomeRow
from tests.e2e.conftest import Live

# Keystroke-level model (Card, Moran and Newell, 1980): a key of an average typist, and the thought
# before each field.
KEY, THOUGHT = 0.28, 1.35


class Keyboard:
    """The only hand on the page; it counts what a person would need for the same."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0
        self.fields = 0

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    def answer(self, text: str) -> None:
        """Think about a field and type its answer."""
        self.fields += 1
        self.keys += len(text)
        self.page.keyboard.type(text)

    def go_to(self, field: str) -> None:
        """Press Enter until a field has the focus; whoever reads on the way thinks, too."""
        for _ in range(40):
            if str(self.page.evaluate("document.activeElement.id")).startswith(field):
                return
            self.press("Enter")
        pytest.fail(f"Enter never reaches {field}")

    @property
    def seconds(self) -> float:
        return self.keys * KEY + self.fields * THOUGHT


@pytest.mark.browser
def test_it_takes_less_than_a_minute(alice: Page, live: Live, engine: Engine) -> None:
    hand = Keyboard(alice)
    hand.press("n")
    alice.wait_for_url("**/procedures/new")
    hand.go_to("f-hospital_number")
    hand.answer("H1")
    hand.press("Enter")
    alice.wait_for_selector("#who >> text=17 May 1950")
    hand.go_to("f-technique")
    hand.answer("CPN")
    alice.wait_for_selector("[role=option]:visible")
    hand.press("Enter")
    alice.wait_for_selector("#f-intent")
    hand.go_to("f-average_pain")
    hand.answer("7")
    hand.press("Enter")
    hand.go_to("f-worst_pain")
    hand.answer("9")
    hand.go_to("f-opioids-0-drug")
    hand.answer("MST")
    alice.wait_for_selector("[role=option]:visible")
    hand.press("Enter")
    hand.go_to("f-opioids-0-dose")
    hand.answer("30")
    hand.go_to("f-opioids-0-per_day")
    hand.answer("2")
    alice.wait_for_selector("#medd >> text=60")
    hand.press("Control+Enter")
    alice.wait_for_url(f"**/patients/{live.world.pat}")

    assert hand.seconds < 60
    with Session(engine) as session:
        logged = session.exec(select(Procedure).where(Procedure.id != live.world.celiac)).one()
        row = session.get_one(ProcedureOutcomeRow, (logged.site_id, logged.id))
    assert (logged.technique, logged.operator) == ("coeliac-plexus", "Dr Able")
    assert (row.nrs_baseline, row.medd_baseline) == (7, 60.0)
