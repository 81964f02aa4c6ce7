"""Looking after the database: its schema, and what is derived from the timelines."""

from __future__ import annotations

import typer

from registry.cli.terminal import console, known_engine, progress, ready_engine, where
from registry.db.engine import transaction
from registry.db.migrate import current_revision, head_revision, upgrade
from registry.services.outcomes import list_stale_sites, rebuild_outcomes
from registry.settings import get_settings

app = typer.Typer()


@app.command()
def migrate() -> None:
    """Bring the database to this version's schema, and what is derived to its rules."""
    settings = get_settings()
    engine = known_engine(settings)
    before = current_revision(engine)
    upgrade(engine)
    with transaction(engine) as session:
        if stale := list_stale_sites(session):
            with progress("Deriving outcomes") as told:
                rebuild_outcomes(session, sites=stale, progress=told)
    said = "has this version's schema already" if before == head_revision() else "is ready"
    console.print(f"{where(settings)} {said}.", highlight=False)


@app.command()
def rebuild() -> None:
    """Derive every outcome again from the timelines, as after a change of a site's rules."""
    engine = ready_engine(get_settings())
    with transaction(engine) as session, progress("Deriving outcomes") as told:
        count = rebuild_outcomes(session, progress=told)
    console.print(f"Derived the outcomes of {count} patients.", highlight=False)
