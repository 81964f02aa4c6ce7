"""A real server and a real browser. Both are started once; each test gets an empty registry."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.chromium import MISSING, find_chromium
from tests.world import PASSWORD, World

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Live:
    """A server that answers, and the world behind it."""

    url: str
    world: World
    app: FastAPI

    def live_on(self, day: date) -> None:
        """Let the server's today be another day."""
        self.app.state.today = day


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start one Chromium for all tests of this process."""
    path = find_chromium()
    assert path, MISSING
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


class _Server(uvicorn.Server):
    """A server in a thread of the test process."""

    def install_signal_handlers(self) -> None:
        """Leave the signals to the test runner."""


@pytest.fixture(scope="session")
def _server(application: FastAPI) -> Iterator[str]:
    """Serve the application on a free port; gives its address."""
    server = _Server(uvicorn.Config(application, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def live(_server: str, app: FastAPI, world: World) -> Live:
    """Serve the world."""
    return Live(_server, world, app)


@pytest.fixture
def context(browser: Browser, live: Live) -> Iterator[BrowserContext]:
    """Give a fresh browser profile; a word on its console of a broken policy fails the test."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or message.type == "pageerror":
            complaints.append(message.text)

    context = browser.new_context(base_url=live.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    context.on("console", listen)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    context.close()
    assert complaints == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Give a page that nobody is signed in on."""
    return context.new_page()


@pytest.fixture
def alice(page: Page) -> Page:
    """Sign Alice in through the front door."""
    sign_in(page, "alice@example.org")
    return page


def sign_in(page: Page, email: str) -> None:
    """Sign somebody of the world in by keyboard."""
    page.goto("/login")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
