"""The audit trail from the machine itself: is it whole, and where does it end?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from registry.cli.terminal import console, ready_engine, say_error
from registry.db.engine import transaction
from registry.domain.errors import RuleViolation
from registry.domain.trail import Link
from registry.services.trail import ChainCheck, chain_ends, verify_trail
from registry.settings import get_settings

app = typer.Typer()
audit = typer.Typer(no_args_is_help=True, help="Prove that the audit trail is whole.")
app.add_typer(audit, name="audit")

_LINE = re.compile(r"^(?P<chain>[0-9a-z-]+)\s+(?P<number>\d+)\s+(?P<seal>[0-9a-f]{64})(\s|$)")


@audit.command()
def verify(
    anchor: Annotated[
        Path | None,
        typer.Option(help="A file of ends that `assuage audit head` printed earlier."),
    ] = None,
) -> None:
    """Walk every chain of the trail and tell where a line was changed, taken out or moved.

    The exit status is 0 when all is whole, 1 when anything is broken. Whoever can write to the
    database could seal a whole chain anew: only an end that was kept elsewhere (--anchor) tells.
    """
    anchors = _read_anchors(anchor) if anchor else {}
    engine = ready_engine(get_settings())
    with transaction(engine, write=False) as session:
        checks = list(verify_trail(session, anchors=anchors))
    for check in checks:
        _tell(check)
    if any(check.breaks for check in checks):
        say_error("The audit trail is not whole. Keep this database as it is and find out why.")
        raise typer.Exit(1)
    console.print(f"The audit trail is whole: {len(checks)} chains.", highlight=False)


@audit.command()
def head() -> None:
    """Print where every chain ends: write it down elsewhere, and it anchors all before it."""
    with transaction(ready_engine(get_settings()), write=False) as session:
        for end in chain_ends(session):
            if end.head:
                typer.echo(f"{end.chain} {end.head.number} {end.head.seal} {end.name}")


def _tell(check: ChainCheck) -> None:
    for found in check.breaks:
        typer.echo(f"{check.name}: {found.words}")
    if check.more:
        typer.echo(f"{check.name}: and more behind that.")
    if not check.breaks and check.head:
        typer.echo(f"{check.name}: {check.head.number} lines, whole, ends with {check.head.seal}")


def _read_anchors(path: Path) -> Mapping[str, Link]:
    anchors: dict[str, Link] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        found = _LINE.match(line)
        if found:
            anchors[found["chain"]] = Link(int(found["number"]), found["seal"])
        elif line.strip():
            message = f"Line {number} of {path} is no end of a chain, as `audit head` prints them."
            raise RuleViolation.at("--anchor", message)
    return anchors
