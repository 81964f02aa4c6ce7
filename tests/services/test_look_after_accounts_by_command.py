"""Accounts and tokens at the command line, where whoever runs the server works."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result
from sqlalchemy import Engine
from sqlmodel import Session, select
from typer.testing import CliRunner

from registry.cli import app
from registry.db.engine import transaction
from registry.db.tables import ApiToken, AuditEvent, UserAccount, UserSession
from registry.domain.errors import RegistryError
from registry.services.sessions import open_session
from registry.settings import Settings, get_settings
from registry.web.deps import get_now
from tests.databases import Database
from tests.world import World

Run = Callable[..., Result]

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def run(database: Database, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Give a function that runs `assuage` on the test's database."""
    monkeypatch.setenv("ASSUAGE_DATABASE_URL", database.settings.database_url)
    monkeypatch.setattr("registry.cli.terminal.create_engine", lambda _: engine)
    get_settings.cache_clear()

    def assuage(*arguments: str) -> Result:
        done = CliRunner().invoke(app, arguments)
        if isinstance(done.exception, RegistryError):
            return done
        assert done.exit_code == 0, done.output
        return done

    yield assuage  # type: ignore[misc]
    get_settings.cache_clear()


def account(session: Session, email: str) -> UserAccount:
    return session.exec(select(UserAccount).where(UserAccount.email == email)).one()


def test_a_link_to_choose_a_password_stands_alone_on_its_line(run: Run) -> None:
    link = run("user", "link", "alice@example.org").stdout.strip()
    assert link.startswith("http://127.0.0.1:8000/welcome/")
    assert len(link.split()) == 1


def test_sessions_are_ended(run: Run, engine: Engine, world: World) -> None:
    with transaction(engine) as session:
        user = account(session, "alice@example.org")
        open_session(session, user=user, now=get_now(), hours=1)
    run("user", "end-sessions", "Alice@example.org")
    with transaction(engine, write=False) as session:
        assert session.exec(select(UserSession)).all() == []


def test_the_right_to_manage_accounts_is_given_and_taken(run: Run, engine: Engine) -> None:
    for argument, value in (("--give", True), ("--take", False)):
        run("user", "system-admin", "alice@example.org", argument)
        with transaction(engine, write=False) as session:
            assert account(session, "alice@example.org").system_admin is value


def test_an_account_is_closed_and_opened_again(run: Run, engine: Engine) -> None:
    for command, value in (("close", False), ("reopen", True)):
        run("user", command, "alice@example.org")
        with transaction(engine, write=False) as session:
            assert account(session, "alice@example.org").active is value


def test_a_second_factor_is_taken_away(run: Run, engine: Engine) -> None:
    run("user", "reset-second-factor", "audrey@example.org")
    with transaction(engine, write=False) as session:
        actions = session.exec(select(AuditEvent.action)).all()
    assert "reset_second_factor" in actions


@pytest.mark.parametrize(
    "command", ["link", "end-sessions", "system-admin", "close", "reset-second-factor"]
)
def test_who_has_no_account_is_told_so(run: Run, command: str) -> None:
    refused = run("user", command, "nobody@example.org")
    assert "There is no account with this e-mail address." in str(refused.exception)


def test_a_token_is_made_narrow_listed_and_revoked(run: Run, engine: Engine) -> None:
    made = run(
        *("token", "add", "alice@example.org", "--scope", "read", "--scope", "write"),
        *("--days", "7", "--name", "ward list"),
    )
    assert made.stdout.strip()
    listed = run("token", "list", "alice@example.org").stdout
    assert "ward list  read,write" in listed
    run("token", "revoke", listed.split()[0])
    assert run("token", "list", "alice@example.org").stdout == ""
    with transaction(engine, write=False) as session:
        assert session.exec(select(ApiToken)).one().revoked_at


def test_a_stolen_password_is_refused(run: Run) -> None:
    refused = run("user", "add", "new@example.org", "--site", "NORTH", "--password", "password123")
    assert "password: This is hardly more" in str(refused.exception)


def test_serve_refuses_to_start_in_production_without_a_key(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSUAGE_PRODUCTION", "true")
    assert "ASSUAGE_SECRET_KEY: In production" in str(run("serve").exception)
    assert Settings(_env_file=None).production


def test_a_new_registry_prints_its_set_up_link(
    database: Database, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.cli.serving.uvicorn.run", lambda *_, **__: None)
    monkeypatch.setattr("registry.cli.serving.require_free_port", lambda *_: None)
    assert "/welcome/" not in run("serve").stdout  # there are people already
    database.empty()
    assert "http://127.0.0.1:8000/welcome/" in run("serve").stdout
