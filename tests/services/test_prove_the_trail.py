"""The audit trail: nobody changes a line unnoticed, and everybody's lines follow one another."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent
from registry.domain.trail import Break, Fault, Link
from registry.services.audit import record_event
from registry.services.trail import chain_ends, verify_trail
from tests.databases import Database
from tests.world import World

Tamper = Callable[[Connection], object]


def breaks(engine: Engine, anchors: dict[str, Link] | None = None) -> list[Break]:
    with transaction(engine, write=False) as session:
        return [b for check in verify_trail(session, anchors=anchors) for b in check.breaks]


def tamper(database: Database, statement: str) -> None:
    """Do what only somebody with the database itself can do: put the triggers aside."""
    with database.engine.begin() as connection, database.without_triggers(connection):
        assert connection.execute(text(statement)).rowcount > 0


def last(chain: str) -> str:
    return f"(SELECT max(number) FROM audit_event WHERE chain = '{chain}')"  # noqa: S608


def test_the_trail_of_everything_that_the_services_did_is_whole(
    world: World, engine: Engine
) -> None:
    with transaction(engine, write=False) as session:
        checks = list(verify_trail(session))
    assert {check.name for check in checks} >= {"NORTH", "SOUTH"}
    assert all(check.head and check.head.number > 0 and not check.breaks for check in checks)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_event SET actor = 'Nobody'", "DELETE FROM audit_event", "TRUNCATE audit_event"],
)
def test_the_database_refuses_to_change_or_delete_a_line(
    world: World, database: Database, statement: str
) -> None:
    if database.backend == "sqlite" and statement.startswith("TRUNCATE"):
        statement = "REPLACE INTO audit_event SELECT * FROM audit_event"
    with pytest.raises(DBAPIError), database.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert breaks(database.engine) == []


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'Somebody'",
        "role = 'auditor'",
        "at = '2020-01-01 00:00:00+00:00'",
        "action = 'view'",
        "record_id = NULL",
        "changes = '{}'",
        "reason = 'because'",
        "app_version = '9'",
        "schema_version = '9'",
        "request_id = 'r'",
    ],
)
def test_a_changed_line_is_found_where_it_stands(
    world: World, database: Database, change: str
) -> None:
    chain = str(world.north)
    tamper(
        database,
        f"UPDATE audit_event SET {change} WHERE chain = '{chain}' AND action = 'log_procedure'",  # noqa: S608
    )
    (found,) = breaks(database.engine)
    assert (found.chain, found.fault) == (chain, Fault.CHANGED)


def test_a_line_taken_out_is_missed(world: World, database: Database) -> None:
    chain = str(world.north)
    tamper(database, f"DELETE FROM audit_event WHERE chain = '{chain}' AND number = 2")  # noqa: S608
    assert breaks(database.engine) == [Break(chain, 2, Fault.MISSING)]


def test_the_last_line_taken_off_is_missed(world: World, database: Database) -> None:
    chain = str(world.north)
    tamper(
        database,
        f"DELETE FROM audit_event WHERE chain = '{chain}' AND number = {last(chain)}",  # noqa: S608
    )
    assert [b.fault for b in breaks(database.engine)] == [Fault.CUT_SHORT]


def test_an_end_kept_elsewhere_tells_of_a_chain_that_was_dropped_whole(
    world: World, database: Database
) -> None:
    chain = str(world.north)
    with transaction(database.engine, write=False) as session:
        kept = {end.chain: end.head for end in chain_ends(session) if end.head}
    tamper(database, f"DELETE FROM audit_event WHERE chain = '{chain}'")  # noqa: S608
    tamper(database, f"DELETE FROM audit_head WHERE chain = '{chain}'")  # noqa: S608
    assert breaks(database.engine) == []
    assert [b.fault for b in breaks(database.engine, kept)] == [Fault.CUT_SHORT]


def test_lines_written_at_once_follow_one_another(world: World, engine: Engine) -> None:
    def write(n: int) -> None:
        with transaction(engine) as session:
            record_event(session, world.alice, f"try_{n}", site_id=world.north)

    with ThreadPoolExecutor(8) as many:
        list(many.map(write, range(40)))
    assert breaks(engine) == []
    with transaction(engine, write=False) as session:
        numbers = session.exec(
            select(AuditEvent.number).where(AuditEvent.chain == str(world.north))
        ).all()
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 40


def test_what_is_undone_leaves_no_gap(world: World, engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), transaction(engine) as session:
        record_event(session, world.alice, "lost", site_id=world.north)
        raise ZeroDivisionError
    with transaction(engine) as session:
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            record_event(session, world.alice, "lost", site_id=world.north)
            raise ZeroDivisionError
        record_event(session, world.alice, "kept", site_id=world.north)
    assert breaks(engine) == []
    assert _actions(engine, world)[-1] == "kept"


def _actions(engine: Engine, world: World) -> list[str]:
    with Session(engine) as session:
        query = select(AuditEvent.action).where(AuditEvent.chain == str(world.north))
        return list(session.exec(query.order_by(col(AuditEvent.number))).all())
