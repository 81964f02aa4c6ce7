"""Signing in through the organisation, against a real OpenID Connect provider in a process."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlmodel import Session, select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent, UserAccount, UserSession
from registry.settings import Settings
from registry.web.app import create_app
from tests.databases import Database
from tests.world import TODAY, World

PEOPLE = [
    {"sub": "p-1", "email": "alice@example.org", "email_verified": True},
    {"sub": "p-2", "email": "audrey@example.org", "email_verified": True},
    {"sub": "p-3", "email": "stranger@example.org", "email_verified": True},
    {"sub": "p-4", "email": "charlie@example.org", "email_verified": False},
    {"sub": "p-5", "email": "alice@example.org", "email_verified": True},
]


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """Start a provider that knows five people."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    claims = [part for one in PEOPLE for part in ("--user-claims", json.dumps(one))]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "-p", str(port), "-n"]
    process = subprocess.Popen(
        [*command, "true", *claims], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            httpx2.get(f"{url}/jwks", timeout=1)
            break
        except httpx2.HTTPError:
            time.sleep(0.05)
    yield url
    process.terminate()
    process.wait()


def settings_for(database: Database, issuer: str, **changes: object) -> Settings:
    given = {
        "oidc_issuer": issuer,
        "oidc_client_id": "assuage",
        "oidc_client_secret": SecretStr("a secret"),
        "oidc_name": "Harbour Hospital",
        **changes,
    }
    return database.settings.model_copy(update=given)


@pytest.fixture
def app(database: Database, engine: Engine, issuer: str) -> FastAPI:
    """Give the application, knowing the provider."""
    return create_app(settings_for(database, issuer), engine=engine, today=TODAY)


def at_the_provider(address: str, sub: str) -> str:
    """Log in at the provider as somebody; gives where it sends the browser."""
    answered = httpx2.post(address, data={"sub": sub}, follow_redirects=False)
    assert answered.status_code in {302, 303}, answered.text
    return answered.headers["location"]


def come_in(client: TestClient, sub: str, **changed: str) -> httpx2.Response:
    left = client.get("/login/provider?next=/worklist")
    assert left.status_code == 303, left.text
    back = urlsplit(at_the_provider(left.headers["location"], sub))
    query = {**dict(parse_qsl(back.query)), **changed}
    return client.get(f"{back.path}?{urlencode(query)}")


def test_the_page_offers_it_by_name(anonymous: TestClient, world: World) -> None:
    assert "Log in with Harbour Hospital" in anonymous.get("/login").text


def test_whom_it_vouches_for_is_in_and_goes_where_they_wanted(
    anonymous: TestClient, world: World, session: Session
) -> None:
    assert come_in(anonymous, "p-1").headers["location"] == "/worklist"
    assert anonymous.get("/worklist").status_code == 200
    user = session.get_one(UserAccount, world.alice.user_id)
    assert user.oidc_subject
    line = session.exec(select(AuditEvent).where(AuditEvent.action == "sign_in")).one()
    assert line.changes == {"by": [None, "provider"]}


def test_from_then_on_the_account_is_that_persons_alone(
    anonymous: TestClient, world: World, engine: Engine
) -> None:
    """Another person who was given the same e-mail address later does not get in."""
    come_in(anonymous, "p-1")
    with transaction(engine) as session:
        session.get_one(UserAccount, world.alice.user_id).email = "renamed@example.org"
    assert come_in(anonymous, "p-1").status_code == 303
    with transaction(engine) as session:
        session.get_one(UserAccount, world.alice.user_id).email = "alice@example.org"
    assert come_in(anonymous, "p-5").status_code == 401


def test_an_auditor_is_asked_for_the_second_factor_all_the_same(
    anonymous: TestClient, world: World
) -> None:
    assert come_in(anonymous, "p-2").headers["location"].startswith("/login/second-factor")


def test_unless_the_provider_asks_for_it(
    database: Database, engine: Engine, issuer: str, world: World
) -> None:
    settings = settings_for(database, issuer, oidc_second_factor=True)
    app = create_app(settings, engine=engine, today=TODAY)
    with TestClient(app, follow_redirects=False) as client:
        assert come_in(client, "p-2").headers["location"] == "/worklist"


@pytest.mark.parametrize(("sub", "who"), [("p-3", "unknown here"), ("p-4", "not verified")])
def test_whom_we_do_not_know_stays_out(
    anonymous: TestClient, world: World, session: Session, sub: str, who: str
) -> None:
    refused = come_in(anonymous, sub)
    assert refused.status_code == 401
    assert "there is no account for you here" in refused.text
    assert session.exec(select(UserSession)).all() == []
    line = session.exec(select(AuditEvent).where(AuditEvent.action == "refuse_sign_in")).one()
    assert line.reason == "by the provider"


@pytest.mark.parametrize(
    "changed", [{"state": "forged"}, {"state": ""}, {"code": "forged"}, {"code": ""}]
)
def test_an_answer_that_was_tampered_with_is_not_believed(
    anonymous: TestClient, world: World, session: Session, changed: dict[str, str]
) -> None:
    assert come_in(anonymous, "p-1", **changed).status_code == 401
    assert session.exec(select(UserSession)).all() == []


def test_an_answer_is_good_only_in_the_browser_that_asked(
    anonymous: TestClient, app: FastAPI, world: World
) -> None:
    left = anonymous.get("/login/provider")
    back = at_the_provider(left.headers["location"], "p-1")
    with TestClient(app, follow_redirects=False) as another:
        assert another.get(back.replace("http://testserver", "")).status_code == 401


def test_an_answer_for_another_question_is_not_believed(
    anonymous: TestClient, world: World
) -> None:
    """The code of one sign-in under the state of another: its nonce is another's."""
    first = anonymous.get("/login/provider").headers["location"]
    stolen = dict(parse_qsl(urlsplit(at_the_provider(first, "p-1")).query))["code"]
    assert come_in(anonymous, "p-1", code=stolen).status_code == 401


def test_a_provider_that_is_away_is_told_in_words(
    database: Database, engine: Engine, world: World
) -> None:
    app = create_app(settings_for(database, "http://127.0.0.1:9"), engine=engine, today=TODAY)
    with TestClient(app, follow_redirects=False) as client:
        refused = client.get("/login/provider")
    assert refused.status_code == 401
    assert "or log in with your password" in refused.text


def test_without_the_settings_there_is_no_such_way(
    database: Database, engine: Engine, world: World
) -> None:
    app = create_app(database.settings, engine=engine, today=TODAY)
    with TestClient(app, follow_redirects=False) as client:
        assert client.get("/login/provider").status_code == 404
        assert client.get("/login/provider/back?state=a&code=b").status_code == 404
        assert "/login/provider" not in client.get("/login").text
