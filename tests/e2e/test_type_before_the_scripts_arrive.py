"""A fast hand on a slow network types before the page's scripts are there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect


@pytest.mark.browser
def test_the_matches_come_once_the_scripts_do(alice: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    alice.route("**/htmx.min*.js*", hold)
    alice.goto("/procedures/new", wait_until="commit")
    technique = alice.locator("#f-technique")
    technique.press_sequentially("coeliac")
    assert held, "the scripts were there before the typing"
    for route in held:
        route.continue_()
    expect(alice.get_by_role("option").first).to_be_visible()
    expect(technique).to_have_value("coeliac")
