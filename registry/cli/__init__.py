"""The command line, `assuage`: one module a group of commands, each with an `app` of its own.

To add a group, write its module and list it in `GROUPS`; `terminal` holds what the commands share.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from registry import __version__
from registry.cli import (
    audit,
    database,
    exports,
    files,
    keys,
    people,
    regimen,
    reports,
    serving,
    tokens,
)
from registry.cli.terminal import console, say_error
from registry.domain.errors import RegistryError, RuleViolation

GROUPS = (serving, database, people, tokens, files, exports, reports, regimen, audit, keys)

app = typer.Typer(
    name="assuage",
    help="Assuage keeps a registry of interventional pain procedures in palliative care.\n\n"
    "The registry is one database: an SQLite file at var/assuage.db below this folder, or whatever "
    "ASSUAGE_DATABASE_URL names (sqlite:///file or postgresql://...).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for group in GROUPS:
    app.add_typer(group.app)


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
