"""Changing the key that seals identifiers."""

from __future__ import annotations

import secrets

import typer

from registry.cli.terminal import console, ready_engine
from registry.db.engine import transaction
from registry.services.keys import check_keys, rotate_keys
from registry.services.people import local_actor
from registry.settings import get_settings

app = typer.Typer()
keys = typer.Typer(no_args_is_help=True, help="The key that seals who the patients are.")
app.add_typer(keys, name="keys")


@keys.command()
def make() -> None:
    """Print a new key, for ASSUAGE_SECRET_KEY or the file in ASSUAGE_SECRET_KEY_FILE."""
    typer.echo(secrets.token_urlsafe(48))


@keys.command()
def check() -> None:
    """Say whether the key at hand opens this registry."""
    with transaction(ready_engine(get_settings()), write=False) as session:
        check_keys(session)
    console.print("The key opens this registry.", highlight=False)


@keys.command()
def rotate() -> None:
    """Seal every patient and second factor under ASSUAGE_SECRET_KEY.

    First put the new key there and the old one into ASSUAGE_PREVIOUS_SECRET_KEYS, and start Assuage
    again. The old one stays there as long as the audit trail is kept: its lines can't be changed.
    """
    engine = ready_engine(get_settings())
    with transaction(engine, write=False) as session:
        check_keys(session)
        actor = local_actor(session)
    done = rotate_keys(engine, actor=actor)
    console.print(
        f"Sealed under the new key: {done.patients} patients, {done.second_factors} second factors."
        " Keep the earlier key in ASSUAGE_PREVIOUS_SECRET_KEYS: the audit trail needs it.",
        highlight=False,
    )
