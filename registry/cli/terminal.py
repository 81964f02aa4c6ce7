"""What the commands share: the screen, the day, the database they work on."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine
from sqlmodel import Session

from registry.db.engine import create_engine, transaction
from registry.db.migrate import current_revision, is_current, is_newer, upgrade
from registry.db.queries.people import list_sites
from registry.db.tables import Site
from registry.domain.errors import Conflict, RuleViolation
from registry.services.people import ensure_site
from registry.settings import Settings

console = Console(stderr=True, highlight=False)

SiteCode = Annotated[str | None, typer.Option("--site", help="The site's code.")]
NewSite = Annotated[bool, typer.Option("--new-site", help="Open the site if it isn't there yet.")]
NewPassword = Annotated[
    str | None,
    typer.Option(
        envvar="ASSUAGE_NEW_PASSWORD",
        help="Of a new account: at least 10 characters; asked for when left out.",
    ),
]
ReportFile = Annotated[
    Path | None,
    typer.Option(help="Where the report goes, CSV. Default: beside the file's name, here."),
]


def say_error(message: str) -> None:
    """Say what went wrong, in a sentence."""
    console.print("[red]Error:[/red]", message)


def today() -> date:
    """Give the day it is here."""
    return datetime.now().astimezone().date()


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far a long job is, on the screen beside its output."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def ready_engine(settings: Settings) -> Engine:
    """Open the database; a new one gets its schema, an older one is left alone."""
    engine = known_engine(settings)
    if current_revision(engine) is None:
        upgrade(engine)
        console.print(f"Made a new registry at {where(settings)}.")
    elif not is_current(engine):
        say_error("The database has an older version's schema. Back it up, run: assuage migrate")
        raise typer.Exit(1)
    return engine


def known_engine(settings: Settings) -> Engine:
    """Open the database whatever its schema, unless a newer version of the software made it."""
    engine = create_engine(settings)
    if is_newer(engine):
        raise Conflict("The database was made by a newer Assuage. Install that version.")
    return engine


@contextmanager
def held_transaction(engine: Engine, *, keep: bool) -> Iterator[Session]:
    """Give a session whose work is kept as a whole, or shown and undone as a whole."""
    with transaction(engine) as session:
        yield session
        if not keep:
            session.rollback()


def require_free_port(host: str, port: int) -> None:
    """Say before anything is promised that a port is taken."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = f"Port {port} can't be used ({error.strerror}). Choose another: --port 8123"
            raise RuleViolation.at("--port", message) from None


def require_writable(option: str, path: Path) -> None:
    """Say before anything is done that a file can't be written where it is asked for."""
    stood = path.exists()
    try:
        path.open("a").close()
    except OSError as error:
        message = f"{path} can't be written ({error.strerror}). Nothing was done; name another."
        raise RuleViolation.at(option, message) from None
    if not stood:
        path.unlink()


def ask_new_password() -> str:
    """Ask for a password, twice, without showing it."""
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def link_base(settings: Settings, host: str = "127.0.0.1", port: int = 8000) -> str:
    """Give what a link begins with: the public address that is set, else where it is served."""
    named = f"[{host}]" if ":" in host else host
    return (settings.public_url or f"http://{named}:{port}").rstrip("/")


def where(settings: Settings) -> str:
    """Say where the registry is kept, without any password."""
    path = settings.sqlite_path()
    return str(path) if path else "the PostgreSQL database"


def choose_site(session: Session, settings: Settings, code: str | None, *, new: bool) -> Site:
    """Choose the site that is meant: the named one or the only one.

    A site that isn't there is opened when it is the first, or when the operator says it is new.
    """
    sites = list_sites(session)
    known = ", ".join(s.code for s in sites)
    if code is None and sites:
        if new:
            raise RuleViolation.at("--site", "Name the site to open: --site CODE --new-site")
        if len(sites) > 1:
            raise RuleViolation.at("--site", f"There are several sites. Name one of: {known}.")
        return sites[0]
    code = code or settings.default_site
    if code not in {s.code for s in sites}:
        if sites and not new:
            message = f"There is no site {code}. There are: {known}. Add --new-site to open it."
            raise RuleViolation.at("--site", message)
        console.print(f"Opened site {code}.")
    return ensure_site(session, code)
