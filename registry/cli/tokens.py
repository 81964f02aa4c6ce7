"""Which programs may speak for whom."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from registry.cli.terminal import console, ready_engine
from registry.db.engine import transaction
from registry.domain.access import Scope
from registry.services.people import local_actor
from registry.services.tokens import TOKEN_DAYS, create_token, list_tokens_of, revoke_token
from registry.settings import get_settings

app = typer.Typer()
tokens = typer.Typer(help="Tokens for programs that use the API.", no_args_is_help=True)
app.add_typer(tokens, name="token")


@tokens.command("add")
def add_token(
    email: Annotated[str, typer.Argument(help="Whom the token acts for.")],
    scope: Annotated[
        list[Scope] | None,
        typer.Option(help="What it may do; several times for several. Default: all of them."),
    ] = None,
    days: Annotated[int, typer.Option(help="How many days it lasts.")] = TOKEN_DAYS,
    name: Annotated[str, typer.Option(help="What it is for.")] = "unnamed",
) -> None:
    """Make an API token. It is printed once, on its own line, and can't be shown again."""
    with transaction(ready_engine(get_settings())) as session:
        secret = create_token(
            session,
            actor=local_actor(session),
            email=email,
            now=datetime.now(UTC),
            scopes=scope or list(Scope),
            days=days,
            name=name,
        )
    said = f"Send it as: Authorization: Bearer TOKEN. It expires in {days} days."
    console.print(said, highlight=False)
    typer.echo(secret)


@tokens.command("list")
def list_tokens(email: Annotated[str, typer.Argument(help="Whose tokens.")]) -> None:
    """List the tokens that act for somebody: number, name, scopes, last day."""
    with transaction(ready_engine(get_settings()), write=False) as session:
        for token in list_tokens_of(session, email=email):
            until = token.expires_at.date()
            typer.echo(f"{token.id}  {token.name}  {token.scopes.replace(' ', ',')}  until {until}")


@tokens.command("revoke")
def revoke(number: Annotated[UUID, typer.Argument(help="The token's number, as listed.")]) -> None:
    """Revoke a token at once."""
    with transaction(ready_engine(get_settings())) as session:
        now = datetime.now(UTC)
        revoke_token(session, actor=local_actor(session), token_id=number, now=now)
    console.print("Revoked.", highlight=False)
