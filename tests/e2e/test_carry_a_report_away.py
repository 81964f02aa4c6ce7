"""A report file as people open it: from a stick, without network, on a phone, on paper."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine
from sqlmodel import Session, select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent
from tests.command_line import Run, command_line
from tests.databases import Database
from tests.world import World, follow_up


@pytest.fixture
def run(database: Database, world: World, engine: Engine, tmp_path: Path) -> Run:
    """Give a function that runs `assuage report` in an empty folder, on the world."""
    with transaction(engine) as session:
        follow_up(session, world, 28, 3, mg=20)

    return command_line(database, tmp_path, "report")


def test_a_newcomer_writes_a_report_and_is_told_what_it_holds(
    run: Run, engine: Engine, tmp_path: Path
) -> None:
    done = run("--site", "NORTH", "--from", "1 Jan 2026", "--to", "today", "--out", "report.html")

    assert "to report.html. Small numbers are held back." in done.stdout
    assert "Add --technique SLUG" in " ".join(done.stderr.split())
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "1 Jan 2026 to" in text
    assert "by command line" in text
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"], "no draft is left behind"
    with Session(engine) as session:
        (event,) = session.exec(select(AuditEvent).where(AuditEvent.action == "export")).all()
    assert event.changes["dataset"] == [None, "report_file"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--out", "there.html"), "there.html is there already. Add --force"),
        (("--out", "."), "is a folder"),
        (("--out", "no/such/folder.html"), "can't be written"),
        (("--out", "new.html", "--site", "EAST"), "There is no site EAST. There are: NORTH, SOUTH"),
        (("--out", "new.html", "--report", "nope"), "There is no report nope. There are: "),
        (("--out", "new.html", "--from", "soon"), "not a day that can be read. For example"),
        (("--out", "new.html", "--from", "-1", "--to", "-9"), "last day lies before the first"),
        (("--out", "new.html", "--technique", "magic"), "There is no technique magic"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    (tmp_path / "there.html").write_text("mine", "utf-8")

    assert says in " ".join(run(*arguments, fails=True).stderr.split())
    assert [p.name for p in tmp_path.iterdir()] == ["there.html"]
    assert (tmp_path / "there.html").read_text("utf-8") == "mine"


def test_force_writes_over_and_identifiable_shows_all(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    target.write_text("old", "utf-8")
    done = run("--out", "report.html", "--force", "--report", "compare", "--identifiable")

    assert "Wrote 1 report to report.html. Small numbers are shown" in done.stdout
    assert "1 of 1 alive and due" in target.read_text("utf-8")
    assert target.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_it_opens_without_network_draws_every_figure_and_prints(
    run: Run, browser: Browser, tmp_path: Path, width: int
) -> None:
    run("--out", "report.html", "--identifiable")
    heard: list[str] = []
    context = browser.new_context(offline=True, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on(
        "request", lambda request: heard.append(request.url) if ".html" not in request.url else None
    )
    page.goto((tmp_path / "report.html").as_uri())
    figures = page.locator("[data-figure]")
    for place in (0, figures.count() - 1):
        figures.nth(place).scroll_into_view_if_needed()
        expect(figures.nth(place)).to_have_class(re.compile("is-drawn"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    links = page.locator("#contents a").evaluate_all("found => found.map(link => link.hash)")
    assert len(links) > 10
    assert all(page.locator(f'[id="{link[1:]}"]').count() == 1 for link in links)

    paper = page.pdf(prefer_css_page_size=True)
    assert page.locator("[data-figure]:not(.is-drawn)").count() == 0, "paper shows all"
    reports = page.locator("main > .report").count()
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) > reports, "each begins a page of its own"
    assert heard == []
    context.close()
