"""Data in: a service's logbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from registry.cli.terminal import (
    MappingName,
    NewSite,
    ReportFile,
    SiteCode,
    choose_site,
    held_transaction,
    progress,
    ready_engine,
    require_writable,
    today,
)
from registry.exchange.importer import import_logbook, load_mapping, report_csv, summary
from registry.services.people import local_actor
from registry.settings import get_settings

app = typer.Typer()


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="The logbook, a CSV file.", exists=True)],
    mapping: MappingName,
    site: SiteCode = None,
    new_site: NewSite = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen; write nothing.")
    ] = False,
    report: ReportFile = None,
) -> None:
    """Bring in a service's logbook. A row that can't be trusted is refused whole and reported."""
    settings = get_settings()
    rules = load_mapping(mapping)
    target = report or Path(f"{file.stem}.report.csv")
    require_writable("--report", target)
    with held_transaction(ready_engine(settings), keep=not dry_run) as session:
        home = choose_site(session, settings, site, new=new_site)
        with progress("Reading rows") as told:
            result = import_logbook(
                session,
                actor=local_actor(session),
                site_id=home.id,
                path=file,
                mapping=rules,
                today=today(),
                dry_run=dry_run,
                progress=told,
            )
    target.write_text(report_csv(result), encoding="utf-8", newline="")
    typer.echo(summary(result))
    typer.echo(f"The whole report: {target}")
