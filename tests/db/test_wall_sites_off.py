"""On PostgreSQL the database itself keeps one site's rows from another's people."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import SQLModel, select

from registry.db.base import new_id
from registry.db.engine import transaction
from registry.db.tables import Patient, Procedure
from tests.databases import Database
from tests.web.conftest import SignIn
from tests.world import World

OPEN_TO_SIGN_IN = {"membership"}
"""Who works where has to be known before anybody's sites are."""


@pytest.fixture
def raw(database: Database, engine: Engine, world: World) -> Iterator[Connection]:
    """Give a connection under the application's role, in a transaction."""
    if database.backend != "postgresql":
        pytest.skip("SQLite has no wall between rows")
    with engine.connect() as connection:
        yield connection


def name(connection: Connection, sites: object) -> None:
    connection.execute(text("SELECT set_config('assuage.sites', :s, true)"), {"s": str(sites)})


def count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608


def test_the_role_that_serves_is_no_superuser(raw: Connection) -> None:
    query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    assert raw.execute(text(query)).scalar_one() is False


def test_every_table_of_a_site_has_the_wall(raw: Connection) -> None:
    walled = set(
        raw.execute(
            text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        ).scalars()
    )
    of_a_site = {t.name for t in SQLModel.metadata.sorted_tables if "site_id" in t.columns}
    assert walled == of_a_site - OPEN_TO_SIGN_IN


@pytest.mark.parametrize("table", ["patient", "procedure", "pain_score", "procedure_outcome"])
def test_raw_sql_sees_the_named_sites_alone(raw: Connection, world: World, table: str) -> None:
    assert count(raw, table) > 0  # the application's connections begin with all
    name(raw, world.north)
    assert count(raw, table) > 0
    name(raw, world.south)
    assert count(raw, table) == 0
    name(raw, f"{world.south},{world.north}")
    assert count(raw, table) > 0


def test_who_names_no_site_sees_nothing(raw: Connection, world: World) -> None:
    for nothing in ("", "north", "'; --"):
        name(raw, nothing)
        assert count(raw, "patient") == 0
        assert count(raw, "audit_event") == 0
    raw.exec_driver_sql("RESET assuage.sites")
    raw.rollback()


def test_a_row_can_not_be_put_or_moved_behind_the_wall(raw: Connection, world: World) -> None:
    name(raw, world.south)
    moved = raw.execute(text("UPDATE patient SET sex = 'other'"))
    assert moved.rowcount == 0
    name(raw, world.north)
    with pytest.raises(ProgrammingError, match="row-level security"):
        raw.execute(text("UPDATE patient SET site_id = :south"), {"south": world.south})


def test_a_query_that_forgot_its_site_still_finds_only_ones_own(
    raw: Connection, engine: Engine, world: World
) -> None:
    with transaction(engine, write=False, sites=lambda: [world.south]) as session:
        assert session.exec(select(Patient)).all() == []
        assert session.exec(select(Procedure)).all() == []
    with transaction(engine, write=False, sites=lambda: []) as session:
        assert session.exec(select(Patient)).all() == []
    with transaction(engine, write=False) as session:  # the connection was given back as it was
        assert session.exec(select(Patient)).all() != []


def test_a_request_is_walled_off_by_who_asks(
    raw: Connection, sign_in: SignIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Take the first wall away: whoever asks, is taken for a member of the patient's site."""
    import registry.db.queries.patients as queries

    def find_anywhere(session: object, _sites: object, patient_id: object, **_: object) -> object:
        return session.exec(select(Patient).where(Patient.id == patient_id)).first()  # type: ignore[attr-defined]

    monkeypatch.setattr(queries, "find_patient", find_anywhere)
    assert sign_in(world.alice).get(f"/patients/{world.pat}").status_code == 200
    assert sign_in(world.charlie).get(f"/patients/{world.pat}").status_code == 404
    assert sign_in(world.alice).get(f"/patients/{new_id()}").status_code == 404
