"""A score is tapped where it stands: nothing that comes late moves it from under the finger."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Live

AVERAGE_8 = "label:has(#f-average_pain-8)"


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_what_a_day_counts_for_comes_without_moving_the_scores(
    alice: Page, live: Live, width: int
) -> None:
    alice.set_viewport_size({"width": width, "height": 800})
    alice.goto(f"/patients/{live.world.pat}/assessments/new")
    day, facts = alice.locator("#f-assessed_on"), alice.locator("#day-facts")
    places = set[float]()
    for typed in ("", "3/6/2026", "20/6/2026"):
        day.fill(typed)
        with alice.expect_response("**/assessments/day"):
            day.press("Tab")
        (expect(facts).to_contain_text("Day") if typed else expect(facts).to_be_empty())
        places.add(alice.evaluate(_TOP, AVERAGE_8))
    assert len(places) == 1


_TOP = "css => document.querySelector(css).getBoundingClientRect().top + scrollY"
