"""A stranger at the door: what they get, and what every response carries."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient


def test_a_page_sends_them_to_sign_in_and_remembers_where_they_wanted_to_go(
    anonymous: TestClient,
) -> None:
    response = anonymous.get("/exports")
    assert (response.status_code, response.headers["location"]) == (303, "/login?next=/exports")


def test_an_unknown_page_says_so(anonymous: TestClient) -> None:
    response = anonymous.get("/nowhere")
    assert response.status_code == 404
    assert "There is no such page" in response.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_the_health_pages_answer_anybody(anonymous: TestClient, path: str) -> None:
    assert anonymous.get(path).status_code == 200


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
