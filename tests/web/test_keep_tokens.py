"""Tokens for programs: made on one's own page, narrow, seen once, revoked at any time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from registry.db.engine import transaction
from registry.db.tables import ApiToken, AuditEvent
from registry.domain.access import (
    EVERY_SCOPE,
    GRANTS,
    SCOPE_OF,
    Actor,
    Permission,
    Role,
    Scope,
    require,
)
from registry.domain.errors import NotPermitted
from registry.services.people import local_actor
from registry.services.tokens import create_token
from tests.web.conftest import Clock, Visitor
from tests.world import World


def make(visitor: Visitor, **typed: Any) -> Any:
    fields = {"name": "nightly report", "scopes": ["read"], "days": "30", **typed}
    return visitor.post("/account/tokens", **fields)


def shown(page: str) -> str:
    found = re.search(r'id="f-token" value="([^"]+)"', page)
    assert found, page
    return found[1]


@pytest.fixture
def bearer(anonymous: TestClient) -> Callable[[str], TestClient]:
    def use(token: str) -> TestClient:
        anonymous.headers["Authorization"] = f"Bearer {token}"
        return anonymous

    return use


def test_it_is_shown_once_and_kept_as_a_hash(
    alice: Visitor, bearer: Callable[[str], TestClient], engine: Engine
) -> None:
    token = shown(make(alice).text)
    assert token not in alice.get("/account").text
    with transaction(engine, write=False) as session:
        kept = session.exec(select(ApiToken)).one()
    assert token not in str(kept.model_dump())
    assert (kept.name, kept.scopes) == ("nightly report", "read")
    assert bearer(token).get("/api/v1/patients").status_code == 200


def test_it_does_what_it_is_for_and_nothing_else(
    alice: Visitor, bearer: Callable[[str], TestClient], world: World
) -> None:
    client = bearer(shown(make(alice).text))
    assert client.get(f"/api/v1/patients/{world.pat}").status_code == 200
    new = {"hospital_number": "H2", "birth_date": "1950-01-01", "sex": "male"}
    refused = client.post("/api/v1/patients", json=new)
    assert refused.status_code == 403
    assert client.get("/api/v1/exports/procedure_outcomes.csv").status_code == 403
    assert client.get("/api/v1/outcomes").status_code == 403


def test_a_scope_gives_nobody_more_than_their_role(
    program: Callable[[Actor], TestClient], world: World
) -> None:
    assert program(world.quinn).get(f"/api/v1/patients/{world.pat}").status_code == 403


def test_every_permission_says_which_scope_it_needs() -> None:
    assert set(SCOPE_OF) == set(Permission)
    assert {scope for scope in SCOPE_OF.values() if scope} == EVERY_SCOPE


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("role", list(Role))
def test_role_and_scope_are_both_asked(world: World, role: Role, scope: Scope) -> None:
    site = world.north
    actor = Actor(name="a", roles={site: role}, scopes=frozenset({scope}))
    for permission in Permission:
        wanted = permission in GRANTS[role] and SCOPE_OF[permission] is scope
        assert actor.may(permission, site) == wanted
        assert (site in actor.sites(permission)) == wanted
        if not wanted:
            with pytest.raises(NotPermitted):
                require(actor, permission, site)


def test_no_token_manages_sites_or_accounts(world: World) -> None:
    roles = {world.north: Role.ADMIN}
    actor = Actor(name="a", roles=roles, system_admin=True, scopes=EVERY_SCOPE)
    assert not actor.may(Permission.MANAGE_SITE, world.north)
    assert not actor.may_manage_accounts


def test_it_ends_on_its_day(
    alice: Visitor, bearer: Callable[[str], TestClient], clock: Clock
) -> None:
    client = bearer(shown(make(alice).text))
    clock.pass_by(days=29)
    assert client.get("/api/v1/patients").status_code == 200
    clock.pass_by(days=2)
    assert client.get("/api/v1/patients").status_code == 401


def test_revoked_it_stops_at_once(
    alice: Visitor, bearer: Callable[[str], TestClient], session: Session
) -> None:
    client = bearer(shown(make(alice).text))
    found = re.search(r"/account/tokens/[0-9a-f-]{36}/revoke", alice.get("/account").text)
    assert found
    assert alice.post(found[0]).status_code == 303
    assert client.get("/api/v1/patients").status_code == 401
    assert "Revoke the token nightly report" not in alice.get("/account").text
    actions = session.exec(select(AuditEvent.action).order_by(col(AuditEvent.id))).all()
    assert list(actions)[-2:] == ["create_token", "revoke_token"]


def test_nobody_revokes_anothers(alice: Visitor, charlie: Visitor, engine: Engine) -> None:
    make(alice)
    with transaction(engine, write=False) as session:
        kept = session.exec(select(ApiToken)).one()
    assert charlie.post(f"/account/tokens/{kept.id}/revoke").status_code == 404


def test_one_sees_when_it_was_last_used(
    alice: Visitor, bearer: Callable[[str], TestClient]
) -> None:
    token = shown(make(alice).text)
    assert "never used" in alice.get("/account").text
    bearer(token).get("/api/v1/patients")
    assert "last used" in alice.get("/account").text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"scopes": []}, "at least one thing"),
        ({"scopes": ["everything"]}, "at least one thing"),
        ({"days": "0"}, "1 to 365"),
        ({"days": "3650"}, "1 to 365"),
        ({"days": "soon"}, "how long it lasts"),
        ({"name": ""}, "Name the program"),
    ],
)
def test_what_will_not_do_is_told(
    alice: Visitor, engine: Engine, typed: dict[str, Any], says: str
) -> None:
    refused = make(alice, **typed)
    assert refused.status_code == 422
    assert says in refused.text
    with transaction(engine, write=False) as session:
        assert session.exec(select(ApiToken)).all() == []


def test_a_stale_sign_in_is_asked_once_more_before_one_is_made(
    alice: Visitor, clock: Clock
) -> None:
    clock.pass_by(minutes=11)
    assert make(alice).headers["location"].startswith("/step-up")


def test_at_the_command_line_they_are_made_for_anybody(world: World, session: Session) -> None:
    token = create_token(
        session,
        actor=local_actor(session),
        email="bob@example.org",
        now=datetime.now(UTC),
        scopes=[Scope.READ],
        days=1,
        name="ward list",
    )
    assert token
    assert session.exec(select(ApiToken)).one().user_id == world.bob.user_id
