"""Serving the registry, and trying it on made-up patients."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
import uvicorn
from sqlalchemy import Engine

from registry.cli.terminal import (
    console,
    link_base,
    progress,
    ready_engine,
    require_free_port,
    today,
)
from registry.db.engine import transaction
from registry.db.queries.people import list_sites
from registry.demo import seed
from registry.services.account_links import make_setup_link
from registry.settings import Settings, get_settings

app = typer.Typer()


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="How many processes serve.")] = 1,
) -> None:
    """Serve the pages and the API. A new database is given its schema first."""
    settings = get_settings()
    settings.require_safe()
    require_free_port(host, port)
    engine = ready_engine(settings)
    _welcome(engine, settings, host, port)
    engine.dispose()
    console.print(f"Assuage serves on http://{host}:{port} (stop with Ctrl+C).", highlight=False)
    uvicorn.run(
        "registry.web.app:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
    )


def _welcome(engine: Engine, settings: Settings, host: str, port: int) -> None:
    """Tell who starts a new registry how to get in, and who runs an unguarded one that it is so."""
    with transaction(engine) as session:
        secret = make_setup_link(session, now=datetime.now(UTC))
        real = any(not site.synthetic for site in list_sites(session))
    if secret:
        console.print("Nobody can sign in yet. Set the registry up here, once, within a day:")
        typer.echo(f"{link_base(settings, host, port)}/welcome/{secret}")
    if (real or secret) and not settings.production:
        console.print(
            "Not in production mode: for patient data set ASSUAGE_PRODUCTION=true and "
            "ASSUAGE_SECRET_KEY_FILE (docs/operations.md)."
        )


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="The port to serve on.")] = 8000,
    procedures: Annotated[
        int,
        typer.Option(min=1, help="How many treatments to make up; blocks and refills come on top."),
    ] = seed.PROCEDURES,
    serve_it: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve after seeding.")
    ] = True,
) -> None:
    """Fill an empty registry with made-up patients and serve it, to try Assuage on."""
    if serve_it:
        require_free_port("127.0.0.1", port)
    engine = ready_engine(get_settings())
    with transaction(engine) as session:
        if not seed.is_seeded(session):
            with progress("Making up patients") as told:
                seed.seed_demo(session, today=today(), procedures=procedures, progress=told)
    engine.dispose()
    typer.echo("Made-up patients need no guard: no second factor is asked for here.")
    typer.echo(f'Sign in with the password "{seed.PASSWORD}" as')
    for account in seed.ACCOUNTS:
        typer.echo(f"  {account.email:24} {account.name}, {account.role}: {account.does}")
    if serve_it:
        serve(port=port, workers=1)
