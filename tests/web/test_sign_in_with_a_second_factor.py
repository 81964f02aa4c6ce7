"""The second factor: who must have one, what it lets in, and what it never does twice."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine
from sqlmodel import Session, select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent, RecoveryCode, Site, UserAccount, UserTotp
from registry.domain.access import Actor
from registry.domain.throttling import FREE_TRIES, Door
from registry.services.people import local_actor
from registry.services.second_factor import (
    STEP,
    code_at,
    offer_factor,
    reset_factor,
    take_up_factor,
)
from registry.services.vault import Vault
from tests.web.conftest import Clock, Visitor
from tests.web.test_sign_in import attempt, token_of
from tests.world import World

AUDREY = "audrey@example.org"


@pytest.fixture
def vault(app: Any) -> Vault:
    return Vault(app.state.settings.keys)


def shown_secret(page: Response) -> str:
    found = re.search(r'<span class="secret">([A-Z2-7 ]+)</span>', page.text)
    assert found, page.text
    return found[1].replace(" ", "")


def code(secret: str, clock: Clock, steps: int = 0) -> str:
    return code_at(secret, int(clock().timestamp()) // STEP + steps)


def send(client: TestClient, url: str, typed: str) -> Response:
    page = client.get(url)
    return client.post(url, data={"csrf_token": token_of(page), "code": typed, "next": "/"})


def recovery_codes(page: Response) -> list[str]:
    return re.findall(r'<li class="secret">([A-Z2-7-]+)</li>', page.text)


def enrol(client: TestClient, clock: Clock) -> tuple[str, list[str]]:
    """Sign Audrey in for the first time; gives her secret and her recovery codes."""
    assert attempt(client, email=AUDREY).headers["location"].startswith("/login/second-factor")
    secret = shown_secret(client.get("/login/second-factor"))
    done = send(client, "/login/second-factor", code(secret, clock))
    assert done.status_code == 200, done.text
    return secret, recovery_codes(done)


@pytest.fixture
def enrolled(engine: Engine, world: World, vault: Vault) -> tuple[str, list[str]]:
    """Give Audrey a second factor, taken up an hour ago."""
    before = datetime.fromtimestamp(datetime.now(UTC).timestamp() - 3600, UTC)
    with transaction(engine) as session:
        user = session.get_one(UserAccount, world.audrey.user_id)
        secret = offer_factor(session, vault, user=user).secret
        right = code_at(secret, int(before.timestamp()) // STEP)
        codes = take_up_factor(session, vault, user=user, code=right, now=before)
    return secret, codes


def test_an_auditor_sets_one_up_at_the_next_sign_in_and_then_is_in(
    anonymous: TestClient, world: World, clock: Clock, session: Session
) -> None:
    _, codes = enrol(anonymous, clock)
    assert len(codes) == len(set(codes)) == 10
    assert anonymous.get("/").status_code == 200
    actions = [e.action for e in session.exec(select(AuditEvent)).all()]
    assert {"set_second_factor", "sign_in"} <= set(actions)


def test_the_password_alone_opens_nothing(
    anonymous: TestClient, world: World, clock: Clock
) -> None:
    attempt(anonymous, email=AUDREY)
    for page in ("/", "/exports", "/account"):
        assert anonymous.get(page).status_code == 303
    assert send(anonymous, "/login/second-factor", "000000").status_code == 422
    assert anonymous.get("/").status_code == 303


def test_a_clinician_is_let_in_without_and_may_set_one_up(
    alice: Visitor, anonymous: TestClient, clock: Clock
) -> None:
    page = alice.get("/account/second-factor")
    secret = shown_secret(page)
    done = alice.post("/account/second-factor", code=code(secret, clock))
    assert len(recovery_codes(done)) == 10
    assert attempt(anonymous).headers["location"].startswith("/login/code")
    clock.pass_by(seconds=STEP)
    assert send(anonymous, "/login/code", code(secret, clock)).headers["location"] == "/"


def test_made_up_patients_need_no_guard(
    anonymous: TestClient, world: World, engine: Engine
) -> None:
    with transaction(engine) as session:
        session.get_one(Site, world.north).synthetic = True
    assert attempt(anonymous, email=AUDREY).headers["location"] == "/"


def test_with_the_code_one_is_led_to_where_one_wanted_to_go(
    anonymous: TestClient, enrolled: tuple[str, list[str]], clock: Clock
) -> None:
    step = attempt(anonymous, email=AUDREY, next="/exports").headers["location"]
    assert step == "/login/code?next=/exports"
    page = anonymous.get(step)
    fields = {"csrf_token": token_of(page), "next": "/exports", "code": code(enrolled[0], clock)}
    assert anonymous.post("/login/code", data=fields).headers["location"] == "/exports"


def test_a_code_is_taken_once_though_it_is_still_shown(
    anonymous: TestClient, enrolled: tuple[str, list[str]], clock: Clock
) -> None:
    now = code(enrolled[0], clock)
    attempt(anonymous, email=AUDREY)
    assert send(anonymous, "/login/code", now).status_code == 303
    attempt(anonymous, email=AUDREY)
    again = send(anonymous, "/login/code", now)
    assert again.status_code == 422
    assert "not right, or was used already" in again.text


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (1, 303), (2, 422)])
def test_a_telephone_may_be_half_a_minute_off_and_no_more(
    anonymous: TestClient,
    enrolled: tuple[str, list[str]],
    clock: Clock,
    steps: int,
    status: int,
) -> None:
    attempt(anonymous, email=AUDREY)
    assert send(anonymous, "/login/code", code(enrolled[0], clock, steps)).status_code == status


def test_a_recovery_code_lets_in_once_however_it_is_typed(
    anonymous: TestClient, enrolled: tuple[str, list[str]], clock: Clock
) -> None:
    typed = enrolled[1][3].replace("-", " ").lower()
    attempt(anonymous, email=AUDREY)
    assert send(anonymous, "/login/code", typed).status_code == 303
    assert "Recovery codes left: 9" in anonymous.get("/account").text
    attempt(anonymous, email=AUDREY)
    assert send(anonymous, "/login/code", typed).status_code == 422


def test_new_recovery_codes_replace_the_old(
    anonymous: TestClient, enrolled: tuple[str, list[str]], clock: Clock
) -> None:
    attempt(anonymous, email=AUDREY)
    send(anonymous, "/login/code", code(enrolled[0], clock))
    token = token_of(anonymous.get("/account"))
    new = recovery_codes(anonymous.post("/account/recovery-codes", data={"csrf_token": token}))
    assert len(new) == 10
    attempt(anonymous, email=AUDREY)
    assert send(anonymous, "/login/code", enrolled[1][0]).status_code == 422
    assert send(anonymous, "/login/code", new[0]).status_code == 303


def test_codes_can_be_guessed_at_no_faster_than_passwords(
    anonymous: TestClient, enrolled: tuple[str, list[str]], clock: Clock, session: Session
) -> None:
    attempt(anonymous, email=AUDREY)
    page = anonymous.get("/login/code")

    def guess(typed: str) -> int:
        fields = {"csrf_token": token_of(page), "code": typed, "next": "/"}
        return anonymous.post("/login/code", data=fields).status_code

    tries = [guess("000000") for _ in range(FREE_TRIES[Door.CODE])]
    assert tries == [422] * FREE_TRIES[Door.CODE]
    assert guess(code(enrolled[0], clock)) == 429
    clock.pass_by(seconds=5)
    assert guess(code(enrolled[0], clock)) == 303
    reasons = [e.reason for e in session.exec(select(AuditEvent)).all() if e.reason]
    assert sorted(reasons) == ["too many tries"] + ["wrong code"] * FREE_TRIES[Door.CODE]


def test_a_right_password_does_not_wait_for_ever(
    anonymous: TestClient, enrolled: tuple[str, list[str]], clock: Clock
) -> None:
    attempt(anonymous, email=AUDREY)
    page = anonymous.get("/login/code")
    clock.pass_by(minutes=11)
    fields = {"csrf_token": token_of(page), "code": code(enrolled[0], clock), "next": "/"}
    assert anonymous.post("/login/code", data=fields).headers["location"] == "/login"
    assert anonymous.get("/login/code").headers["location"] == "/login"


def test_a_form_that_is_not_ours_takes_no_code(
    anonymous: TestClient, enrolled: tuple[str, list[str]], clock: Clock
) -> None:
    attempt(anonymous, email=AUDREY)
    fields = {"csrf_token": "forged", "code": code(enrolled[0], clock)}
    assert anonymous.post("/login/code", data=fields).status_code == 422
    assert anonymous.get("/").status_code == 303


def test_neither_secret_nor_recovery_codes_lie_open_in_the_database(
    enrolled: tuple[str, list[str]], session: Session
) -> None:
    kept = session.exec(select(UserTotp)).one()
    assert enrolled[0] not in kept.secret
    hashes = {c.code_hash for c in session.exec(select(RecoveryCode)).all()}
    assert len(hashes) == 10
    assert not hashes & {c.replace("-", "") for c in enrolled[1]}


def test_under_another_key_the_factor_is_of_no_use(
    enrolled: tuple[str, list[str]], engine: Engine, world: World, clock: Clock
) -> None:
    from registry.services.second_factor import check_code

    assert world.audrey.user_id
    right, user_id = code(enrolled[0], clock), world.audrey.user_id
    with transaction(engine) as session:
        stolen = Vault(("another key",))
        assert check_code(session, stolen, user_id=user_id, code=right, now=clock()) is None
        turned = Vault(("a new key", *_keys()))
        assert check_code(session, turned, user_id=user_id, code=right, now=clock()) == "code"


def _keys() -> tuple[str, ...]:
    from registry.settings import Settings

    return Settings(_env_file=None).keys


def test_a_lost_telephone_is_made_good_by_command_and_another_is_set_up(
    anonymous: TestClient,
    enrolled: tuple[str, list[str]],
    engine: Engine,
    world: World,
    clock: Clock,
) -> None:
    with transaction(engine) as session:
        assert world.audrey.user_id
        reset_factor(session, actor=local_actor(session), user_id=world.audrey.user_id)
    secret, codes = enrol(anonymous, clock)
    assert secret != enrolled[0]
    attempt(anonymous, email=AUDREY)
    assert send(anonymous, "/login/code", enrolled[1][0]).status_code == 422
    assert send(anonymous, "/login/code", codes[0]).status_code == 303


def test_nobody_takes_anothers_second_factor_away(
    enrolled: tuple[str, list[str]], engine: Engine, world: World
) -> None:
    from registry.domain.errors import NotPermitted

    stranger: Actor = world.alice
    assert world.audrey.user_id
    with transaction(engine) as session, pytest.raises(NotPermitted):
        reset_factor(session, actor=stranger, user_id=world.audrey.user_id)


def test_the_code_is_the_one_that_rfc_6238_gives() -> None:
    """Its appendix B: the secret is `12345678901234567890`, in base32."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for moment, expected in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert code_at(secret, moment // STEP) == expected
