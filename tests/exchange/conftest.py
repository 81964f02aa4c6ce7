"""The messy registry, made once a database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from tests.databases import Database, Rows
from tests.exchange.messy import make_messy
from tests.world import World

_KEPT: dict[str, tuple[World, Rows]] = {}


@pytest.fixture
def messy(database: Database, engine: Engine) -> World:
    """Give the world of `tests.exchange.messy` in the database."""
    return _fill(database, make_messy)


def _fill(database: Database, make: Callable[[Session], World]) -> World:
    from registry.db.engine import transaction

    if database.backend in _KEPT:
        world, rows = _KEPT[database.backend]
        database.put(rows)
        return world
    with transaction(database.engine) as session:
        world = make(session)
    _KEPT[database.backend] = world, database.rows()
    return world
