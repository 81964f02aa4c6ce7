"""The command line: `assuage serve | migrate | demo | rebuild | user | token | import | export`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from sqlalchemy.exc import SQLAlchemyError

from registry import __version__
from registry.db.engine import transaction
from registry.db.migrate import current_revision, is_current, upgrade
from registry.demo import seed
from registry.domain.access import Role
from registry.domain.errors import RegistryError, RuleViolation
from registry.exchange.importer import (
    import_logbook,
    load_mapping,
    report_csv,
    summary,
)
from registry.exchange.outcome_export import codebook_csv, stream_outcomes_csv
from registry.services.exports import authorise_export
from registry.services.outcomes import count_outcomes, rebuild_outcomes
from registry.services.people import add_person, create_token, has_account, local_actor, read_email
from registry.settings import get_settings
from registry.terminal import (
    MappingName,
    NewPassword,
    NewSite,
    ReportFile,
    SiteCode,
    ask_new_password,
    choose_site,
    console,
    held_transaction,
    known_engine,
    progress,
    ready_engine,
    require_free_port,
    require_writable,
    say_error,
    today,
    where,
)
from reports.filters import Filters

app = typer.Typer(
    name="assuage",
    help="Assuage keeps a registry of interventional pain procedures in palliative care.\n\n"
    "The registry is one database: an SQLite file at var/assuage.db below this folder, or whatever "
    "ASSUAGE_DATABASE_URL names (sqlite:///file or postgresql://...).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
users = typer.Typer(help="Accounts of people who sign in.", no_args_is_help=True)
tokens = typer.Typer(help="Tokens for programs that use the API.", no_args_is_help=True)
app.add_typer(users, name="user")
app.add_typer(tokens, name="token")


def main() -> None:
    """Run the command line; what goes wrong is said in a sentence, without a traceback."""
    try:
        app()
    except RuleViolation as refused:
        for problem in refused.problems:
            say_error(f"{problem.field}: {problem.message}")
        sys.exit(1)
    except (RegistryError, OSError) as error:
        say_error(str(error))
        sys.exit(1)
    except SQLAlchemyError as error:
        say_error(f"The database did not answer as expected ({type(error).__name__}).")
        console.print("Check ASSUAGE_DATABASE_URL, then run: assuage migrate", highlight=False)
        sys.exit(1)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(f"assuage {__version__}")
        raise typer.Exit


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
def migrate() -> None:
    """Bring the database to this version's schema; a new one is made."""
    settings = get_settings()
    engine = known_engine(settings)
    before = current_revision(engine)
    upgrade(engine)
    said = "has this version's schema already" if is_current(engine) and before else "is ready"
    console.print(f"{where(settings)} {said}.", highlight=False)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="The port to serve on.")] = 8000,
    procedures: Annotated[
        int, typer.Option(min=1, help="How many procedures to make up.")
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


@app.command()
def rebuild() -> None:
    """Derive every outcome again from the timelines, as after a change of a site's rules."""
    engine = ready_engine(get_settings())
    with transaction(engine) as session, progress("Deriving outcomes") as told:
        count = rebuild_outcomes(session, progress=told)
    console.print(f"Derived the outcomes of {count} patients.", highlight=False)


@users.command("add")
def add_user(
    email: Annotated[str, typer.Argument(help="The person's e-mail address.")],
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
    role: Annotated[Role, typer.Option(help="What the person is to the site.")] = Role.CLINICIAN,
    site: SiteCode = None,
    new_site: NewSite = False,
    password: NewPassword = None,
) -> None:
    """Give somebody a role at a site; who has no account gets one, who has keeps their password."""
    email, settings = read_email(email), get_settings()
    engine = ready_engine(settings)
    with transaction(engine, write=False) as session:
        known = has_account(session, email)
    if password is None and not known:
        password = ask_new_password()
    with transaction(engine) as session:
        home = choose_site(session, settings, site, new=new_site)
        add_person(
            session,
            actor=local_actor(session),
            email=email,
            name=name or email.partition("@")[0],
            password=password or "",
            site=home,
            role=role,
        )
        console.print(f"{email} can sign in at site {home.code} as {role}.", highlight=False)


@tokens.command("add")
def add_token(
    email: Annotated[str, typer.Argument(help="Whom the token acts for.")],
) -> None:
    """Make an API token. It is printed once, on its own line, and can't be shown again."""
    with transaction(ready_engine(get_settings())) as session:
        secret = create_token(
            session, actor=local_actor(session), email=email, now=datetime.now(UTC)
        )
    console.print("Send it as: Authorization: Bearer TOKEN. It expires in a year.", highlight=False)
    typer.echo(secret)


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
