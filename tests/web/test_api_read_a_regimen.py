"""A program sends a regimen as people write it and gets items that it can send on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.domain.access import Actor
from registry.domain.regimens import LONGEST
from tests.world import World

Connect = Callable[[Actor], TestClient]
Parse = Callable[[object], Any]


@pytest.fixture
def client(program: Connect, world: World) -> TestClient:
    return program(world.alice)


@pytest.fixture
def parse(client: TestClient) -> Parse:
    return lambda text: client.post("/api/v1/regimens/parse", json={"text": text})


def test_what_is_understood_comes_as_items_and_the_rest_as_it_was_written(parse: Parse) -> None:
    answer = parse("MST 30 bd, Oramorph 10mg prn x4, Endone 5-10 mg prn")
    assert answer.status_code == 200
    assert answer.json() == {
        "items": [
            {
                "drug": "morphine",
                "route": "oral",
                "dose": 30.0,
                "unit": "mg",
                "per_day": 2.0,
                "as_needed": False,
                "form": "MR",
                "product": "MST",
            },
            {
                "drug": "morphine",
                "route": "oral",
                "dose": 10.0,
                "unit": "mg",
                "per_day": 4.0,
                "as_needed": True,
                "form": "solution",
                "product": "Oramorph",
            },
        ],
        "not_understood": ["Endone 5-10 mg prn"],
    }


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("MST 30 bd, Oramorph 10mg prn x4", 100.0),
        ("fentanyl patch 75 mcg/h q72h", 180.0),
        ("Norco 10/325 one q6h, gabapentin 300 tds", 40.0),
        ("OxyContin 20 mg BID + Endone 5 mg prn x 3", 82.5),
        ("IDDS hydromorphone 1.8mg/24h, methadone 5 mg tds", 70.5),
        ("nil", 0.0),
    ],
)
def test_the_items_are_sent_on_as_they_are(
    client: TestClient, parse: Parse, text: str, total: float
) -> None:
    items = parse(text).json()["items"]
    medd = client.post("/api/v1/medd", json={"table": "cdc-2022", "items": items})
    assert medd.status_code == 200
    assert (medd.json()["total_mg"], medd.json()["complete"]) == (total, True)


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_an_empty_text_says_nothing(parse: Parse, text: str) -> None:
    answer = parse(text)
    assert (answer.status_code, answer.json()) == (200, {"items": [], "not_understood": []})


def test_a_page_of_text_is_refused_at_its_field(parse: Parse) -> None:
    assert parse("MST 30 bd".ljust(LONGEST)).json()["items"]
    refused = parse("MST 30 bd".ljust(LONGEST + 1))
    assert refused.status_code == 422
    assert [p["field"] for p in refused.json()["problems"]] == ["text"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": None}, "text"),
        ({"text": 30}, "text"),
        ({"text": ["MST 30 bd"]}, "text"),
        ({"text": "MST 30 bd", "table": "cdc-2022"}, "table"),
        ([], ""),
    ],
)
def test_a_body_of_another_shape_is_refused_by_name(
    client: TestClient, body: object, field: str
) -> None:
    refused = client.post("/api/v1/regimens/parse", json=body)
    assert refused.status_code == 422
    assert [p["field"] for p in refused.json()["problems"]] == [field]


def test_a_token_is_needed(anonymous: TestClient) -> None:
    sent = anonymous.post("/api/v1/regimens/parse", json={"text": "MST 30 bd"})
    assert sent.status_code == 401


def test_it_is_described_with_an_example_that_works(client: TestClient) -> None:
    described = client.get("/api/openapi.json").json()
    operation = described["paths"]["/api/v1/regimens/parse"]["post"]
    assert operation["summary"] == "Read a free-text regimen"
    (example,) = described["components"]["schemas"]["RegimenTextIn"]["examples"]
    answer = client.post("/api/v1/regimens/parse", json=example).json()
    assert (len(answer["items"]), answer["not_understood"]) == (3, [])


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    text=st.lists(
        st.sampled_from(["MST", "fentanyl", "30", "10mg", "25 mcg/h", "bd", "prn", "x4", ",", "\0"])
        | st.text(max_size=6),
        max_size=12,
    ).map(" ".join)
)
def test_any_text_is_answered_and_what_is_answered_can_be_sent_on(
    client: TestClient, parse: Parse, text: str
) -> None:
    answer = parse(text)
    assert answer.status_code == 200
    assert all(part in text for part in answer.json()["not_understood"])
    body = {"table": "cdc-2022", "items": answer.json()["items"]}
    assert client.post("/api/v1/medd", json=body).status_code == 200
