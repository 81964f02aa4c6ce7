"""A program sends and reads all that an assessment can say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from registry.domain.access import Actor
from tests.world import World

Connect = Callable[[Actor], TestClient]

WHOLE: dict[str, Any] = {
    "assessed_on": "2026-01-12",
    "scores": [
        {"kind": "average", "score": 4},
        {"kind": "now", "score": 3},
        {"kind": "average", "respondent": "proxy", "score": 6},
    ],
    "pgic": 2,
    "peg_pain": 5,
    "peg_enjoyment": 4,
    "peg_activity": 4,
    "breakthrough": 3,
    "respondent": "proxy",
    "source": "phone",
}


def send(program: Connect, world: World, **changes: object) -> Any:
    url = f"/api/v1/patients/{world.pat}/assessments"
    return program(world.alice).post(url, json={**WHOLE, **changes})


def test_what_is_sent_is_answered_with_the_peg_total(program: Connect, world: World) -> None:
    answered = send(program, world)
    assert answered.status_code == 201
    body = answered.json()
    asked = {k: v for k, v in WHOLE.items() if k != "scores"}
    assert {k: body[k] for k in asked} == asked
    assert (body["peg"], body["regimen_text"], body["opioids"]) == (4.33, None, None)
    assert sorted((s["kind"], s["recall"], s["respondent"]) for s in body["scores"]) == [
        ("average", "24h", "proxy"),
        ("average", "24h", "self"),
        ("now", "now", "self"),
    ]
    course = program(world.alice).get(f"/api/v1/patients/{world.pat}").json()
    assert course["assessments"][-1]["pgic"] == 2


def test_without_all_three_items_there_is_no_peg_total(program: Connect, world: World) -> None:
    assert send(program, world, peg_activity=None).json()["peg"] is None


def test_a_proxys_change_counts_for_no_outcome(program: Connect, world: World) -> None:
    send(program, world)
    url = f"/api/v1/procedures/{world.celiac}/outcome"
    windows = program(world.alice).get(url).json()["windows"]
    at = next(w for w in windows if w["window"] == "7d")
    assert at["score"] == 4
    assert at.get("pgic") is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"pgic": 8}, "pgic"),
        ({"peg_pain": 11}, "peg_pain"),
        ({"breakthrough": -1}, "breakthrough"),
        ({"source": "link"}, "source"),
        ({"peg": 4}, "peg"),
        ({"respondent": "observed"}, "pgic"),
        ({"assessed_on": "2026-01-02"}, "pgic"),
        ({"scores": [{"kind": "now", "score": 6}, {"kind": "worst", "score": 5}]}, "scores"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    program: Connect, world: World, changes: dict[str, object], field: str
) -> None:
    refused = send(program, world, **changes)
    assert refused.status_code == 422
    assert refused.json()["problems"][0]["field"] == field
