"""What routes ask for: a session, who is asking, what day it is, what was typed."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.datastructures import FormData, UploadFile

from registry.db.engine import leave_note, transaction
from registry.db.vault import Vault
from registry.domain.access import Actor
from registry.domain.errors import NotAuthenticated, NotPermitted, StepUpNeeded
from registry.services.readings import add_readings, write_readings
from registry.services.sessions import SEEN_EVERY, SignedIn, note_seen, resume_session
from registry.services.tokens import note_used, use_token
from registry.settings import Settings

SESSION_COOKIE = "assuage_session"
LOGIN_CSRF_COOKIE = "assuage_login"

MOST_FIELDS = 5000
"""How many fields a form can have: the words of a large logbook are some thousand."""


def get_engine(request: Request) -> Engine:
    """Give the application's engine."""
    engine: Engine = request.app.state.engine
    return engine


def get_app_settings(request: Request) -> Settings:
    """Give the settings that the application was made with."""
    settings: Settings = request.app.state.settings
    return settings


def get_session(request: Request) -> Iterator[Session]:
    """Give a session that is committed before the response is sent."""
    with transaction(get_engine(request), sites=partial(_sites_of, request)) as session:
        yield session
        add_readings(session, page_of(request))


def get_read_session(request: Request) -> Iterator[Session]:
    """Give a session for looking only; what was seen is in the trail before the answer is sent."""
    with transaction(
        get_engine(request), write=False, sites=partial(_sites_of, request)
    ) as session:
        yield session
    write_readings(get_engine(request), session, page_of(request))


def _sites_of(request: Request) -> Iterable[UUID] | None:
    """Give the sites of whoever asks; None where nobody is signed in, as behind a link."""
    actor: Actor | None = getattr(request.state, "actor", None)
    return None if actor is None else actor.roles


def page_of(request: Request) -> str:
    """Name the page or address of a request for the trail, without the ids and secrets in it."""
    path = request.url.path
    for name, value in request.path_params.items():
        path = path.replace(str(value), f"{{{name}}}", 1) if str(value) else path
    return f"{request.method} {path}"


def get_today(request: Request) -> date:
    """Give the day where the server stands; an application can be made to live on another."""
    today: date | None = request.app.state.today
    return today or datetime.now().astimezone().date()


def get_now() -> datetime:
    """Give the moment, UTC."""
    return datetime.now(UTC)


def get_vault(request: Request) -> Vault:
    """Give what seals and reads secrets."""
    return Vault(get_app_settings(request).keys)


Now = Annotated[datetime, Depends(get_now)]


def get_signed_in(request: Request, now: Now) -> SignedIn:
    """Find who is signed in with this browser; nobody is sent to the sign-in page."""
    secret = request.cookies.get(SESSION_COOKIE)
    if secret:
        with transaction(get_engine(request), write=False) as session:
            found = resume_session(
                session,
                secret=secret,
                now=now,
                request_id=request.state.request_id,
                idle=timedelta(minutes=get_app_settings(request).idle_minutes),
            )
        if found is not None:
            request.state.signed_in = found
            request.state.actor = found.actor
            if found.seen_at + SEEN_EVERY <= now:
                leave_note(get_engine(request), lambda s: note_seen(s, secret=secret, now=now))
            return found
    raise NotAuthenticated("Sign in to go on.")


def stepped_up(
    request: Request, signed_in: Annotated[SignedIn, Depends(get_signed_in)], now: Now
) -> None:
    """Ask for the password or a code once more unless it was given within the last minutes.

    A route states it: `dependencies=[Depends(stepped_up)]`. What was sent is held meanwhile.
    """
    require_stepped_up(get_app_settings(request), signed_in, now)


def require_stepped_up(settings: Settings, signed_in: SignedIn, now: datetime) -> None:
    """Refuse who did not prove themselves within the last minutes (`StepUpNeeded`)."""
    if signed_in.confirmed_at + timedelta(minutes=settings.step_up_minutes) <= now:
        raise StepUpNeeded("Enter your password once more to go on.")


def get_actor(signed_in: Annotated[SignedIn, Depends(get_signed_in)]) -> Actor:
    """Give the person who is signed in with this browser."""
    return signed_in.actor


def get_bearer(
    request: Request,
    now: Now,
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Actor:
    """Find who a bearer token acts for."""
    scheme, _, secret = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not secret:
        raise NotAuthenticated("Send a token in the header: Authorization: Bearer ...")
    with transaction(get_engine(request), write=False) as session:
        actor, unnoted = use_token(
            session, secret=secret.strip(), now=now, request_id=request.state.request_id
        )
    if unnoted is not None:
        leave_note(get_engine(request), lambda s: note_used(s, token_id=unnoted, now=now))
    request.state.actor = actor
    return actor


async def read_form(request: Request) -> dict[str, list[str]]:
    """Read a submitted form as text, every value kept in the order it was sent."""
    return _texts(await request.form(max_fields=MOST_FIELDS, max_files=1))


async def get_form(request: Request) -> AsyncIterator[dict[str, list[str]]]:
    """Give a submitted form; a file beside it is for whoever asks for it (`Uploaded`)."""
    try:
        yield await read_form(request)
    finally:
        await request.close()


async def get_upload(
    request: Request, _typed: Annotated[dict[str, list[str]], Depends(get_form)]
) -> tuple[str, bytes] | None:
    """Read the file that was sent with a form: its name and what it holds; None without one."""
    for _, value in (await request.form()).multi_items():
        if isinstance(value, UploadFile) and value.filename:
            return value.filename.replace("\0", ""), await value.read()
    return None


def _texts(form: FormData) -> dict[str, list[str]]:
    typed: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            typed.setdefault(name, []).append(value.replace("\0", ""))  # no database takes NUL
    return typed


def check_csrf(
    request: Request,
    signed_in: Annotated[SignedIn, Depends(get_signed_in)],
    typed: Annotated[dict[str, list[str]], Depends(get_form)],
) -> None:
    """Refuse a write that does not come from one of our own pages."""
    sent = request.headers.get("x-csrf-token") or "".join(typed.get("csrf_token", [""])[:1])
    if not secrets.compare_digest(sent.encode(), signed_in.csrf_token.encode()):
        raise NotPermitted(
            "This form has expired. Go back, reload the page and send it again: nothing was saved."
        )


WriteSession = Annotated[Session, Depends(get_session, scope="function")]
ReadSession = Annotated[Session, Depends(get_read_session, scope="function")]
CurrentActor = Annotated[Actor, Depends(get_actor)]
Bearer = Annotated[Actor, Depends(get_bearer)]
Today = Annotated[date, Depends(get_today)]
Typed = Annotated[dict[str, list[str]], Depends(get_form)]
Uploaded = Annotated[tuple[str, bytes] | None, Depends(get_upload)]
AppSettings = Annotated[Settings, Depends(get_app_settings)]
AppVault = Annotated[Vault, Depends(get_vault)]
AppEngine = Annotated[Engine, Depends(get_engine)]
CurrentSignIn = Annotated[SignedIn, Depends(get_signed_in)]
Guarded = Depends(check_csrf)
SteppedUp = Depends(stepped_up)
