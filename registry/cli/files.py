"""Data in and out: a service's logbook, and the outcome rows with their codebook."""

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
    console,
    held_transaction,
    progress,
    ready_engine,
    require_writable,
    today,
)
from registry.db.engine import transaction
from registry.exchange.importer import import_logbook, load_mapping, report_csv, summary
from registry.exchange.outcome_export import codebook_csv, stream_outcomes_csv
from registry.services.exports import authorise_export
from registry.services.outcomes import count_outcomes
from registry.services.people import local_actor
from registry.settings import get_settings
from reports.filters import Filters

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


@app.command("export")
def export_outcomes(
    out: Annotated[Path, typer.Option(help="The folder for the data and its codebook.")] = Path(),
    purpose: Annotated[str, typer.Option(help="What the data is for; kept in the trail.")] = "",
) -> None:
    """Write procedure_outcomes.csv, one row a procedure, and its codebook."""
    engine = ready_engine(get_settings())
    out.mkdir(parents=True, exist_ok=True)
    with transaction(engine) as session:
        actor, everything, as_of = local_actor(session), Filters(), today()
        ticket = authorise_export(
            session,
            actor=actor,
            dataset="procedure_outcomes",
            filters=everything,
            purpose=purpose,
            as_of=as_of,
        )
        rows = count_outcomes(session, actor=actor, filters=everything, as_of=as_of)
    with (
        (out / "procedure_outcomes.csv").open("w", encoding="utf-8", newline="") as file,
        progress("Writing rows") as told,
    ):
        lines = 0
        for chunk in stream_outcomes_csv(engine, ticket):
            file.write(chunk)
            lines += chunk.count("\r\n")
            told(lines - 1, rows)
    (out / "procedure_outcomes_codebook.csv").write_text(codebook_csv(), "utf-8", newline="")
    console.print(f"Wrote procedure_outcomes.csv and its codebook to {out}.", highlight=False)
