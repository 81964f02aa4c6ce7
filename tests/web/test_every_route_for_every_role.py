"""All routes x all roles x one's own and another's site, each against the written table.

Asked with ids of records that exist and with nothing typed. Who may, is served or told what is
missing; who lacks the role is refused; who belongs to another site finds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine
from sqlmodel import Session, select

from registry.db.base import new_id
from registry.db.engine import transaction
from registry.db.tables import Assessment, Membership, Site, UserAccount
from registry.domain.access import GRANTS, Actor, Role
from registry.domain.drafts import AdverseEventDraft, DeviceCheckDraft
from registry.exchange.imports import take_logbook
from registry.services.adverse_events import add_adverse_event
from registry.services.assessments import add_assessment
from registry.services.corrections import Amendment, void_record
from registry.services.device_checks import add_device_check
from registry.services.merging import merge_patients
from registry.services.patient_links import make_patient_link
from registry.services.patients import record_death, register_patient
from registry.services.people import actor_of, create_user, local_actor
from registry.services.procedures import log_procedure
from registry.services.saved_reports import save_report
from registry.web.needs import is_need, need_of
from tests.databases import Database
from tests.exchange.logbook_files import PLAIN
from tests.web.access_table import MAY, NEEDS, Route
from tests.web.conftest import SignIn
from tests.world import PASSWORD, TODAY, World, assessment_draft, patient_draft, procedure_draft

Connect = Callable[[Actor], TestClient]
Ask = Callable[[Route], Response]
AskAs = Callable[..., Ask]

SERVED = {200, 201, 204, 303, 307, 409, 422}
"""Done, sent on, or told what is missing or stale."""
SPENT = {
    ("POST", "/links/{link_id}/withdraw"),
    ("POST", "/reports/saved/{saved_id}/remove"),
    ("POST", "/account/sessions/{session_id}/end"),
    ("POST", "/account/tokens/{token_id}/revoke"),
    ("GET", "/exports/{export_id}"),
    ("POST", "/exports/{export_id}/cancel"),
    ("POST", "/exports/{export_id}/file"),
    ("GET", "/api/v1/exports/{export_id}"),
    ("DELETE", "/api/v1/exports/{export_id}"),
    ("GET", "/api/v1/exports/{export_id}/file"),
}
"""What is somebody's own, or can be done once: who else may find nothing, or is refused."""
BODIES: dict[str, dict[str, Any]] = {
    "/assessments": {
        "assessed_on": "2026-01-12",
        "scores": [{"kind": "average", "score": 4}],
    },
    "/death": {"died_on": "2026-02-01"},
    "/links": {},
    "/adverse-events": {"onset_on": "2026-01-05", "complication": "hypotension"},
    "/device-checks": {"checked_on": "2026-02-02", "status": "working"},
    "/missed-follow-ups": {"window": "7d", "reason": "too-unwell"},
}
"""What a program would send in order, by the end of the address."""
OF_NO_SITE = {"slug", "kind", "block", "path:path", "user_id", "session_id", "token_id"}
OF_NO_SITE |= {"export_id"}
"""What stands in an address and is the same for everybody."""


@pytest.fixture(autouse=True)
def _one_database(database: Database) -> None:
    if database.backend != "sqlite":
        pytest.skip("what a route needs is decided before any database is asked")


@pytest.fixture
def ids(engine: Engine, world: World) -> dict[str, Any]:
    """Give an id of each kind at NORTH, by what an address calls it."""
    with transaction(engine) as session:
        return _records(session, world)


def _uploaded(session: Session, world: World) -> Any:
    header, line = ",".join(PLAIN), ",".join(PLAIN.values())
    data = f"{header}\n{line}\n".encode()
    return take_logbook(
        session, actor=world.alice, site_id=world.north, name="log.csv", data=data
    ).id


def _records(session: Session, world: World) -> dict[str, Any]:
    north: dict[str, Any] = {"actor": world.alice, "today": TODAY}
    own: dict[str, Any] = {**north, "patient_id": world.pat}

    def register(number: str) -> Any:
        return register_patient(
            session, site_id=world.north, draft=patient_draft(number), **north
        ).id

    placed = procedure_draft(
        date(2026, 1, 12), technique="intrathecal-drug-delivery", intent="implant"
    )
    before = assessment_draft(date(2026, 1, 12), 6)
    pump = log_procedure(session, draft=placed, baseline=before, **own).id
    late, wrong = (
        add_assessment(session, draft=assessment_draft(date(2026, 2, day), 4), **own)
        for day in (2, 9)
    )
    void_record(
        session,
        Assessment,
        actor=world.alice,
        record_id=wrong.id,
        amendment=Amendment(wrong.version, "Entered twice."),
    )
    merged, died_on = register("H8"), date(2026, 2, 20)
    merge_patients(
        session, actor=world.alice, keep_id=world.pat, merge_id=merged, reason="One person."
    )
    low = AdverseEventDraft(onset_on=date(2026, 1, 6), complication="hypotension")
    check = DeviceCheckDraft(checked_on=date(2026, 2, 2), status="working")
    link, secret = make_patient_link(
        session, actor=world.alice, patient_id=world.pat, now=datetime.now(UTC)
    )
    saved = save_report(
        session, actor=world.alice, site_id=world.north, name="Ours", report="compare", query=""
    )
    death = record_death(session, patient_id=register("H7"), died_on=died_on, **north)
    event = add_adverse_event(session, procedure_id=world.celiac, draft=low, **north).id
    seen = add_device_check(session, procedure_id=pump, draft=check, **north).id
    return {
        "patient_id": world.pat,
        "procedure_id": pump,
        "record_id": late.id,
        "event_id": event,
        "check_id": seen,
        "link_id": link.id,
        "saved_id": saved.id,
        "import_id": _uploaded(session, world),
        "secret": secret,
        "user_id": world.bob.user_id,
        "session_id": new_id(),
        "token_id": new_id(),
        "export_id": new_id(),
        "code": "NORTH",
        "/deaths": {"record_id": death.id},
        "/procedures": {"record_id": pump},
        "/adverse-events": {"record_id": event},
        "/device-checks": {"record_id": seen},
        "undo-void": {"record_id": wrong.id},
        "undo-merge": {"patient_id": merged},
        "kind": "csv",
        "slug": "completeness",
        "block": "by-site",
        "path:path": "app.css",
    }


def address(route: Route, ids: dict[str, Any]) -> str:
    """Put ids into an address; a part of it may want another record than the usual one."""
    path = route[1]
    if path.startswith("/api/v1/techniques"):
        return path.format(slug="coeliac-plexus")
    if path == "/reports/file":
        return f"{path}?report=safety"  # all of them take a while, and need the same
    special = {
        name: value
        for part, own in ids.items()
        if isinstance(own, dict) and part in path
        for name, value in own.items()
    }
    if "void" in path:
        special["kind"] = "assessments"
    return re.sub(r"\{([^}]+)\}", lambda m: str({**ids, **special}[m[1]]), path)


def person(engine: Engine, role: str, site: str) -> Actor:
    """Give somebody of a role at a site an account."""
    with transaction(engine) as session:
        user = create_user(
            session,
            actor=local_actor(session),
            email=f"{role}.{site.lower()}@example.org",
            name=f"{role} of {site}",
            password=PASSWORD,
            site=next(s for s in _sites(session) if s.code == site),
            role=Role(role),
        )
        return actor_of(session, user)


def _sites(session: Session) -> list[Site]:
    return list(session.exec(select(Site)).all())


@pytest.fixture
def ask_as(sign_in: SignIn, program: Connect, ids: dict[str, Any]) -> AskAs:
    """Give a function that lets somebody ask a route, as a page or by their token."""

    def asking(actor: Actor, *, typed: bool = False) -> Ask:
        visitor, client = sign_in(actor), program(actor)

        def ask(route: Route) -> Response:
            method, url = route[0], address(route, ids)
            if url.startswith("/api/v1"):
                body = BODIES.get("/" + url.rsplit("/", 1)[1], {}) if typed else {}
                return client.request(method, url, json=body if method == "POST" else None)
            if method == "POST":
                return visitor.post(url, patient=str(ids["patient_id"]))
            return visitor.client.request(method, url)

        return ask

    return asking


def routes(*, of_a_site: bool | None = None) -> Iterator[tuple[Route, str]]:
    """List what is not for anybody; `of_a_site` keeps those that name a site's record, or not."""
    for route, need in NEEDS.items():
        named = set(re.findall(r"\{([^}]+)\}", route[1])) - OF_NO_SITE
        if need != "anybody" and route[1] != "/logout" and of_a_site in (None, bool(named)):
            yield route, need


def test_the_table_names_every_route_and_each_states_its_need(app: FastAPI) -> None:
    stated: dict[Route, str] = {}
    for route in iter_route_contexts(app.routes):
        asked = [d.dependency for d in getattr(route, "dependencies", None) or ()]
        needs = [need_of(d) for d in asked if d is not None and is_need(d)]
        for method in route.methods or ():
            need = needs[-1] if needs else "anybody"
            stated[method, route.path or ""] = str(need)
    stated["POST", "/logout"] = "signed_in"  # it asks for the form's token, and so for a session
    assert stated == NEEDS


def test_roles_have_what_the_table_says() -> None:
    assert {role.value: {p.value for p in GRANTS[role]} for role in Role} == MAY


@pytest.mark.parametrize("role", MAY)
def test_at_ones_own_site_the_role_decides(
    engine: Engine, ask_as: AskAs, world: World, role: str
) -> None:
    ask = ask_as(person(engine, role, "NORTH"))
    wrong = {}
    for route, need in routes():
        status = ask(route).status_code
        allowed = need == "signed_in" or need in MAY[role]
        if status not in (SERVED if allowed else {403}) and not (allowed and route in SPENT):
            wrong[route] = status
    assert not wrong


def test_a_system_administrator_manages_accounts_and_sees_no_record(
    engine: Engine, ask_as: AskAs, world: World
) -> None:
    with transaction(engine) as session:
        user = session.get_one(UserAccount, world.charlie.user_id)
        user.system_admin = True
        session.delete(session.get_one(Membership, (world.south, user.id)))
        session.flush()
        actor = actor_of(session, user)
    ask, wrong = ask_as(actor), {}
    for route, need in routes():
        response = ask(route)
        allowed = need in {"signed_in", "manage_accounts"}
        if response.status_code not in (SERVED if allowed else {403}) and route not in SPENT:
            wrong[route] = response.status_code
        assert "Dr Able" not in response.text
    assert not wrong


@pytest.mark.parametrize("role", MAY)
def test_a_strangers_record_is_not_there_whatever_ones_role_elsewhere(
    engine: Engine, ask_as: AskAs, world: World, role: str
) -> None:
    ask = ask_as(person(engine, role, "SOUTH"), typed=True)
    wrong = {}
    for route, need in routes(of_a_site=True):
        response = ask(route)
        expected = 404 if need in MAY[role] else 403
        if response.status_code != expected or "Dr Able" in response.text:
            wrong[route] = response.status_code
    assert not wrong


@pytest.mark.parametrize("role", MAY)
def test_a_list_of_another_site_holds_nobody_of_ours(
    engine: Engine, ask_as: AskAs, world: World, role: str
) -> None:
    ask = ask_as(person(engine, role, "SOUTH"))
    for route, _ in routes(of_a_site=False):
        text = ask(route).text
        assert not re.search(r">H1<|NORTH|Dr Able", text), route


def test_nobody_is_served_without_signing_in(
    anonymous: TestClient, ids: dict[str, Any], world: World
) -> None:
    for route, _ in routes():
        response = anonymous.request(route[0], address(route, ids))
        sent_away = (response.status_code, response.headers.get("location", "")[:6])
        assert response.status_code == 401 or sent_away == (303, "/login"), route
