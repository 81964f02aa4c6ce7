"""Signing in and out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine
from sqlmodel import Session, select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent, UserAccount, UserSession
from registry.services.people import ensure_site
from registry.services.secrets import verify_password
from registry.services.sessions import open_session
from registry.web.app import create_app
from registry.web.deps import LOGIN_CSRF_COOKIE, SESSION_COOKIE
from tests.databases import Database
from tests.web.conftest import Visitor
from tests.world import PASSWORD, TODAY, World


def token_of(page: Response) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return found[1]


def attempt(client: TestClient, **changes: str) -> Response:
    fields = {
        "csrf_token": token_of(client.get("/login")),
        "email": "alice@example.org",
        "password": PASSWORD,
        **changes,
    }
    return client.post("/login", data=fields)


def actions(session: Session) -> list[str]:
    return [e.action for e in session.exec(select(AuditEvent)).all()]


def test_with_the_right_password_one_sees_todays_work_and_the_trail_knows(
    anonymous: TestClient, world: World, session: Session
) -> None:
    response = attempt(anonymous)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert "Today&#39;s work" in anonymous.get("/").text
    event = session.exec(select(AuditEvent).where(AuditEvent.action == "sign_in")).one()
    assert (event.actor, event.user_id) == ("Alice", world.alice.user_id)
    assert event.request_id == response.headers["x-request-id"]


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    anonymous: TestClient, world: World
) -> None:
    cookie = next(
        c
        for c in attempt(anonymous).headers.get_list("set-cookie")
        if c.startswith(f"{SESSION_COOKIE}=")
    ).lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie


def test_where_tls_ends_the_cookies_travel_over_https_alone(
    database: Database, engine: Engine, world: World
) -> None:
    settings = database.settings.model_copy(update={"secure_cookies": True})
    app = create_app(settings, engine=engine, today=TODAY)
    with TestClient(app, base_url="https://testserver", follow_redirects=False) as client:
        cookies = [c.lower() for c in attempt(client).headers.get_list("set-cookie")]
    assert [c for c in cookies if c.startswith(SESSION_COOKIE) and "secure" in c]


@pytest.mark.parametrize(
    ("email", "password"),
    [("alice@example.org", "not the password"), ("nobody@example.org", PASSWORD), ("", "")],
)
def test_wrong_credentials_are_one_message_the_email_stays_and_nobody_is_signed_in(
    anonymous: TestClient, world: World, session: Session, email: str, password: str
) -> None:
    response = attempt(anonymous, email=email, password=password)
    assert response.status_code == 422
    assert "E-mail or password is not right" in response.text
    assert f'value="{email}"' in response.text
    assert not password or password not in response.text
    assert anonymous.get("/").status_code == 303
    assert session.exec(select(UserSession)).all() == []


def test_a_refused_sign_in_leaves_a_line_that_never_holds_what_was_typed(
    anonymous: TestClient, world: World, session: Session
) -> None:
    attempt(anonymous, password="hunter2 hunter2")
    attempt(anonymous, email="my-password-by-mistake@example.org")
    known, unknown = session.exec(
        select(AuditEvent).where(AuditEvent.action == "refuse_sign_in").order_by(AuditEvent.id)  # type: ignore[arg-type]
    ).all()
    assert (known.actor, known.user_id) == ("Alice", world.alice.user_id)
    assert (unknown.actor, unknown.user_id) == ("unknown", None)
    assert "hunter2" not in str(known.model_dump())
    assert "mistake" not in str(unknown.model_dump())


def test_a_form_that_is_not_ours_signs_nobody_in(anonymous: TestClient, world: World) -> None:
    for token in ("", "forged"):
        response = attempt(anonymous, csrf_token=token)
        assert response.status_code == 422
        assert "form has expired" in response.text
        assert 'value="alice@example.org"' in response.text
    anonymous.cookies.delete(LOGIN_CSRF_COOKIE)
    bare = anonymous.post(
        "/login", data={"csrf_token": "", "email": "alice@example.org", "password": PASSWORD}
    )
    assert bare.status_code == 422


def test_signed_out_one_is_sent_to_sign_in_and_then_to_where_one_wanted_to_go(
    anonymous: TestClient, world: World
) -> None:
    wanted = f"/patients/{world.pat}"
    response = anonymous.get(wanted)
    assert response.status_code == 303
    page = anonymous.get(response.headers["location"])
    assert f'name="next" value="{wanted}"' in page.text
    assert attempt(anonymous, next=wanted).headers["location"] == wanted


def test_a_query_survives_signing_in(anonymous: TestClient, world: World) -> None:
    response = anonymous.get("/patients?page=2")
    page = anonymous.get(response.headers["location"])
    assert 'name="next" value="/patients?page=2"' in page.text


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/\t/elsewhere.example",
        "\\\\elsewhere.example",
        "javascript:alert(1)",
        "",
    ],
)
def test_nobody_is_led_to_another_site(anonymous: TestClient, world: World, target: str) -> None:
    page = anonymous.get("/login", params={"next": target})
    assert 'name="next" value="/"' in page.text
    assert attempt(anonymous, next=target).headers["location"] == "/"


def test_signing_out_ends_the_session_for_good(alice: Visitor, session: Session) -> None:
    kept = alice.client.cookies[SESSION_COOKIE]
    response = alice.post("/logout")
    assert (response.status_code, response.headers["location"]) == (303, "/login")
    assert session.exec(select(UserSession)).all() == []
    alice.client.cookies.set(SESSION_COOKIE, kept)
    assert alice.get("/").status_code == 303


def test_signing_in_again_ends_the_session_that_this_browser_had(
    anonymous: TestClient, alice: Visitor, session: Session
) -> None:
    attempt(anonymous)
    first = anonymous.cookies[SESSION_COOKIE]
    attempt(anonymous)
    assert anonymous.cookies[SESSION_COOKIE] != first
    assert anonymous.get("/").status_code == 200
    assert alice.get("/").status_code == 200  # the one at another desk goes on
    assert len(session.exec(select(UserSession)).all()) == 2


def test_signing_in_forgets_ones_own_expired_sessions(
    anonymous: TestClient, world: World, engine: Engine
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=2)
    with transaction(engine) as session:
        for person in (world.alice, world.bob):
            user = session.get_one(UserAccount, person.user_id)
            open_session(session, user=user, now=long_ago, hours=1)
    attempt(anonymous)
    with transaction(engine) as session:
        kept = sorted(str(s.user_id) for s in session.exec(select(UserSession)).all())
    assert kept == sorted([str(world.alice.user_id), str(world.bob.user_id)])


def test_others_can_write_while_a_password_is_checked(
    anonymous: TestClient, world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(password: str, kept: str | None) -> bool:
        with transaction(engine) as session:
            ensure_site(session, "WRITTEN-MEANWHILE")
        return verify_password(password, kept)

    monkeypatch.setattr("registry.services.sign_in.verify_password", slow)
    assert attempt(anonymous).status_code == 303


def test_another_site_cannot_sign_one_out(alice: Visitor) -> None:
    assert alice.post("/logout", csrf_token="forged").status_code == 403
    assert alice.get("/").status_code == 200


def test_a_fragment_asked_for_when_signed_out_leaves_the_page_and_says_so(
    app: FastAPI, anonymous: TestClient, world: World
) -> None:
    response = anonymous.get(
        f"/patients/{world.pat}/assessments/new", headers={"HX-Request": "true"}
    )
    assert (response.status_code, response.headers["x-signed-out"]) == (401, "/login")
    assert "hx-redirect" not in response.headers
