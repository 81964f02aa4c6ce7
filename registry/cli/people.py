"""Who may sign in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlmodel import Session

from registry.cli.terminal import (
    NewPassword,
    NewSite,
    SiteCode,
    ask_new_password,
    choose_site,
    console,
    link_base,
    ready_engine,
)
from registry.db.engine import transaction
from registry.db.queries.people import find_account
from registry.db.tables import UserAccount
from registry.domain.access import Role
from registry.domain.errors import NotFound
from registry.services.account_links import make_password_link
from registry.services.accounts import set_active, set_system_admin
from registry.services.people import add_person, has_account, local_actor, read_email
from registry.services.second_factor import reset_factor
from registry.services.sessions import end_sessions_of
from registry.settings import get_settings

app = typer.Typer()
users = typer.Typer(help="Accounts of people who sign in.", no_args_is_help=True)
app.add_typer(users, name="user")

Email = Annotated[str, typer.Argument(help="The person's e-mail address.")]


@users.command("add")
def add_user(
    email: Email,
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
            breached=settings.breached_passwords,
        )
        console.print(f"{email} can sign in at site {home.code} as {role}.", highlight=False)


@users.command("link")
def make_link(email: Email) -> None:
    """Make a link by which somebody chooses a password. It works once, for a week."""
    settings = get_settings()
    with transaction(ready_engine(settings)) as session:
        user = _account(session, email)
        actor, now = local_actor(session), datetime.now(UTC)
        secret = make_password_link(session, actor=actor, user_id=user.id, now=now)
    typer.echo(f"{link_base(settings)}/welcome/{secret}")


@users.command("end-sessions")
def end_sessions(email: Email) -> None:
    """Sign somebody out everywhere."""
    with transaction(ready_engine(get_settings())) as session:
        user = _account(session, email)
        ended = end_sessions_of(session, actor=local_actor(session), user_id=user.id)
    console.print(f"Ended {ended} sessions of {user.email}.", highlight=False)


@users.command("reset-second-factor")
def reset_second_factor(email: Email) -> None:
    """Take somebody's second factor away and sign them out: their telephone is lost, say."""
    with transaction(ready_engine(get_settings())) as session:
        user, actor = _account(session, email), local_actor(session)
        reset_factor(session, actor=actor, user_id=user.id)
        end_sessions_of(session, actor=actor, user_id=user.id)
    console.print(
        f"{user.email} has no second factor now. Where the role asks for one, the next sign-in "
        "sets it up.",
        highlight=False,
    )


@users.command("system-admin")
def change_system_admin(
    email: Email,
    give: Annotated[bool, typer.Option("--give/--take", help="Give the right, or take it.")] = True,
) -> None:
    """Let somebody manage sites and accounts. It opens no patient's record."""
    with transaction(ready_engine(get_settings())) as session:
        user = _account(session, email)
        set_system_admin(session, actor=local_actor(session), user_id=user.id, value=give)
    does = "manages" if give else "no longer manages"
    console.print(f"{user.email} {does} sites and accounts.", highlight=False)


@users.command("close")
def close(email: Email) -> None:
    """Close an account: its sessions end, its tokens stop. What was recorded under it stays."""
    _set_active(email, value=False)


@users.command("reopen")
def reopen(email: Email) -> None:
    """Open a closed account again."""
    _set_active(email, value=True)


def _set_active(email: str, *, value: bool) -> None:
    with transaction(ready_engine(get_settings())) as session:
        user = _account(session, email)
        set_active(session, actor=local_actor(session), user_id=user.id, value=value)
    console.print(f"{user.email} is {'open' if value else 'closed'}.", highlight=False)


def _account(session: Session, email: str) -> UserAccount:
    user = find_account(session, email)
    if user is None:
        raise NotFound("There is no account with this e-mail address.")
    return user
