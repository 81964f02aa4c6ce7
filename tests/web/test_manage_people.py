"""A system administrator decides who works where, and sees no patient by it."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import Session, select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent, Membership, Site, UserAccount
from registry.services.people import actor_of, local_actor, open_account
from tests.web.conftest import Clock, SignIn, Visitor
from tests.web.test_sign_in import attempt, token_of
from tests.world import PASSWORD, World

GOOD = "correct horse battery"
NEW = {"name": "Dana Reed", "email": "dana@example.org", "site": "NORTH", "role": "clinician"}


@pytest.fixture
def sam(sign_in: SignIn, engine: Engine, world: World) -> Visitor:
    """Sign Sam in, who manages sites and accounts and has no role at any site."""
    with transaction(engine) as session:
        user = open_account(
            session,
            actor=local_actor(session),
            email="sam@example.org",
            name="Sam",
            password=PASSWORD,
            system_admin=True,
        )
        actor = actor_of(session, user)
    return sign_in(actor)


def account(engine: Engine, email: str) -> UserAccount:
    with transaction(engine, write=False) as session:
        return session.exec(select(UserAccount).where(UserAccount.email == email)).one()


def roles(engine: Engine, user_id: UUID | None) -> dict[str, str]:
    with transaction(engine, write=False) as session:
        query = select(Site.code, Membership.role).join(Membership)
        return dict(session.exec(query.where(Membership.user_id == user_id)).all())


def link_on(page: Any) -> str:
    found = re.search(r'value="http://testserver(/welcome/[^"]+)"', page.text)
    assert found, page.text
    return found[1]


def choose(client: TestClient, link: str, password: str = GOOD) -> Any:
    token = token_of(client.get(link))
    fields = {"csrf_token": token, "password": password, "repeated": password}
    return client.post(link, data=fields)


def test_the_right_alone_opens_no_record(sam: Visitor, world: World) -> None:
    assert sam.get("/people").status_code == 200
    for page in (f"/patients/{world.pat}", "/patients", "/exports", "/outcomes"):
        assert sam.get(page).status_code in {403, 404}, page


def test_nobody_else_manages_people(alice: Visitor, quinn: Visitor, world: World) -> None:
    url = f"/people/{world.bob.user_id}"
    for visitor in (alice, quinn):
        assert visitor.get("/people").status_code == 403
        assert visitor.get(url).status_code == 403
        assert visitor.post("/people", **NEW).status_code == 403
        assert visitor.post("/people/sites", site_code="x", site_name="X").status_code == 403
        for path in ("role", "system-admin", "link", "sessions/end", "active"):
            sent = visitor.post(f"{url}/{path}", site="NORTH", role="admin", value="yes")
            assert sent.status_code == 403, path
        assert visitor.post(f"{url}/second-factor/reset").status_code == 403
        assert "/people" not in visitor.get("/").text


def test_somebody_new_comes_in_by_a_link_that_works_once(
    sam: Visitor, anonymous: TestClient, engine: Engine
) -> None:
    link = link_on(sam.post("/people", **NEW))
    assert "dana@example.org" in anonymous.get(link).text
    assert choose(anonymous, link).headers["location"] == "/"
    assert "Today&#39;s work" in anonymous.get("/").text
    assert anonymous.get(link).status_code == 404
    dana = account(engine, "dana@example.org")
    assert roles(engine, dana.id) == {"NORTH": "clinician"}


def test_a_stolen_password_is_refused_there_too(sam: Visitor, anonymous: TestClient) -> None:
    link = link_on(sam.post("/people", **NEW))
    refused = choose(anonymous, link, "password123")
    assert refused.status_code == 422
    assert anonymous.get("/").status_code == 303


def test_a_link_is_good_for_a_week(sam: Visitor, anonymous: TestClient, clock: Clock) -> None:
    link = link_on(sam.post("/people", **NEW))
    clock.pass_by(days=8)
    assert anonymous.get(link).status_code == 404


def test_who_has_an_account_keeps_the_password(sam: Visitor, engine: Engine, world: World) -> None:
    done = sam.post("/people", **{**NEW, "email": "Charlie@example.org"})
    assert done.headers["location"] == f"/people/{world.charlie.user_id}"
    assert roles(engine, world.charlie.user_id) == {"NORTH": "clinician", "SOUTH": "clinician"}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"email": "dana"}, "one @"),
        ({"name": ""}, "Enter a name"),
        ({"site": "NOWHERE"}, "one of the sites"),
        ({"role": "king"}, "one of the roles"),
        ({"email": "alice@example.org"}, "a role at this site already"),
    ],
)
def test_what_will_not_do_is_told(
    sam: Visitor, engine: Engine, typed: dict[str, str], says: str
) -> None:
    refused = sam.post("/people", **{**NEW, **typed})
    assert refused.status_code == 422
    assert says in refused.text
    with transaction(engine, write=False) as session:
        query = select(UserAccount).where(UserAccount.email == "dana@example.org")
        assert session.exec(query).first() is None


def test_a_role_is_changed_and_taken_and_holds_at_once(
    sam: Visitor, alice: Visitor, engine: Engine, world: World, session: Session
) -> None:
    url = f"/people/{world.alice.user_id}/role"
    sam.post(url, site="NORTH", role="quality")
    assert alice.get(f"/patients/{world.pat}").status_code == 403
    sam.post(url, site="NORTH", role="")
    assert roles(engine, world.alice.user_id) == {}
    assert alice.get(f"/patients/{world.pat}").status_code in {403, 404}
    told = {
        e.action: e.changes["role"]
        for e in session.exec(select(AuditEvent)).all()
        if e.action in {"change_role", "take_role"}
    }
    assert told == {"change_role": ["clinician", "quality"], "take_role": ["quality", None]}


def test_nobody_changes_their_own_rights(sam: Visitor, engine: Engine) -> None:
    own = account(engine, "sam@example.org").id
    assert sam.post(f"/people/{own}/role", site="NORTH", role="clinician").status_code == 409
    assert sam.post(f"/people/{own}/active", value="no").status_code == 409
    assert roles(engine, own) == {}
    assert "This is you" in sam.get(f"/people/{own}").text


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(
    sam: Visitor, alice: Visitor, anonymous: TestClient, world: World
) -> None:
    url = f"/people/{world.alice.user_id}/active"
    sam.post(url, value="no")
    assert alice.get("/").status_code == 303
    assert attempt(anonymous).status_code == 422
    assert "closed" in sam.get("/people").text
    sam.post(url, value="yes")
    assert attempt(anonymous).status_code == 303


def test_somebody_is_signed_out_everywhere(sam: Visitor, alice: Visitor, world: World) -> None:
    sam.post(f"/people/{world.alice.user_id}/sessions/end")
    assert alice.get("/").status_code == 303


def test_a_forgotten_password_is_replaced_by_a_link(
    sam: Visitor, anonymous: TestClient, alice: Visitor, world: World
) -> None:
    link = link_on(sam.post(f"/people/{world.alice.user_id}/link"))
    assert choose(anonymous, link).status_code == 303
    assert alice.get("/").status_code == 303  # whoever knew the old password is out
    assert attempt(anonymous).status_code == 422


def test_a_site_is_opened_and_gets_people(sam: Visitor, engine: Engine) -> None:
    assert sam.post("/people/sites", site_code="EAST", site_name="East Hospice").status_code == 303
    assert sam.post("/people/sites", site_code="EAST", site_name="Again").status_code == 422
    sam.post("/people", **{**NEW, "site": "EAST"})
    assert roles(engine, account(engine, "dana@example.org").id) == {"EAST": "clinician"}


def test_a_second_manager_can_be_made(sam: Visitor, alice: Visitor, world: World) -> None:
    sam.post(f"/people/{world.alice.user_id}/system-admin", value="yes")
    assert alice.get("/people").status_code == 200
    sam.post(f"/people/{world.alice.user_id}/system-admin", value="no")
    assert alice.get("/people").status_code == 403


def test_an_unknown_person_is_no_page(sam: Visitor, world: World) -> None:
    assert sam.get(f"/people/{world.pat}").status_code == 404
    assert sam.post(f"/people/{world.pat}/link").status_code == 404


def test_a_stale_sign_in_is_asked_once_more(sam: Visitor, clock: Clock) -> None:
    clock.pass_by(minutes=11)
    assert sam.get("/people").status_code == 200
    assert sam.post("/people", **NEW).headers["location"].startswith("/step-up")


def test_a_site_goes_by_its_name(
    sam: Visitor, sign_in: SignIn, engine: Engine, world: World
) -> None:
    with transaction(engine) as session:
        session.get_one(Site, world.north).name = "Harbour Hospital"
    for page in (
        sam.get("/people"),
        sam.get(f"/people/{world.alice.user_id}"),
        sign_in(world.audrey).get("/trail/NORTH/check"),
    ):
        assert "Harbour Hospital" in page.text
        assert "at NORTH" not in page.text
        assert "of NORTH" not in page.text
