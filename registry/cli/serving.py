"""Serving the registry, and trying it on made-up patients."""

from __future__ import annotations

from typing import Annotated

import typer
import uvicorn

from registry.cli.terminal import console, progress, ready_engine, require_free_port, today
from registry.db.engine import transaction
from registry.demo import seed
from registry.settings import get_settings

app = typer.Typer()


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="How many processes serve.")] = 1,
) -> None:
    """Serve the pages and the API. A new database is given its schema first."""
    require_free_port(host, port)
    ready_engine(get_settings()).dispose()
    console.print(f"Assuage serves on http://{host}:{port} (stop with Ctrl+C).", highlight=False)
    uvicorn.run(
        "registry.web.app:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
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
    typer.echo(f'Sign in with the password "{seed.PASSWORD}" as')
    for account in seed.ACCOUNTS:
        typer.echo(f"  {account.email:24} {account.name}, {account.role}: {account.does}")
    if serve_it:
        serve(port=port, workers=1)
