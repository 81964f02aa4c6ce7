"""Take the README's pictures from the demonstration: `make screenshots`."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Literal

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from registry.db.engine import create_engine, transaction
from registry.db.migrate import upgrade
from registry.demo.seed import ACCOUNTS, PASSWORD, seed_demo
from registry.settings import Settings
from registry.web.app import create_app
from tests.chromium import find_chromium

PICTURES = Path(__file__).parent / "screenshots"
TODAY = date(2026, 11, 23)


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """Leave the signals to the script."""


@contextmanager
def demonstration() -> Iterator[str]:
    """Serve a freshly seeded demonstration, always of the same day; gives its address."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/demo.db", _env_file=None)
        engine = create_engine(settings)
        upgrade(engine)
        with transaction(engine) as session:
            seed_demo(session, today=TODAY)
        app = create_app(settings, engine=engine, today=TODAY)
        server = _Server(uvicorn.Config(app, port=0, log_level="warning"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        server.should_exit = True
        thread.join()
        engine.dispose()


def _sign_in(browser: Browser, url: str, width: int, scheme: Literal["light", "dark"]) -> Page:
    context = browser.new_context(
        base_url=url, viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("E-mail").fill(ACCOUNTS[0].email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    return page


def _fill_a_procedure(page: Page) -> None:
    _open_a_patient(page)
    page.locator("main").get_by_role("link", name="Log a procedure").click()
    page.locator("#f-technique").press_sequentially("CPN")
    page.wait_for_selector("[role=option]:visible")
    page.keyboard.press("Enter")
    page.wait_for_selector("#f-intent")
    page.locator("label:has(#f-average_pain-8)").click()
    page.wait_for_timeout(1000)
    page.evaluate("window.scrollTo(0, 0)")


def _open_a_patient(page: Page) -> None:
    page.goto("/")
    page.locator("a[href^='/patients/']").first.click()
    page.wait_for_timeout(1500)


def _ring(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 1200})
    page.goto("/worklist/call")
    page.locator("label:has(#f-average_pain-3)").click()
    page.locator("label:has(#f-worst_pain-5)").click()
    page.evaluate("window.scrollTo(0, 0)")


def _open_as_the_patient(page: Page) -> None:
    """Hand a link to the first patient who is due, and open it as they would."""
    page.goto("/")
    address = page.locator("main a[href^='/patients/']").first.get_attribute("href")
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{address}/links")
    page.get_by_role("button", name="Make a link").click()
    page.goto(page.locator(".handed-field").input_value())
    page.get_by_role("link", name="Start").click()
    page.locator("#q-average label").nth(3).click()


def main() -> None:
    """Take each picture."""
    PICTURES.mkdir(exist_ok=True)
    with demonstration() as url, sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        page = _sign_in(browser, url, 1280, "light")
        page.screenshot(path=PICTURES / "today.png")
        page.goto("/outcomes")
        page.wait_for_timeout(2000)
        page.locator("#states-1").scroll_into_view_if_needed()
        page.locator("#states-1").screenshot(path=PICTURES / "outcomes.png")
        _fill_a_procedure(page)
        page.screenshot(path=PICTURES / "log-a-procedure.png")
        _open_a_patient(page)
        page.screenshot(path=PICTURES / "patient.png")
        phone = _sign_in(browser, url, 360, "dark")
        phone.screenshot(path=PICTURES / "today-phone.png")
        _ring(phone)
        phone.screenshot(path=PICTURES / "ring-phone.png")
        own = _sign_in(browser, url, 360, "light")
        _open_as_the_patient(own)
        own.screenshot(path=PICTURES / "patients-own-page-phone.png")
        browser.close()


if __name__ == "__main__":
    main()
