"""A stranger at the door: what they get, and what every response carries."""

from __future__ import annotations

import logging

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from registry.db.migrate import head_revision


def test_a_page_sends_them_to_sign_in_and_remembers_where_they_wanted_to_go(
    anonymous: TestClient,
) -> None:
    response = anonymous.get("/exports")
    assert (response.status_code, response.headers["location"]) == (303, "/login?next=/exports")


def test_an_unknown_page_says_so(anonymous: TestClient) -> None:
    response = anonymous.get("/nowhere")
    assert response.status_code == 404
    assert "There is no such page" in response.text


@pytest.mark.parametrize(("path", "status"), [("/healthz", "ok"), ("/readyz", "ready")])
def test_the_health_pages_answer_anybody(anonymous: TestClient, path: str, status: str) -> None:
    response = anonymous.get(path)
    assert (response.status_code, response.json()) == (200, {"status": status})


def test_every_response_forbids_inline_script_and_framing(anonymous: TestClient) -> None:
    headers = anonymous.get("/healthz").headers
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"


def test_a_static_file_is_kept_for_ever_under_its_version_and_nothing_else_is_served(
    anonymous: TestClient,
) -> None:
    page = anonymous.get("/nowhere").text
    address = page.split('id="plotly.js-style-global" href="')[1].split('"')[0]
    assert "immutable" in anonymous.get(address).headers["cache-control"]
    assert anonymous.get("/static/app.css").headers["cache-control"] == "no-cache"
    assert anonymous.get("/static/../deps.py").status_code == 404
    assert anonymous.get("/static/%2e%2e/deps.py").status_code == 404


@pytest.mark.parametrize("path", ["app.css%00", "a" * 5000, "", "%ff", "fonts", "x/" * 999])
def test_no_address_below_static_is_a_surprise(anonymous: TestClient, path: str) -> None:
    assert anonymous.get(f"/static/{path}").status_code == 404


def test_a_static_file_that_the_browser_has_is_not_sent_again(anonymous: TestClient) -> None:
    first = anonymous.get("/static/app.css")
    asked = {"If-None-Match": f'W/{first.headers["etag"]}, "another"'}
    again = anonymous.get("/static/app.css", headers=asked)
    assert (again.status_code, again.content) == (304, b"")
    changed = anonymous.get("/static/app.css", headers={"If-None-Match": '"another"'})
    assert (changed.status_code, changed.text) == (200, first.text)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/login", "/static/app.css"])
def test_asked_for_its_head_alone_a_public_page_answers_as_it_would(
    anonymous: TestClient, path: str
) -> None:
    whole, head = anonymous.get(path), anonymous.head(path)
    assert head.status_code == whole.status_code == 200
    assert head.headers["content-type"] == whole.headers["content-type"]


def test_readiness_tells_a_newer_database_from_an_older_one(
    anonymous: TestClient, engine: Engine
) -> None:
    def move(revision: str | None) -> None:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": revision})

    try:
        move("from_the_future")
        response = anonymous.get("/readyz")
    finally:
        move(head_revision())
    assert (response.status_code, response.json()["status"]) == (503, "install the newer version")


@pytest.mark.parametrize(
    "error", [OperationalError("", {}, Exception("locked")), NoFreeConnection("none is free")]
)
def test_a_busy_registry_says_that_nothing_was_saved_and_when_to_try_again(
    anonymous: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("registry.web.deps.transaction", fail)
    anonymous.cookies.set("assuage_session", "any")
    page = anonymous.get("/")
    answer = anonymous.get("/api/v1/patients", headers={"Authorization": "Bearer any"})
    for response in (page, answer):
        assert (response.status_code, response.headers["retry-after"]) == (503, "5")
        assert "The registry is busy; nothing was saved." in response.text
        assert response.headers["x-request-id"] in caplog.text
    assert "problems" in answer.json()


def test_a_page_that_cannot_tell_of_an_error_does_not_hide_it(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail_with(message: str) -> object:
        def fail(*_: object, **__: object) -> None:
            raise RuntimeError(message)

        return fail

    monkeypatch.setattr("registry.web.pages.sign_in.render", fail_with("the first"))
    monkeypatch.setattr("registry.web.errors.render_error", fail_with("the second"))
    with TestClient(app) as client, pytest.raises(RuntimeError, match="the first"):
        client.get("/login")
    with (
        caplog.at_level(logging.ERROR),
        TestClient(app, raise_server_exceptions=False) as client,
    ):
        response = client.get("/login")
    assert response.status_code == 500
    assert response.headers["x-request-id"] in response.text
    assert "the second" in caplog.text


def test_a_surprise_is_answered_in_words_with_its_number_and_all_headers(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("registry.web.pages.sign_in.render", fail)
    with TestClient(app, raise_server_exceptions=False) as client:
        response = client.get("/login")
    assert response.status_code == 500
    assert response.headers["x-request-id"] in response.text
    assert "boom" not in response.text
    assert "script-src 'self'" in response.headers["content-security-policy"]
