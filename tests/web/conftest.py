"""A visitor for each person of the world, against the application on each database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.db.tables import UserAccount
from registry.domain.access import Actor
from registry.services.people import local_actor
from registry.services.sessions import open_session, resume_session
from registry.services.tokens import create_token
from registry.web.deps import SESSION_COOKIE, get_now
from tests.world import World


class Visitor:
    """A signed-in browser without script: it sends the form's CSRF token along."""

    def __init__(self, client: TestClient, csrf_token: str) -> None:
        self.client = client
        self.csrf_token = csrf_token

    def get(self, url: str, *, htmx: bool = False) -> Response:
        """Open a page, or ask for a fragment as htmx does."""
        return self.client.get(url, headers={"HX-Request": "true"} if htmx else {})

    def post(self, url: str, *, htmx: bool = False, **fields: Any) -> Response:
        """Send a form; `__` in a field's name stands for `-`."""
        data = {name.replace("__", "-"): value for name, value in fields.items()}
        data.setdefault("csrf_token", self.csrf_token)
        return self.client.post(url, data=data, headers={"HX-Request": "true"} if htmx else {})


@pytest.fixture
def _clients(app: FastAPI) -> Iterator[Callable[[], TestClient]]:
    with ExitStack() as stack:
        yield lambda: stack.enter_context(
            TestClient(app, follow_redirects=False, raise_server_exceptions=True)
        )


@pytest.fixture
def anonymous(_clients: Callable[[], TestClient]) -> TestClient:
    """Give a client that nobody signed in with."""
    return _clients()


class Clock:
    """The time where the server stands; a test can let it pass."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def pass_by(self, **much: float) -> None:
        """Let so much time pass."""
        self.ahead += timedelta(**much)


@pytest.fixture
def clock(app: FastAPI) -> Iterator[Clock]:
    """Give the application a clock that a test can put forward."""
    clock = Clock()
    app.dependency_overrides[get_now] = clock
    yield clock
    del app.dependency_overrides[get_now]


SignIn = Callable[[Actor], Visitor]


@pytest.fixture
def sign_in(_clients: Callable[[], TestClient], engine: Engine) -> SignIn:
    """Give a function that signs a person in."""

    def visit(actor: Actor) -> Visitor:
        now = datetime.now(UTC)
        with transaction(engine) as session:
            user = session.get_one(UserAccount, actor.user_id)
            secret = open_session(session, user=user, now=now, hours=1)
            signed_in = resume_session(session, secret=secret, now=now)
        assert signed_in is not None
        client = _clients()
        client.cookies.set(SESSION_COOKIE, secret)
        return Visitor(client, signed_in.csrf_token)

    return visit


@pytest.fixture
def alice(sign_in: SignIn, world: World) -> Visitor:
    """Sign Alice in, a clinician of NORTH."""
    return sign_in(world.alice)


@pytest.fixture
def charlie(sign_in: SignIn, world: World) -> Visitor:
    """Sign Charlie in, a stranger to NORTH."""
    return sign_in(world.charlie)


@pytest.fixture
def quinn(sign_in: SignIn, world: World) -> Visitor:
    """Sign Quinn in, who sees outcomes but no records."""
    return sign_in(world.quinn)


@pytest.fixture
def program(_clients: Callable[[], TestClient], engine: Engine) -> Callable[[Actor], TestClient]:
    """Give a function that makes an API client with a person's bearer token."""

    def connect(actor: Actor) -> TestClient:
        assert actor.email is not None
        with transaction(engine) as session:
            token = create_token(
                session,
                actor=local_actor(session),
                email=actor.email,
                now=datetime.now(UTC),
            )
        client = _clients()
        client.headers["Authorization"] = f"Bearer {token}"
        return client

    return connect
