"""A program reads the comparison that the outcomes page shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.domain.access import Actor
from registry.domain.windows import WINDOWS
from registry.services.assessments import add_assessment
from registry.services.patients import record_death, register_patient
from registry.services.procedures import log_procedure
from tests.world import PERFORMED, TODAY, World, assessment_draft, patient_draft, procedure_draft

Connect = Callable[[Actor], TestClient]

STATES = [
    "responder",
    "non_responder",
    "died_before",
    "alive_not_assessed",
    "not_due",
    "ineligible",
]


def treat(engine: Engine, world: World, technique: str, scores: list[int | None]) -> None:
    """Treat one patient a score: baseline 8, the score at 28 days; None dies on day 5."""
    with transaction(engine) as session:
        for number, score in enumerate(scores):
            patient = register_patient(
                session,
                actor=world.alice,
                site_id=world.north,
                draft=patient_draft(f"{technique}-{number}"),
                today=TODAY,
            )
            log_procedure(
                session,
                actor=world.alice,
                patient_id=patient.id,
                draft=procedure_draft(technique=technique),
                baseline=assessment_draft(PERFORMED, 8),
                today=TODAY,
            )
            if score is None:
                died_on: date = PERFORMED + timedelta(days=5)
                record_death(
                    session, actor=world.alice, patient_id=patient.id, died_on=died_on, today=TODAY
                )
            else:
                add_assessment(
                    session,
                    actor=world.alice,
                    patient_id=patient.id,
                    draft=assessment_draft(PERFORMED + timedelta(days=28), score),
                    today=TODAY,
                )


def compare(client: TestClient, query: str = "") -> dict[str, Any]:
    response = client.get(f"/api/v1/outcomes?{query}")
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def records(answer: dict[str, Any], slug: str) -> list[dict[str, Any]]:
    (found,) = (report for report in answer["reports"] if report["slug"] == slug)
    told: list[dict[str, Any]] = found["records"]
    return told


def test_the_numbers_are_those_of_the_record(
    program: Connect, world: World, engine: Engine
) -> None:
    treat(engine, world, "splanchnic-nerves", [2, 3, 7, None])
    treat(engine, world, "stellate-ganglion", [8])
    answer = compare(program(world.alice), "window=28d&by=technique")
    assert (answer["by"], answer["as_of"], answer["synthetic"]) == (
        "technique",
        "2026-03-02",
        False,
    )
    states = {r["group"]: [r[s] for s in STATES] for r in records(answer, "states")}
    assert states["splanchnic-nerves"] == [2, 1, 1, 0, 0, 0]
    assert states["stellate-ganglion"] == [0, 1, 0, 0, 0, 0]
    assert states["coeliac-plexus"] == [0, 0, 0, 1, 0, 0]
    assert states["_all"] == [2, 2, 1, 1, 0, 0]
    pain, worst = (r for r in records(answer, "pain") if r["group"] == "splanchnic-nerves")
    assert (pain["pain"], worst["pain"]) == ("average", "worst")
    assert (pain["n"], pain["before"]["median"], pain["after"]["median"]) == (3, 8.0, 3.0)
    response = {
        r["definition"]: r["response"]
        for r in records(answer, "responders")
        if r["group"] == "splanchnic-nerves"
    }
    assert {d: (v["k"], v["n"]) for d, v in response.items() if d.startswith("nrs")} == {
        "nrs30": (2, 3),
        "nrs50": (2, 3),
        "nrs2": (2, 3),
    }
    assert len(response) == 7
    assert response["nrs30"]["value"] == pytest.approx(2 / 3)


def test_categories_pool_their_techniques(program: Connect, world: World, engine: Engine) -> None:
    treat(engine, world, "splanchnic-nerves", [2, 3])
    answer = compare(program(world.alice), "window=28d")
    (visceral,) = (r for r in records(answer, "states") if r["group"] == "visceral-sympathetic")
    assert (visceral["treated"], visceral["responder"]) == (3, 2)


def test_completeness_comes_first_and_for_every_window(program: Connect, world: World) -> None:
    answer = compare(program(world.alice), "window=7d&window=28d")
    assert answer["reports"][0]["slug"] == "completeness"
    assert {r["window"] for r in records(answer, "completeness")} == {w.slug for w in WINDOWS}
    assert {r["window"] for r in records(answer, "states")} == {"7d", "28d"}
    everything = compare(program(world.alice))
    assert {r["window"] for r in records(everything, "states")} == {w.slug for w in WINDOWS}


def test_each_report_says_what_it_counts_and_how_to_read_it(program: Connect, world: World) -> None:
    for report in compare(program(world.alice))["reports"]:
        assert report["question"].endswith("?")
        assert report["how_to_read"]
        assert all(report["definition"].values())


def test_small_numbers_are_held_back_from_who_may_not_read_the_records(
    program: Connect, world: World, engine: Engine
) -> None:
    treat(engine, world, "splanchnic-nerves", [2, 3, 7])
    treat(engine, world, "stellate-ganglion", [2] * 14)
    answer = compare(program(world.quinn), "window=28d&by=technique")
    (small,) = (
        r
        for r in records(answer, "states")
        if r["group"] != "stellate-ganglion" and r["group"] != "_all"
    )
    assert small["held_back"]
    assert all(small[name] is None for name in small["held_back"])
    assert "responder" in small["held_back"]
    shown = compare(program(world.alice), "window=28d&by=technique")
    assert all(r["held_back"] == [] for r in records(shown, "states"))


def test_the_filters_narrow_it(program: Connect, world: World, engine: Engine) -> None:
    treat(engine, world, "stellate-ganglion", [8])
    client = program(world.alice)

    def groups(query: str) -> set[str]:
        return {r["group"] for r in records(compare(client, query), "states")} - {"_all"}

    assert groups("by=technique") == {"coeliac-plexus", "stellate-ganglion"}
    assert groups("by=technique&technique=coeliac-plexus") == {"coeliac-plexus"}
    assert groups("region=head-neck&by=technique") == {"stellate-ganglion"}
    assert groups(f"since={TODAY}") == set()


def test_another_site_compares_its_own(program: Connect, world: World) -> None:
    assert records(compare(program(world.charlie)), "states") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("by=operator", "by"),
        ("window=1y", "window.0"),
        ("technique=no-such-technique", "technique"),
        ("site=SOUTH", "site"),
        ("since=2026-13-01", "since"),
        ("since=2026-02-01&until=2026-01-01", "until"),
        ("patient=H1", "patient"),
    ],
)
def test_a_question_that_can_not_be_asked_is_refused_by_name(
    program: Connect, world: World, query: str, field: str
) -> None:
    response = program(world.alice).get(f"/api/v1/outcomes?{query}")
    assert response.status_code == 422
    assert [p["field"] for p in response.json()["problems"]] == [field]
