"""The first start: one link, once, makes the first site and its administrator."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine
from sqlmodel import Session, select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent, Membership, Site, UserAccount
from registry.services.account_links import make_setup_link
from tests.web.conftest import Clock
from tests.web.test_sign_in import attempt, token_of
from tests.web.test_sign_in_with_a_second_factor import code, send, shown_secret
from tests.world import World

PASSWORD = "correct horse battery"
FIRST = {
    "site_name": "Harbour Hospital",
    "site_code": "harbour",
    "name": "Ade Moss",
    "email": "Ade@Example.org",
    "password": PASSWORD,
    "repeated": PASSWORD,
}


@pytest.fixture
def link(engine: Engine) -> str:
    with transaction(engine) as session:
        return f"/welcome/{make_setup_link(session, now=datetime.now(UTC))}"


def fill_in(client: TestClient, link: str, **typed: str) -> Response:
    token = token_of(client.get(link))
    return client.post(link, data={"csrf_token": token, **FIRST, **typed})


def test_it_makes_the_site_and_the_account_and_asks_for_a_second_factor(
    anonymous: TestClient, link: str, session: Session, clock: Clock
) -> None:
    done = fill_in(anonymous, link)
    assert done.headers["location"].startswith("/login/second-factor")
    site, user = session.exec(select(Site)).one(), session.exec(select(UserAccount)).one()
    assert (site.code, site.name) == ("harbour", "Harbour Hospital")
    assert (user.email, user.system_admin) == ("ade@example.org", True)
    assert session.exec(select(Membership)).one().role == "admin"
    actors = {e.actor for e in session.exec(select(AuditEvent)).all()}
    assert "first set-up" in actors
    session.commit()
    secret = shown_secret(anonymous.get("/login/second-factor"))
    send(anonymous, "/login/second-factor", code(secret, clock))
    assert anonymous.get("/people").status_code == 200


def test_it_works_once(anonymous: TestClient, link: str) -> None:
    fill_in(anonymous, link)
    assert anonymous.get(link).status_code == 404
    assert "Ask for another" in anonymous.get(link).text


def test_a_day_later_it_no_longer_works(anonymous: TestClient, link: str, clock: Clock) -> None:
    clock.pass_by(hours=25)
    assert anonymous.get(link).status_code == 404


def test_a_new_start_makes_the_earlier_link_useless(
    anonymous: TestClient, link: str, engine: Engine
) -> None:
    with transaction(engine) as session:
        assert make_setup_link(session, now=datetime.now(UTC))
    assert anonymous.get(link).status_code == 404


def test_a_registry_with_people_has_no_set_up_link(world: World, session: Session) -> None:
    assert make_setup_link(session, now=datetime.now(UTC)) is None


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"password": "password123", "repeated": "password123"}, "unrelated words"),
        ({"repeated": "another"}, "not the same"),
        ({"email": "ade"}, "one @"),
        ({"name": " "}, "Enter a name"),
        ({"site_code": "no blanks!"}, "short code"),
        ({"site_name": ""}, "the site&#39;s name"),
        ({"csrf_token": "forged"}, "expired"),
    ],
)
def test_what_will_not_do_is_told_and_what_was_typed_stays(
    anonymous: TestClient, link: str, session: Session, typed: dict[str, str], says: str
) -> None:
    refused = fill_in(anonymous, link, **typed)
    assert refused.status_code == 422
    assert says in refused.text
    assert 'value="Harbour Hospital"' in refused.text or "site_name" in typed
    assert PASSWORD not in refused.text
    assert session.exec(select(UserAccount)).all() == []


@pytest.mark.parametrize("secret", ["", "guess", "x" * 500])
def test_a_guessed_link_opens_nothing(anonymous: TestClient, world: World, secret: str) -> None:
    assert anonymous.get(f"/welcome/{secret}").status_code == 404
    assert anonymous.post(f"/welcome/{secret}", data=FIRST).status_code == 404


def test_signing_in_with_what_was_set_up(anonymous: TestClient, link: str, clock: Clock) -> None:
    fill_in(anonymous, link)
    again: Any = attempt(anonymous, email="ade@example.org", password=PASSWORD)
    assert again.headers["location"].startswith("/login/second-factor")
