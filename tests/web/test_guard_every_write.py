"""What every write asks for, and what every answer tells the browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import func, select

from registry.db.base import new_id
from registry.db.engine import transaction
from registry.db.tables import AuditEvent
from registry.domain.errors import RuleViolation
from registry.settings import DEVELOPMENT_KEY, Settings
from registry.web import pages
from registry.web.app import create_app
from tests.databases import Database
from tests.web.conftest import Visitor
from tests.world import TODAY, World

BEFORE_SIGN_IN = {
    "/login",
    "/login/code",
    "/login/second-factor",
    "/welcome/{secret}",
    "/a/{secret}",
    "/a/{secret}/check",
}
"""Nobody is signed in there: what guards them is said in their own tests."""
GOOD = {"production": True, "secret_key": "3f9a1c7be2d84056a1b2c3d4e5f60718"}


def routes(found: object) -> list[APIRoute]:
    """List the routes of a router, those of the routers in it included."""
    listed: list[APIRoute] = []
    for route in getattr(found, "routes", []):
        if isinstance(route, APIRoute):
            listed.append(route)
        else:
            listed += routes(getattr(route, "original_router", route))
    return listed


def writes() -> list[tuple[str, str]]:
    """List every page that is not only looked at."""
    return sorted(
        (method, route.path)
        for route in routes(pages.router)
        for method in (route.methods or set()) - {"GET", "HEAD"}
    )


def events(engine: Engine) -> int:
    """Count what was done; that something was refused is on record as well."""
    with transaction(engine, write=False) as session:
        query = select(func.count()).where(AuditEvent.action != "refuse")
        return session.exec(query).one()


def test_every_write_refuses_what_comes_from_another_site(
    alice: Visitor, engine: Engine, world: World
) -> None:
    before, asked = events(engine), 0
    for method, path in writes():
        if path in BEFORE_SIGN_IN:
            continue
        url = re.sub(r"\{patient_id\}", str(world.pat), path)
        url = re.sub(r"\{procedure_id\}", str(world.celiac), url)
        url = re.sub(r"\{code\}", "NORTH", re.sub(r"\{\w*id\}", str(new_id()), url))
        url = re.sub(r"\{\w+\}", "adverse-events", url)
        for token in ("", "forged"):
            sent = alice.client.request(method, url, data={"csrf_token": token})
            assert sent.status_code == 403, (method, url, sent.text)
            asked += 1
    assert asked > 60
    assert events(engine) == before


def test_the_forms_before_sign_in_are_the_only_ones_without() -> None:
    paths = {path for _, path in writes()}
    assert BEFORE_SIGN_IN - {"/a/{secret}", "/a/{secret}/check"} <= paths
    assert {p for p in paths if p.startswith(("/login", "/welcome", "/a/"))} <= BEFORE_SIGN_IN


@pytest.mark.parametrize("path", ["/login", "/healthz", "/nowhere", "/static/app.css", "/api/x"])
def test_every_answer_tells_the_browser_what_it_may_not(anonymous: TestClient, path: str) -> None:
    headers = anonymous.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "strict-transport-security" not in headers  # this came without TLS


def test_over_tls_the_browser_is_told_to_stay_there(
    app: FastAPI, database: Database, engine: Engine
) -> None:
    with TestClient(app, base_url="https://testserver") as client:
        assert "max-age" in client.get("/healthz").headers["strict-transport-security"]
    settings = database.settings.model_copy(update=Settings(**GOOD).model_dump(include=set(GOOD)))
    guarded = create_app(settings, engine=engine, today=TODAY)
    with TestClient(guarded) as client:
        assert "max-age" in client.get("/healthz").headers["strict-transport-security"]
        cookies = client.get("/login").headers.get_list("set-cookie")
        assert cookies
        assert all("secure" in c.lower() and "httponly" in c.lower() for c in cookies)


@pytest.mark.parametrize(
    "changes",
    [
        {"secret_key": None},
        {"secret_key": "short"},
        {"secret_key": "a" * 40},
        {"secret_key": DEVELOPMENT_KEY},
        {"public_url": "http://assuage.example.org"},
    ],
)
def test_in_production_it_refuses_to_start_unsafely(
    changes: dict[str, str | None], engine: Engine
) -> None:
    settings = Settings(_env_file=None, **{**GOOD, **changes})
    with pytest.raises(RuleViolation) as refused:
        create_app(settings, engine=engine)
    assert str(refused.value).startswith("ASSUAGE_")
    if key := changes.get("secret_key"):
        assert key not in str(refused.value)


def test_with_a_key_of_its_own_it_starts(engine: Engine) -> None:
    assert create_app(Settings(_env_file=None, **GOOD), engine=engine)


def test_secrets_are_read_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key"
    path.write_text("3f9a1c7be2d84056a1b2c3d4e5f60718\n")
    monkeypatch.setenv("ASSUAGE_SECRET_KEY_FILE", str(path))
    settings = Settings(_env_file=None)
    assert settings.keys == ("3f9a1c7be2d84056a1b2c3d4e5f60718",)
    assert "3f9a" not in repr(settings)


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSUAGE_SECRET_KEY_FILE", "/nowhere/key")
    with pytest.raises(RuleViolation, match="ASSUAGE_SECRET_KEY_FILE: /nowhere/key can't be read"):
        Settings(_env_file=None)
