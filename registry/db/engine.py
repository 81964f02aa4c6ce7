"""Opening the registry's database, the same way everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy import create_engine as _create_engine
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from registry.db.sealed import use_keys
from registry.settings import Settings

THREADS = 40
"""How many requests are served at a time: as many can wait, for a writer say, and hold a connection
each. With fewer connections those who only read would wait for those who wait."""


BUSY_MS = 30_000
"""How long a writer waits for another."""
NOTE_MS = 50
"""How long a note waits that may get lost."""


def normalise_url(url: str) -> str:
    """Accept the URL forms that hosting services hand out, and choose the driver."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def create_engine(settings: Settings) -> Engine:
    """Make the engine; an SQLite file's folder is made with it.

    What a statement was given never stands in an error's text: it would be a patient's data. From
    here on the process seals and reads identifiers with the settings' keys.
    """
    use_keys(settings.keys)
    if (path := settings.sqlite_path()) is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = _create_engine(
            settings.database_url,
            connect_args={"timeout": 30},
            hide_parameters=True,
            pool_size=THREADS,
            max_overflow=10,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = _create_engine(
        normalise_url(settings.database_url),
        pool_pre_ping=True,
        hide_parameters=True,
        pool_size=10,
        max_overflow=THREADS - 10,
    )
    event.listen(engine, "handle_error", _without_values)
    event.listen(engine, "connect", _see_all_sites)
    return engine


EVERY_SITE = "*"


def _see_all_sites(connection: Any, _record: object) -> None:
    """Open the database's wall between sites; a transaction for one person narrows it again."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET assuage.sites = '{EVERY_SITE}'")
    connection.commit()


def _without_values(context: ExceptionContext) -> None:
    """Keep only what PostgreSQL says first: the lines after it quote the row, a patient's data."""
    first = context.original_exception
    diagnosis = getattr(first, "diag", None)
    if diagnosis is None or diagnosis.sqlstate is None:
        return  # the driver's own words, such as that nobody answers at the address
    kind = type(first).__name__
    # Of values that can't be read (class 22), even the first line may quote one.
    said = kind if diagnosis.sqlstate.startswith("22") else diagnosis.message_primary or kind
    first.args = (said,)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({kind}) {said}",)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Make SQLite keep its promises: foreign keys on, readers beside a writer, writes durable."""
    # The driver's own transaction control would begin too late; `_begin_sqlite` does it instead.
    connection.isolation_level = None
    waits = f"busy_timeout={BUSY_MS}"
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", waits):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    """Begin for writing where a write is meant: a reader that turns writer could deadlock."""
    options = connection.get_execution_options()
    mode = options.get("sqlite_begin", "DEFERRED")
    wait = options.get("sqlite_wait_ms", BUSY_MS)
    raw = connection.connection.dbapi_connection
    if connection.info.get("waits_ms", BUSY_MS) != wait:
        raw.execute(f"PRAGMA busy_timeout={wait}")
        connection.info["waits_ms"] = wait
    connection.exec_driver_sql(f"BEGIN {mode}")


@contextmanager
def transaction(
    engine: Engine, *, write: bool = True, sites: Callable[[], Iterable[UUID] | None] | None = None
) -> Iterator[Session]:
    """Give a session that commits at the end, or rolls everything back on any error.

    `sites`, asked as the session first speaks to the database, gives the sites whose rows it may
    see there (None: all): a second wall behind the queries, where the database has one.
    """
    options = {"sqlite_begin": "IMMEDIATE"} if write else {}
    with Session(engine.execution_options(**options), expire_on_commit=False) as session:
        if sites is not None and engine.dialect.name == "postgresql":
            event.listen(session, "after_begin", partial(_wall_off, sites))
        with session.begin():
            yield session


def _wall_off(
    sites: Callable[[], Iterable[UUID] | None],
    _session: Session,
    _transaction: object,
    connection: Connection,
) -> None:
    if (named := sites()) is not None:
        told = {"sites": ",".join(map(str, named))}
        connection.execute(text("SELECT set_config('assuage.sites', :sites, true)"), told)


def leave_note(engine: Engine, write: Callable[[Session], None]) -> None:
    """Write something that may get lost: who looks at a page never waits for a writer.

    What can't be had within a moment is left undone.
    """
    options = {"sqlite_begin": "IMMEDIATE", "sqlite_wait_ms": NOTE_MS}
    with (
        suppress(OperationalError),
        Session(engine.execution_options(**options)) as session,
        session.begin(),
    ):
        if engine.dialect.name == "postgresql":
            session.connection().exec_driver_sql(f"SET LOCAL lock_timeout = {NOTE_MS}")
        write(session)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """Give a session that sees the registry as it stands now, however long it goes on reading."""
    if engine.dialect.name == "postgresql":  # SQLite's readers see a snapshot as it is
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with transaction(engine, write=False) as session:
        yield session


@contextmanager
def rebuilding(engine: Engine) -> Iterator[Connection]:
    """Give a connection, in a transaction, over which tables may be built anew.

    SQLite changes a table by copying it and dropping the old one, and with foreign keys on the drop
    would take along every row that refers to it. They are off meanwhile, and checked at the end.
    """
    with engine.connect() as connection:
        sqlite: Any = connection.connection.dbapi_connection
        if engine.dialect.name != "sqlite":
            sqlite = None
        if sqlite:
            sqlite.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError("A migration left rows that refer to nothing; undone.")
        finally:
            if sqlite:
                sqlite.execute("PRAGMA foreign_keys=ON")
