"""Guessing at passwords: it gets slower and slower, tells nothing, and stays on record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent, SignInGuard
from registry.domain.errors import TooManyTries
from registry.domain.throttling import FREE_TRIES, LONGEST_WAIT, Door, wait_after
from registry.services.throttle import knock, let_through
from registry.services.vault import Vault
from tests.web.conftest import Clock
from tests.web.test_sign_in import attempt
from tests.world import World

FREE = FREE_TRIES[Door.ACCOUNT]
VAULT = Vault(("a key for tests",))


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    """Argon2 is slow on purpose; here its answers are known."""
    right = "a long enough password"
    monkeypatch.setattr(
        "registry.services.sign_in.verify_password",
        lambda typed, kept: typed == right and kept is not None,
    )


def fail(client: TestClient, times: int, email: str = "alice@example.org") -> None:
    for _ in range(times):
        assert attempt(client, email=email, password="not the password").status_code == 422


def test_a_mistyped_password_costs_no_wait(anonymous: TestClient, clock: Clock) -> None:
    fail(anonymous, FREE - 1)
    assert attempt(anonymous).status_code == 303


def test_after_a_few_failures_even_the_right_password_has_to_wait(
    anonymous: TestClient, clock: Clock
) -> None:
    fail(anonymous, FREE)
    refused = attempt(anonymous)
    assert refused.status_code == 429
    assert "Too many tries that failed. Wait" in refused.text
    assert 'value="alice@example.org"' in refused.text
    clock.pass_by(seconds=2)
    assert attempt(anonymous).status_code == 303


def test_the_wait_grows_with_every_failure_up_to_a_bound() -> None:
    waits = [wait_after(Door.ACCOUNT, n) for n in range(1, 60)]
    assert waits[: FREE - 1] == [timedelta(0)] * (FREE - 1)
    assert waits == sorted(waits)
    assert waits[FREE + 2] == 2 * waits[FREE + 1]
    assert waits[-1] == LONGEST_WAIT


def test_an_address_without_account_is_slowed_just_the_same(
    anonymous: TestClient, clock: Clock
) -> None:
    """Otherwise the wait itself would tell who has an account."""
    for email in ("nobody@example.org", "alice@example.org"):
        fail(anonymous, FREE, email)
        assert attempt(anonymous, email=email).status_code == 429


def test_in_capitals_it_is_the_same_account(anonymous: TestClient, clock: Clock) -> None:
    fail(anonymous, FREE, "ALICE@example.org")
    assert attempt(anonymous).status_code == 429


def test_signing_in_forgets_the_failures_before_it(anonymous: TestClient, clock: Clock) -> None:
    fail(anonymous, FREE - 1)
    attempt(anonymous)
    fail(anonymous, FREE - 1)
    assert attempt(anonymous).status_code == 303


def test_a_day_later_they_are_forgotten_too(anonymous: TestClient, clock: Clock) -> None:
    fail(anonymous, FREE)
    clock.pass_by(hours=25)
    fail(anonymous, FREE - 1)
    assert attempt(anonymous).status_code == 303


def test_who_tries_one_password_at_many_accounts_is_stopped_by_their_address(
    session: Session,
) -> None:
    now = datetime.now(UTC)
    for n in range(FREE_TRIES[Door.ADDRESS]):
        knock(session, VAULT, {Door.ACCOUNT: f"{n}@example.org", Door.ADDRESS: "10.1.1.1"}, now)
    with pytest.raises(TooManyTries):
        knock(session, VAULT, {Door.ACCOUNT: "next@example.org", Door.ADDRESS: "10.1.1.1"}, now)
    knock(session, VAULT, {Door.ACCOUNT: "next@example.org", Door.ADDRESS: "10.2.2.2"}, now)


def test_signing_in_to_ones_own_account_does_not_free_the_address(session: Session) -> None:
    now, own = datetime.now(UTC), {Door.ACCOUNT: "me@example.org", Door.ADDRESS: "10.1.1.1"}
    for n in range(FREE_TRIES[Door.ADDRESS] - 1):
        knock(session, VAULT, {Door.ACCOUNT: f"{n}@example.org", Door.ADDRESS: "10.1.1.1"}, now)
    knock(session, VAULT, own, now)
    let_through(session, VAULT, own, now)
    knock(session, VAULT, {Door.ACCOUNT: "next@example.org", Door.ADDRESS: "10.1.1.1"}, now)
    with pytest.raises(TooManyTries):
        knock(session, VAULT, {Door.ACCOUNT: "more@example.org", Door.ADDRESS: "10.1.1.1"}, now)


@contextmanager
def in_threads(count: int, work: object) -> Iterator[None]:
    threads = [Thread(target=work) for _ in range(count)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    yield


def test_many_tries_at_once_are_counted_one_by_one(engine: Engine) -> None:
    """They are counted before they are looked at: no worker may try before another has counted."""
    let_in: list[int] = []
    now = datetime.now(UTC)

    def one() -> None:
        try:
            with transaction(engine) as session:
                knock(session, VAULT, {Door.ACCOUNT: "alice@example.org"}, now)
            let_in.append(1)
        except TooManyTries:
            pass

    with in_threads(20, one):
        assert len(let_in) == FREE


def test_every_failure_and_every_wait_is_on_record(
    anonymous: TestClient, clock: Clock, session: Session
) -> None:
    fail(anonymous, FREE)
    attempt(anonymous)
    lines = session.exec(select(AuditEvent).where(AuditEvent.action == "refuse_sign_in")).all()
    assert [line.actor for line in lines] == ["Alice"] * (FREE + 1)
    assert [line.reason for line in lines if line.reason] == ["too many tries"]


def test_the_count_holds_neither_address_nor_what_was_typed(
    anonymous: TestClient, session: Session
) -> None:
    fail(anonymous, 1, "my-password-by-mistake@example.org")
    kept = [g.door for g in session.exec(select(SignInGuard).order_by(col(SignInGuard.door)))]
    assert [door.partition(":")[0] for door in kept] == ["account", "address"]
    assert "mistake" not in str(kept)
    assert "testclient" not in str(kept)


def test_a_password_is_checked_as_slowly_where_there_is_no_account(
    anonymous: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from registry.services.secrets import verify_password

    checked: list[bool] = []

    def count(typed: str, kept: str | None) -> bool:
        checked.append(kept is not None)
        return verify_password(typed, kept)

    monkeypatch.setattr("registry.services.sign_in.verify_password", count)
    pages = [
        attempt(anonymous, email=email, password="not the password").text.replace(email, "")
        for email in ("alice@example.org", "nobody@example.org")
    ]
    assert checked == [True, False]
    assert pages[0] == pages[1]
