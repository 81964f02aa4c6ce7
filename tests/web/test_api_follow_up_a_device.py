"""Programs record device checks and adverse events whole, and read them back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.domain.access import Actor
from tests.services.test_follow_up_a_device import treat
from tests.world import World

Connect = Callable[[Actor], TestClient]

CHECK: dict[str, Any] = {
    "checked_on": "2026-02-02",
    "status": "refilled",
    "events": ["alarm"],
    "mode": "continuous",
    "infusate": [
        {
            "drug": "MST",
            "concentration": 10.0,
            "concentration_unit": "mg/ml",
            "daily_dose": 4.0,
            "daily_unit": "mg/24h",
        }
    ],
    "rate_ml_per_day": 0.4,
    "reservoir_ml": 3.0,
    "refilled_ml": 20.0,
    "refill_due_on": "2026-03-16",
    "note": "Clear fluid",
}
EVENT: dict[str, Any] = {
    "onset_on": "2026-01-06",
    "complication": "hypotension",
    "scheme": "clavien-dindo",
    "scheme_version": "2004",
    "grade": 3,
    "relatedness": "definite",
    "resolution": "with_sequelae",
    "resolved_on": "2026-01-08",
    "sequelae": "Dizzy on standing",
    "note": "Two litres",
}


@pytest.fixture
def pump(engine: Engine, world: World) -> str:
    """Implant a pump in Pat."""
    with transaction(engine) as session:
        return str(treat(session, world).id)


def test_a_check_comes_back_as_it_was_sent(program: Connect, world: World, pump: str) -> None:
    client = program(world.alice)
    sent = client.post(f"/api/v1/procedures/{pump}/device-checks", json=CHECK)
    assert sent.status_code == 201, sent.text
    body = sent.json()
    drug = {**CHECK["infusate"][0], "drug": "morphine"}
    assert {k: body[k] for k in CHECK} == {**CHECK, "infusate": [drug]}
    assert client.get(f"/api/v1/device-checks/{body['id']}").json() == body
    assert client.get(f"/api/v1/procedures/{pump}/device-checks").json() == [body]
    timeline = client.get(f"/api/v1/patients/{world.pat}").json()
    assert timeline["device_checks"] == [body]


def test_what_is_wrong_is_named_as_it_was_sent(program: Connect, world: World, pump: str) -> None:
    client = program(world.alice)
    url = f"/api/v1/procedures/{pump}/device-checks"
    line = {**CHECK["infusate"][0], "drug": "snake oil"}
    refused = client.post(url, json={**CHECK, "infusate": [line], "amplitude": 3.0})
    assert refused.status_code == 422
    fields = {p["field"] for p in refused.json()["problems"]}
    assert fields == {"infusate.0.drug", "amplitude", "amplitude_unit"}
    line = {**CHECK["infusate"][0], "daily_dose": 40.0}
    unsure = client.post(url, json={**CHECK, "infusate": [line]})
    (doubt,) = unsure.json()["doubts"]
    assert (unsure.status_code, doubt["field"]) == (422, "infusate.0.daily_dose")
    sure = client.post(url, json={**CHECK, "infusate": [line], "confirmed": [doubt["code"]]})
    assert sure.status_code == 201


def test_an_event_comes_back_as_it_was_sent(program: Connect, world: World) -> None:
    client = program(world.alice)
    sent = client.post(f"/api/v1/procedures/{world.celiac}/adverse-events", json=EVENT)
    assert sent.status_code == 201, sent.text
    body = sent.json()
    assert {k: body[k] for k in EVENT} == EVENT
    assert (body["expected"], body["counts_as_harm"]) == (False, True)
    assert client.get(f"/api/v1/adverse-events/{body['id']}").json() == body


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scheme_version": "1999"}, "scheme"),
        ({"scheme": "who"}, "scheme"),
        ({"resolution": "fatal", "grade": 5}, "resolution"),
        ({"complication": "disease-progression"}, "grade"),
        ({"relatedness": "maybe"}, "relatedness"),
    ],
)
def test_an_event_that_contradicts_itself_is_refused(
    program: Connect, world: World, changes: dict[str, Any], field: str
) -> None:
    sent = {**EVENT, "resolved_on": None, "sequelae": None, "resolution": None, **changes}
    url = f"/api/v1/procedures/{world.celiac}/adverse-events"
    refused = program(world.alice).post(url, json=sent)
    assert refused.status_code == 422
    assert field in {p["field"] for p in refused.json()["problems"]}


def test_strangers_and_those_without_records_get_nothing(
    program: Connect, world: World, pump: str
) -> None:
    made = program(world.alice).post(f"/api/v1/procedures/{pump}/device-checks", json=CHECK).json()
    for actor, status in ((world.charlie, 404), (world.quinn, 403)):
        client = program(actor)
        for answer in (
            client.post(f"/api/v1/procedures/{pump}/device-checks", json=CHECK),
            client.get(f"/api/v1/procedures/{pump}/device-checks"),
            client.get(f"/api/v1/device-checks/{made['id']}"),
        ):
            assert answer.status_code == status
