"""Data in: a service's logbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from registry.cli.terminal import (
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
from registry.domain.errors import RuleViolation
from registry.exchange.importer import (
    LogbookMapping,
    import_logbook,
    load_mapping,
    report_csv,
    summary,
    template_mapping,
    write_template,
)
from registry.services.people import local_actor
from registry.settings import get_settings

app = typer.Typer()


@app.command("import")
def import_file(
    file: Annotated[
        Path | None, typer.Argument(help="The logbook: a text file or a workbook.", exists=True)
    ] = None,
    mapping: Annotated[
        str | None,
        typer.Option(
            "--map",
            help="Which column is what: a shipped mapping's name, or a TOML file. Default: the "
            "columns are those of the template, or of an identified export.",
        ),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(help="Write an empty logbook to fill in, .csv or .xlsx, and do no more."),
    ] = None,
    site: SiteCode = None,
    new_site: NewSite = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen; write nothing.")
    ] = False,
    report: ReportFile = None,
) -> None:
    """Bring in a service's logbook. A row that can't be trusted is refused whole and reported."""
    if template is not None:
        require_writable("--template", template)
        write_template(template)
        typer.echo(f"Wrote {template}. Fill it in and import it: no --map needed.")
        return
    if file is None:
        raise RuleViolation.at("FILE", "Name the logbook to bring in, or ask for a --template.")
    rules = load_mapping(mapping) if mapping else template_mapping(file)
    _bring_in(file, rules, site, new_site=new_site, dry_run=dry_run, report=report)


def _bring_in(
    file: Path,
    rules: LogbookMapping,
    site: str | None,
    *,
    new_site: bool,
    dry_run: bool,
    report: Path | None,
) -> None:
    settings = get_settings()
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
