"""Who may sign in, and which programs may speak for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from registry.cli.terminal import (
    NewPassword,
    NewSite,
    SiteCode,
    ask_new_password,
    choose_site,
    console,
    ready_engine,
)
from registry.db.engine import transaction
from registry.domain.access import Role
from registry.services.people import add_person, create_token, has_account, local_actor, read_email
from registry.settings import get_settings

app = typer.Typer()
users = typer.Typer(help="Accounts of people who sign in.", no_args_is_help=True)
tokens = typer.Typer(help="Tokens for programs that use the API.", no_args_is_help=True)
app.add_typer(users, name="user")
app.add_typer(tokens, name="token")


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
