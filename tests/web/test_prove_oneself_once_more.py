"""Before what can't be taken back one proves once more who one is, and loses nothing by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import Session, select

from registry.db.tables import AuditEvent, HeldForm
from registry.domain.throttling import FREE_TRIES, Door
from registry.web.app import create_app
from registry.web.deps import Guarded, SteppedUp, Typed, get_now
from tests.databases import Database
from tests.web.conftest import Clock, SignIn, Visitor
from tests.web.page_form import sent_by
from tests.web.test_sign_in import attempt
from tests.web.test_sign_in_with_a_second_factor import code, enrolled, vault
from tests.world import PASSWORD, TODAY, World

__all__ = ["enrolled", "vault"]


@pytest.fixture
def app(database: Database, engine: Engine) -> FastAPI:
    """Give an application with a page that takes an irrevocable step."""
    app = create_app(database.settings, engine=engine, today=TODAY)

    @app.get("/irrevocable", dependencies=[SteppedUp])
    def look() -> PlainTextResponse:
        return PlainTextResponse("the page")

    @app.post("/irrevocable", dependencies=[Guarded, SteppedUp])
    def take(typed: Typed) -> PlainTextResponse:
        return PlainTextResponse(f"taken because {typed['why'][0]}")

    return app


@pytest.fixture
def stale(alice: Visitor, clock: Clock) -> Iterator[Visitor]:
    """Give Alice, who proved herself eleven minutes ago."""
    clock.pass_by(minutes=11)
    yield alice


def test_who_just_signed_in_is_not_asked(alice: Visitor) -> None:
    assert alice.post("/irrevocable", why="it must be").text == "taken because it must be"


def test_later_one_is_and_goes_on_where_one_was(stale: Visitor) -> None:
    asked = stale.get("/irrevocable")
    assert asked.headers["location"] == "/step-up?next=/irrevocable"
    assert 'name="password"' in stale.get(asked.headers["location"]).text
    proved = stale.post("/step-up", next="/irrevocable", password=PASSWORD)
    assert proved.headers["location"] == "/irrevocable"
    assert stale.get("/irrevocable").text == "the page"


def test_what_was_typed_is_sent_after_all(stale: Visitor) -> None:
    asked = stale.post("/irrevocable", why="the board agreed")
    proved = stale.post("/step-up", next="/", password=PASSWORD)
    assert asked.headers["location"] == "/step-up"
    assert proved.headers["location"] == "/unsent"
    kept = sent_by(stale.get("/unsent").text, "unsent")
    sent = stale.client.post("/unsent", data=kept)
    done = stale.client.post(sent.headers["location"], data=kept)
    assert done.text == "taken because the board agreed"


def test_the_wrong_password_leads_nowhere(stale: Visitor, session: Session) -> None:
    wrong = stale.post("/step-up", next="/irrevocable", password="wrong")
    assert wrong.status_code == 422
    assert stale.get("/irrevocable").status_code == 303
    line = session.exec(select(AuditEvent).where(AuditEvent.action == "refuse_sign_in")).one()
    assert line.reason == "wrong at step-up"


def test_it_can_be_guessed_at_no_faster_than_at_sign_in(
    stale: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = "registry.services.sign_in.verify_password"
    monkeypatch.setattr(right, lambda typed, kept: typed == PASSWORD)
    for _ in range(FREE_TRIES[Door.CODE]):
        assert stale.post("/step-up", password="wrong").status_code == 422
    assert stale.post("/step-up", password=PASSWORD).status_code == 429


def test_who_has_a_second_factor_gives_a_code(
    anonymous: TestClient,
    enrolled: tuple[str, list[str]],
    sign_in: SignIn,
    world: World,
    clock: Clock,
) -> None:
    audrey = sign_in(world.audrey)
    clock.pass_by(minutes=11)
    assert 'name="code"' in audrey.get("/step-up").text
    assert audrey.post("/step-up", next="/irrevocable", password=PASSWORD).status_code == 422
    proved = audrey.post("/step-up", next="/irrevocable", code=code(enrolled[0], clock))
    assert proved.headers["location"] == "/irrevocable"
    assert audrey.get("/irrevocable").text == "the page"


def test_script_is_told_so_and_leaves_the_page_alone(stale: Visitor) -> None:
    asked = stale.post("/irrevocable", htmx=True, why="x")
    assert (asked.status_code, asked.headers["x-signed-out"]) == (401, "/step-up")


def test_nobody_is_led_to_another_site(stale: Visitor) -> None:
    proved = stale.post("/step-up", next="https://elsewhere.example", password=PASSWORD)
    assert proved.headers["location"] == "/"


def test_another_site_makes_nobody_prove_or_hold_anything(stale: Visitor, session: Session) -> None:
    assert stale.post("/irrevocable", csrf_token="forged", why="x").status_code == 403
    assert session.exec(select(HeldForm)).all() == []


def test_it_is_on_record(stale: Visitor, session: Session) -> None:
    stale.post("/step-up", password=PASSWORD)
    assert session.exec(select(AuditEvent).where(AuditEvent.action == "step_up")).one()


def test_the_clock_is_the_servers(app: FastAPI, alice: Visitor) -> None:
    assert get_now not in app.dependency_overrides
    attempt(alice.client)
    assert alice.client.get("/irrevocable").text == "the page"
