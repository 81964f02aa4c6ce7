"""Fixtures: a database of each kind, a session in it, and the world of `tests/world.py`."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from hypothesis import settings
from sqlalchemy import Engine
from sqlmodel import Session

import registry.services.people as people
from registry.db.engine import transaction
from registry.web.app import create_app
from tests.databases import BACKENDS, Database, fresh_database
from tests.world import TODAY, World, make_world

# How long an example takes is the machine's matter: a busy one must not fail a promise.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


BOTH_DATABASES = {"test_a_whole_course.py"}
"""What a browser shows is the same on either database, and `tests/web` asks every page of both: one
whole course is walked on both, the rest on SQLite alone."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out on PostgreSQL what is the same on either database."""
    left_out = [item for item in items if _is_shown_twice(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _is_shown_twice(item: pytest.Item) -> bool:
    in_browser = item.get_closest_marker("browser") and item.path.name not in BOTH_DATABASES
    if not in_browser and item.get_closest_marker("either_database") is None:
        return False
    callspec = getattr(item, "callspec", None)
    return callspec is not None and callspec.params.get("database") == "postgresql"


@pytest.fixture(scope="session", autouse=True)
def _hash_each_password_once() -> None:
    """Argon2 is slow on purpose; the tests' people share one password."""
    people.hash_password = functools.cache(people.hash_password)


@pytest.fixture(scope="session", params=BACKENDS)
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """Give a migrated database of each kind in turn."""
    with fresh_database(request.param, tmp_path_factory.mktemp("db")) as database:
        yield database


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    """Give an engine on an empty database."""
    yield database.engine
    database.empty()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Give a session that commits when the test ends well."""
    with transaction(engine) as session:
        yield session


@pytest.fixture
def world(database: Database, engine: Engine) -> World:
    """Build the world and commit it."""
    return database.fill(make_world)


@pytest.fixture(scope="session")
def application(database: Database) -> FastAPI:
    """Make the application once a database: its first request builds all its routes."""
    return create_app(database.settings, engine=database.engine, today=TODAY)


@pytest.fixture
def app(application: FastAPI, database: Database, engine: Engine) -> FastAPI:
    """Give the application, on an empty database and living on the world's day."""
    application.state.today = TODAY
    application.state.settings = database.settings
    return application
