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
