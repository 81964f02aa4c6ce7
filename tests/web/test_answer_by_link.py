"""A patient answers by a link: without signing in, once, on a page that tells nobody's name."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine
from sqlmodel import Session

from registry.db.engine import transaction
from registry.db.queries.patient_links import find_link
from registry.db.tables import Assessment, Patient, PatientLink
from registry.domain.access import Actor
from registry.services.patient_links import make_patient_link, withdraw_link
from registry.services.secrets import digest
from tests.web.conftest import Visitor
from tests.web.queries import rows
from tests.world import World, dies

SAID = {"average": "4", "worst": "6", "pgic": "2", "taken": "MST 20 bd"}
SPEAKS_OF_PAT = ("Rosalind", "H1", "1950", "lung", "Able", "oeliac", "NORTH", "orphine")


@pytest.fixture
def secret(engine: Engine, world: World) -> str:
    with transaction(engine) as session:
        return make_patient_link(
            session, actor=world.alice, patient_id=world.pat, now=datetime.now(UTC)
        )[1]


def post(client: TestClient, secret: str, **fields: str) -> Response:
    return client.post(f"/a/{secret}", data={**SAID, **fields})


def words(page: Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def answers(engine: Engine) -> list[Assessment]:
    return [row for row in rows(engine, Assessment) if row.source == "link"]


def test_the_patient_is_asked_answers_checks_and_sends(
    anonymous: TestClient, engine: Engine, secret: str
) -> None:
    asked = words(anonymous.get(f"/a/{secret}"))
    assert "How bad was your pain on average in the last 24 hours?" in asked
    assert "Since the treatment, I feel:" in asked
    assert "as you would tell a nurse" in asked
    assert asked.count("I can’t or don’t want to answer this") >= 3
    check = post(anonymous, secret)
    assert "Your pain on average 4 out of 10" in words(check)
    assert "Since the treatment you feel much better" in words(check)
    assert answers(engine) == []
    sent = post(anonymous, secret, step="send")
    assert (sent.status_code, sent.headers["location"]) == (303, "/a/thank-you")
    thanks = words(anonymous.get("/a/thank-you"))
    assert "Your answers have been sent" in thanks
    assert "If your pain is bad" in thanks
    assert [row.regimen_text for row in answers(engine)] == ["MST 20 bd"]


def test_change_goes_back_with_every_answer_kept(
    anonymous: TestClient, engine: Engine, secret: str
) -> None:
    page = post(anonymous, secret, step="change", taken="one\r\n<b>two</b>").text
    for name, value in (("average", "4"), ("worst", "6"), ("pgic", "2")):
        assert re.search(f'name="{name}" value="{value}" checked', page)
    assert "one\n&lt;b&gt;two&lt;/b&gt;" in page.replace("\r\n", "\n")
    assert answers(engine) == []


def test_what_is_left_out_is_said_and_kept_as_not_asked(
    anonymous: TestClient, engine: Engine, secret: str
) -> None:
    left = {"worst": "", "pgic": "", "taken": ""}
    assert words(post(anonymous, secret, **left)).count("You left this out") == 3
    post(anonymous, secret, step="send", **left)
    (row,) = answers(engine)
    assert (row.regimen_recorded, row.regimen_text) == (False, None)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"average": "6", "worst": "3"}, "which one should be different?"),
        ({"average": "", "worst": "", "pgic": "", "taken": ""}, "One answer is enough."),
        ({"average": "11", "worst": "x", "pgic": "8", "taken": " "}, "One answer is enough."),
        ({"taken": "x" * 2001}, "Please shorten it."),
    ],
)
def test_what_cannot_be_right_is_asked_kindly_and_never_sent(
    anonymous: TestClient, engine: Engine, secret: str, fields: dict[str, str], message: str
) -> None:
    for step in ("", "send"):
        page = post(anonymous, secret, step=step, **fields)
        assert page.status_code == 200
        assert message in words(page)
        assert "Send my answers" not in words(page)
    assert answers(engine) == []


def test_nothing_of_anybody_is_on_any_of_the_pages(
    anonymous: TestClient, engine: Engine, world: World, secret: str
) -> None:
    with transaction(engine) as session:
        session.get_one(Patient, (world.north, world.pat)).name = "Rosalind Poole"
    pages = [
        anonymous.get(f"/a/{secret}"),
        post(anonymous, secret, taken="a"),
        anonymous.get("/a/thank-you"),
        anonymous.get("/a/nope"),
    ]
    for page in pages:
        for word in SPEAKS_OF_PAT:
            assert word not in words(page)
        assert "/patients" not in page.text
        assert "<script" not in page.text
        assert "<nav" not in page.text
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-robots-tag"] == "noindex"
        assert "default-src 'self'" in page.headers["content-security-policy"]
        assert "set-cookie" not in page.headers
    assert not anonymous.cookies


def link_of(session: Session, secret: str) -> PatientLink:
    link = find_link(session, digest(secret))
    assert link is not None
    return link


def used(engine: Engine, world: World, client: TestClient, secret: str) -> None:
    assert post(client, secret, step="send").status_code == 303


def expired(engine: Engine, world: World, client: TestClient, secret: str) -> None:
    with transaction(engine) as session:
        link_of(session, secret).expires_at = datetime.now(UTC) - timedelta(seconds=1)


def withdrawn(engine: Engine, world: World, client: TestClient, secret: str) -> None:
    with transaction(engine) as session:
        link_id = link_of(session, secret).id
        withdraw_link(session, actor=world.alice, link_id=link_id, now=datetime.now(UTC))


def bereaved(engine: Engine, world: World, client: TestClient, secret: str) -> None:
    with transaction(engine) as session:
        dies(session, world, 20)


@pytest.mark.parametrize("close", [used, expired, withdrawn, bereaved])
def test_a_link_that_is_closed_looks_like_one_that_never_was(
    anonymous: TestClient,
    engine: Engine,
    world: World,
    secret: str,
    close: Callable[[Engine, World, TestClient, str], None],
) -> None:
    close(engine, world, anonymous, secret)
    before = len(answers(engine))
    unknown = anonymous.get("/a/never-made")
    for page in (
        anonymous.get(f"/a/{secret}"),
        post(anonymous, secret),
        post(anonymous, secret, step="send"),
    ):
        assert (page.status_code, page.text) == (404, unknown.text)
    assert "ask your team for a new link" in words(unknown)
    assert len(answers(engine)) == before


def test_nobody_sends_more_than_a_person_types(
    anonymous: TestClient, engine: Engine, secret: str
) -> None:
    assert post(anonymous, secret, step="send", taken="x" * 60_000).status_code == 413
    assert answers(engine) == []


def test_the_secret_is_in_no_log(
    anonymous: TestClient, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        logging.getLogger("httpx2").setLevel(logging.WARNING)  # the client's own, not ours
        anonymous.get(f"/a/{secret}")
        post(anonymous, secret, step="send")
        post(anonymous, secret, step="send")
    assert secret not in caplog.text


# ------------------------------------------------------------------------------ sending the link


def handed(page: Response) -> str:
    found = re.search(r'value="(http://testserver/a/[\w-]{43})" readonly', page.text)
    assert found
    return found[1]


def test_a_clinician_makes_a_link_once_seen_with_its_picture(alice: Visitor, world: World) -> None:
    url = f"/patients/{world.pat}/links"
    assert f'href="{url}"' in alice.get(f"/patients/{world.pat}").text
    assert "None. A link" in alice.get(url).text
    made = alice.post(url, valid_days="3")
    address = handed(made)
    assert 'src="data:image/svg+xml' in made.text
    assert address not in alice.get(url).text
    assert alice.get(url).text.count("Withdraw the link made") == 1
    assert handed(alice.post(url, valid_days="3")) != address


def test_an_open_link_is_withdrawn_from_its_page(
    alice: Visitor, anonymous: TestClient, world: World, secret: str
) -> None:
    page = alice.get(f"/patients/{world.pat}/links").text
    found = re.search(r'action="(/links/[^"]+/withdraw)"', page)
    assert found
    assert alice.post(found[1]).headers["location"] == f"/patients/{world.pat}/links"
    assert anonymous.get(f"/a/{secret}").status_code == 404
    assert "Link withdrawn." in alice.get(f"/patients/{world.pat}/links").text


def test_links_are_the_patients_teams_business(
    charlie: Visitor, quinn: Visitor, alice: Visitor, world: World
) -> None:
    url = f"/patients/{world.pat}/links"
    for visitor, status in ((charlie, 404), (quinn, 403)):
        assert visitor.get(url).status_code == status
        assert visitor.post(url, valid_days="7").status_code == status
    assert alice.post(url, valid_days="7", csrf_token="forged").status_code == 403
    assert alice.post(url, valid_days="99").status_code == 422


def test_the_address_is_the_public_one_where_one_is_set(
    app: FastAPI, alice: Visitor, world: World
) -> None:
    app.state.settings = app.state.settings.model_copy(
        update={"public_url": "https://pain.example.org/"}
    )
    page = alice.post(f"/patients/{world.pat}/links", valid_days="7").text
    assert re.search(r'value="https://pain\.example\.org/a/[\w-]{43}"', page)


def test_a_program_gets_the_address_once(
    program: Callable[[Actor], TestClient], anonymous: TestClient, world: World
) -> None:
    url = f"/api/v1/patients/{world.pat}/links"
    made: dict[str, Any] = program(world.alice).post(url, json={"valid_days": 2}).json()
    assert made["patient_id"] == str(world.pat)
    path = made["address"].removeprefix("http://testserver")
    assert anonymous.get(path).status_code == 200
    key = {"Idempotency-Key": "7"}
    first, again = (program(world.alice).post(url, json={}, headers=key).json() for _ in "12")
    assert (again["id"], again["address"]) == (first["id"], None)
    assert first["address"] != made["address"]
    assert program(world.alice).post(url, json={"valid_days": 31}).status_code == 422
    assert program(world.charlie).post(url, json={}).status_code == 404
    assert program(world.quinn).post(url, json={}).status_code == 403


# --------------------------------------------------------------------- what the team makes of it


def test_the_team_sees_the_patients_words_and_enters_the_doses(
    alice: Visitor, anonymous: TestClient, engine: Engine, world: World, secret: str
) -> None:
    wrote = "The big white one twice and the patch"
    post(anonymous, secret, step="send", taken=wrote)
    page = words(alice.get(f"/patients/{world.pat}"))
    assert f"Medicines, as the patient wrote {wrote}" in page
    assert "Answered by the patient, over a link" in page
    (row,) = answers(engine)
    url = f"/assessments/{row.id}/edit"
    form = alice.get(url)
    assert f"Medicines, as the patient wrote {wrote}" in words(form)
    assert '<option value="link" selected>' in form.text
    saved = alice.post(
        url,
        version="1",
        assessed_on="2 Mar 2026",
        respondent="self",
        source="link",
        average_pain="4",
        worst_pain="6",
        pgic="2",
        reason="Asked by phone what she takes",
        **{
            "opioids-0-drug": "morphine",
            "opioids-0-dose": "20",
            "opioids-0-per_day": "2",
        },
    )
    assert saved.status_code == 303
    (row,) = answers(engine)
    assert (row.medd_mg, row.regimen_text, row.source) == (40, wrote, "link")
