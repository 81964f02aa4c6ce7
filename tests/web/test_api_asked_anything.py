"""Whatever a program sends, in whatever role, the API answers as its description says. Of another
site's patients it says nothing, nor of any to who may read no record.

The requests are made from the description itself, sound and unsound ones.
`ASSUAGE_FUZZ_EXAMPLES=100` sends so many of each kind for each address and role instead of the few
of every day.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from threading import Thread
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Engine

import registry.web.exporting as exporting
from registry.db.engine import transaction
from registry.domain.access import Actor, Role
from registry.services.patients import register_patient
from registry.services.procedures import log_procedure
from tests.web.test_every_route_for_every_role import person
from tests.world import TODAY, World, assessment_draft, patient_draft, procedure_draft

Connect = Callable[[Actor], TestClient]

EXAMPLES = int(os.environ.get("ASSUAGE_FUZZ_EXAMPLES", "2"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
READERS = {Role.CLINICIAN, Role.COORDINATOR}
PLANTED = {"NORTH": ("ZQ77193", "Xantippe"), "SOUTH": ("YJ44102", "Wilhelmina")}
"""A hospital number and a name that stand nowhere else, by site."""


class _Idle(Thread):
    def start(self) -> None:
        """Never begin."""


SITES = st.sampled_from([None, "NORTH", "SOUTH"])
"""At which site the record of an address is; None leaves an id that was made up."""
SLUGS = {"/api/v1/reports/{slug}": "compare", "/api/v1/techniques/{slug}": "coeliac-plexus"}

pytestmark = [pytest.mark.either_database, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(autouse=True)
def _nothing_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let exports that are asked for wait on their list."""
    monkeypatch.setattr(exporting, "Thread", _Idle)


@pytest.fixture
def planted(engine: Engine, world: World) -> dict[str, dict[str, str]]:
    """Give the ids of a patient and a procedure with planted particulars, by site."""
    found = {}
    with transaction(engine) as session:
        for site, site_id, actor in (
            ("NORTH", world.north, world.alice),
            ("SOUTH", world.south, world.charlie),
        ):
            number, name = PLANTED[site]
            draft = patient_draft(number, name=name)
            patient = register_patient(
                session, actor=actor, site_id=site_id, draft=draft, today=TODAY
            )
            logged = log_procedure(
                session,
                actor=actor,
                patient_id=patient.id,
                draft=procedure_draft(date(2026, 1, 12)),
                baseline=assessment_draft(date(2026, 1, 12), 6),
                today=TODAY,
            )
            found[site] = {"patient_id": str(patient.id), "procedure_id": str(logged.id)}
    return found


@pytest.fixture
def people(engine: Engine, world: World, program: Connect, app: FastAPI) -> dict[str, TestClient]:
    """Give a program for each role at NORTH, for a system administrator, and for nobody."""
    clients = {role.value: program(person(engine, role.value, "NORTH")) for role in Role}
    return {**clients, "nobody": TestClient(app, follow_redirects=False)}


def operations(app: FastAPI) -> Iterator[Any]:
    for found in schemathesis.openapi.from_dict(app.openapi()).get_all_operations():
        operation = found.ok()
        if operation.path.startswith("/api/v1"):
            yield operation


def send(client: TestClient, case: Any) -> Response:
    sent = case.as_transport_kwargs(base_url="http://testserver")
    sent.pop("cookies", None)
    headers = {k: v for k, v in dict(sent.pop("headers", None) or {}).items() if v is not None}
    headers.pop("Authorization", None)
    return client.request(**sent, headers=headers)


@pytest.mark.parametrize("role", [*(r.value for r in Role), "nobody"])
def test_it_answers_as_it_says_and_tells_no_secret(
    app: FastAPI,
    people: dict[str, TestClient],
    planted: dict[str, dict[str, str]],
    role: str,
) -> None:
    client = people[role]
    hidden = [*PLANTED["SOUTH"], *planted["SOUTH"].values()]
    if role not in READERS:
        hidden += [*PLANTED["NORTH"]]
    wrong: dict[str, str] = {}
    asked = 0

    def ask(operation: Any, mode: GenerationMode) -> None:
        """Send the operation some requests of one kind."""

        @seed(7)
        @settings(
            max_examples=EXAMPLES,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), site=SITES)
        def run(case: Any, site: str | None) -> None:
            nonlocal asked
            asked += 1
            real = {**planted.get(site or "", {}), "slug": SLUGS.get(operation.path)}
            for holder in (case.path_parameters, case.body):
                if site and isinstance(holder, dict):
                    holder.update({name: real[name] for name in holder.keys() & real.keys()})
            answer = send(client, case)
            sent = str(answer.request.url)
            told = {secret for secret in hidden if secret in answer.text and secret not in sent}
            assert not told, f"It told {told}."
            case.validate_response(answer, checks=CHECKS)

        run()

    for operation in operations(app):
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                ask(operation, mode)
            except Unsatisfiable:
                continue  # nothing unsound can be sent to an address without a parameter
            except Exception as found:  # all that is wrong is told at once
                wrong[f"{operation.method.upper()} {operation.path} {mode.value}"] = str(found)
    assert not wrong, "\n\n".join(f"{where}\n{what[:600]}" for where, what in wrong.items())
    assert asked > 50
