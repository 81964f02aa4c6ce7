"""Being signed in: seeing where, ending it, and losing nothing when it ends by itself."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import Session, col, select, update

from registry.db.engine import transaction
from registry.db.tables import Assessment, AuditEvent, HeldForm, UserSession
from registry.web.browsers import name_browser
from registry.web.deps import SESSION_COOKIE
from tests.web.conftest import Clock, Visitor
from tests.web.page_form import sent_by
from tests.web.test_sign_in import attempt, token_of
from tests.world import World

NOTE = "Walked to the sea & back <3"
FOLLOW_UP = {
    "assessed_on": "2026-01-12",
    "respondent": "self",
    "average_pain": "3",
    "assessment_note": NOTE,
}
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def times_out(clock: Clock) -> None:
    clock.pass_by(minutes=31)


def assessments(engine: Engine) -> list[Assessment]:
    with transaction(engine, write=False) as session:
        return list(session.exec(select(Assessment)).all())


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        (FIREFOX, "Firefox on Windows"),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/140 Safari/537",
            "Chrome on Android",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/605", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140", "Edge on Windows"),
        ("curl/8", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_as_its_owner_knows_it(claims: str, name: str) -> None:
    assert name_browser(claims) == name


def test_one_sees_where_one_is_signed_in(anonymous: TestClient, alice: Visitor) -> None:
    anonymous.headers["User-Agent"] = FIREFOX
    attempt(anonymous)
    page = alice.get("/account").text
    assert "Firefox on Windows" in page
    assert page.count("Last seen") == 2
    assert page.count("this one") == 1


def test_a_session_elsewhere_is_ended_from_here(
    anonymous: TestClient, alice: Visitor, session: Session
) -> None:
    attempt(anonymous)
    found = re.search(r"/account/sessions/[0-9a-f-]{36}/end", alice.get("/account").text)
    assert found
    assert alice.post(found[0]).headers["location"] == "/account"
    assert anonymous.get("/").status_code == 303
    assert alice.get("/").status_code == 200
    assert session.exec(select(AuditEvent).where(AuditEvent.action == "end_session")).one()


def test_all_others_are_ended_at_once(anonymous: TestClient, alice: Visitor) -> None:
    attempt(anonymous)
    alice.post("/account/sessions/end")
    assert anonymous.get("/").status_code == 303
    assert alice.get("/").status_code == 200


def test_nobody_sees_or_ends_anothers_session(
    alice: Visitor, charlie: Visitor, engine: Engine, world: World
) -> None:
    with transaction(engine, write=False) as session:
        query = select(UserSession).where(UserSession.user_id == world.charlie.user_id)
        his = session.exec(query).one()
    assert str(his.id) not in alice.get("/account").text
    assert alice.post(f"/account/sessions/{his.id}/end").status_code == 404
    assert charlie.get("/").status_code == 200


def test_half_an_hour_without_a_request_ends_it(alice: Visitor, clock: Clock) -> None:
    clock.pass_by(minutes=29)
    assert alice.get("/").status_code == 200
    clock.pass_by(minutes=29)
    assert alice.get("/").status_code == 200  # the request before was a sign of life
    times_out(clock)
    assert alice.get("/").status_code == 303


def test_however_busy_one_is_it_ends_after_its_time(
    alice: Visitor, clock: Clock, engine: Engine
) -> None:
    for _ in range(3):
        clock.pass_by(minutes=19)
        assert alice.get("/account").status_code == 200
    clock.pass_by(minutes=19)  # the test's session was opened for one hour
    assert alice.get("/account").status_code == 303


def test_a_sign_of_life_never_waits_for_a_writer(
    alice: Visitor, clock: Clock, engine: Engine
) -> None:
    clock.pass_by(minutes=5)
    with transaction(engine) as busy:
        busy.exec(update(UserSession).values(device="held by another"))
        assert alice.get("/account").status_code == 200


def sends_too_late(visitor: Visitor, clock: Clock, world: World) -> Any:
    """Open a follow-up form, let the session time out, send it."""
    url = f"/patients/{world.pat}/assessments/new"
    visitor.get(url)
    times_out(clock)
    return visitor.post(url, **FOLLOW_UP)


def test_what_was_sent_too_late_is_still_there_after_signing_in_again(
    alice: Visitor, clock: Clock, world: World, engine: Engine
) -> None:
    before = len(assessments(engine))
    refused = sends_too_late(alice, clock, world)
    assert (refused.status_code, refused.headers["location"]) == (303, "/login")
    assert len(assessments(engine)) == before
    assert attempt(alice.client).headers["location"] == "/unsent"
    page = alice.get("/unsent")
    kept = sent_by(page.text, "unsent")
    assert kept["assessment_note"] == [NOTE]
    sent = alice.client.post("/unsent", data=kept)
    assert sent.status_code == 307
    done = alice.client.post(sent.headers["location"], data=kept)
    assert done.status_code == 303, done.text
    assert [a.note for a in assessments(engine) if a.note] == [NOTE]
    assert alice.get("/unsent").headers["location"] == "/"


def test_nobody_else_at_the_same_computer_gets_to_see_it(
    alice: Visitor, clock: Clock, world: World
) -> None:
    sends_too_late(alice, clock, world)
    signed_in = attempt(alice.client, email="charlie@example.org")
    assert signed_in.headers["location"] == "/"
    assert alice.get("/unsent").status_code == 303


def test_thrown_away_it_is_gone(
    alice: Visitor, clock: Clock, world: World, session: Session
) -> None:
    sends_too_late(alice, clock, world)
    attempt(alice.client)
    token = token_of(alice.get("/unsent"))
    alice.client.post("/unsent/drop", data={"csrf_token": token})
    assert session.exec(select(HeldForm)).all() == []


def test_it_lies_in_the_database_sealed(
    alice: Visitor, clock: Clock, world: World, session: Session
) -> None:
    sends_too_late(alice, clock, world)
    held = session.exec(select(HeldForm)).one()
    assert "sea" not in held.sealed
    secret = alice.client.cookies["assuage_held"]
    assert secret not in str(held.model_dump())


def test_passwords_are_never_held(alice: Visitor, clock: Clock, session: Session) -> None:
    times_out(clock)
    alice.post("/account/password", present="a", password="b", repeated="b")
    assert session.exec(select(HeldForm)).all() == []


def test_a_stranger_can_make_nobody_hold_anything(
    anonymous: TestClient, world: World, session: Session
) -> None:
    anonymous.cookies.set(SESSION_COOKIE, "made up")
    anonymous.post(f"/patients/{world.pat}/assessments/new", data=FOLLOW_UP)
    assert session.exec(select(HeldForm)).all() == []


def test_a_form_left_open_can_be_sent_after_signing_in_in_another_tab(
    alice: Visitor, clock: Clock, world: World, engine: Engine
) -> None:
    """Its secret stays good for the same person and browser: script needs no new page."""
    url = f"/patients/{world.pat}/assessments/new"
    times_out(clock)
    assert alice.get(url, htmx=True).headers["x-signed-out"] == "/login"
    assert attempt(alice.client, next="/login/done").headers["location"] == "/login/done"
    assert "Close this tab" in alice.get("/login/done").text
    assert alice.post(url, **FOLLOW_UP).status_code == 303
    assert NOTE in [a.note for a in assessments(engine)]


def test_somebody_elses_sign_in_does_not_make_it_good(
    alice: Visitor, clock: Clock, world: World
) -> None:
    url = f"/patients/{world.pat}/assessments/new"
    times_out(clock)
    attempt(alice.client, email="charlie@example.org")
    assert alice.post(url, **FOLLOW_UP).status_code == 403


def test_signing_in_and_out_are_on_record(
    anonymous: TestClient, world: World, session: Session
) -> None:
    attempt(anonymous)
    token = token_of(anonymous.get("/"))
    anonymous.post("/logout", data={"csrf_token": token})
    theirs = col(AuditEvent.action).in_(["sign_in", "sign_out"])
    lines = session.exec(select(AuditEvent).where(theirs).order_by(col(AuditEvent.id))).all()
    assert [e.action for e in lines] == ["sign_in", "sign_out"]
    assert lines[0].changes == {"by": [None, "password"]}


def change_password(visitor: Visitor, **typed: str) -> Any:
    fields = {"present": "a long enough password", "password": "correct horse battery"}
    fields["repeated"] = fields["password"]
    return visitor.post("/account/password", **{**fields, **typed})


def test_a_changed_password_ends_all_other_sessions(anonymous: TestClient, alice: Visitor) -> None:
    attempt(anonymous)
    assert change_password(alice).headers["location"] == "/account"
    assert alice.get("/").status_code == 200
    assert anonymous.get("/").status_code == 303
    assert attempt(anonymous).status_code == 422
    assert attempt(anonymous, password="correct horse battery").status_code == 303


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"present": "wrong"}, "not your present password"),
        ({"repeated": "other"}, "not the same"),
        ({"password": "password123", "repeated": "password123"}, "unrelated words"),
        (
            {"password": "a long enough password", "repeated": "a long enough password"},
            "the password you have",
        ),
    ],
)
def test_a_password_that_will_not_do_is_told_why(
    alice: Visitor, typed: dict[str, str], says: str
) -> None:
    refused = change_password(alice, **typed)
    assert refused.status_code == 422
    assert says in refused.text
    assert alice.client.cookies[SESSION_COOKIE]
