"""A program logs a procedure and its course, and reads what it achieved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent, ProcedureOutcomeRow
from registry.domain.access import Actor
from tests.world import World

Connect = Callable[[Actor], TestClient]

PATIENT = {
    "site": "NORTH",
    "hospital_number": " h 2 ",
    "birth_date": "1961-03-09",
    "sex": "male",
    "diagnosis_group": "pancreas",
    "metastases": True,
    "name": "  ",
}


def procedure(patient_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "patient_id": patient_id,
        "performed_on": "2026-01-10",
        "technique": "coeliac-plexus",
        "intent": "therapeutic",
        "operator": "Dr Able",
        "approach": "antecrural",
        "laterality": "bilateral",
        "levels": ["T12", "L1"],
        "agents": [{"agent_class": "alcohol", "concentration": 50, "volume_ml": 20.5}],
        "guidance": ["fluoroscopy"],
        "baseline": {
            "assessed_on": "2026-01-09",
            "scores": [{"kind": "average", "score": 8}, {"kind": "worst", "score": 10}],
            "opioids": [
                {"drug": "MST", "route": "oral", "dose": 30, "unit": "mg", "per_day": 2},
                {"drug": "fentanyl", "route": "transdermal", "dose": 75, "unit": "mcg/h"},
            ],
            "akps": 50,
        },
        **changes,
    }


def posted(client: TestClient, url: str, body: dict[str, Any]) -> dict[str, Any]:
    response = client.post(f"/api/v1/{url}", json=body)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_a_whole_course_from_registration_to_death(program: Connect, world: World) -> None:
    client = program(world.alice)
    patient = posted(client, "patients", PATIENT)
    assert patient["hospital_number"] == "H2"
    assert (patient["site"], patient["name"], patient["version"]) == ("NORTH", None, 1)

    done = posted(client, "procedures", procedure(patient["id"]))
    assert (done["levels"], done["guidance"]) == (["T12", "L1"], ["fluoroscopy"])
    assert done["agents"] == [
        {
            "agent_class": "alcohol",
            "substance": None,
            "concentration": 50.0,
            "volume_ml": 20.5,
            "dose": None,
        }
    ]
    assert client.get(f"/api/v1/procedures/{done['id']}").json() == done

    follow_up = posted(
        client,
        f"patients/{patient['id']}/assessments",
        {
            "assessed_on": "2026-01-17",
            "scores": [{"kind": "average", "recall": "24h", "respondent": "self", "score": 3}],
            "opioids": [
                {"drug": "morphine", "route": "oral", "dose": 20, "unit": "mg", "per_day": 2}
            ],
            "note": "sleeps through",
        },
    )
    assert (follow_up["medd_mg"], follow_up["medd_complete"]) == (40.0, True)
    event = posted(
        client,
        f"procedures/{done['id']}/adverse-events",
        {"onset_on": "2026-01-10", "complication": "hypotension", "grade": 2},
    )
    assert (event["scheme"], event["scheme_version"]) == ("ctcae", "5.0")
    assert event["patient_id"] == patient["id"]
    death = posted(client, f"patients/{patient['id']}/death", {"died_on": "2026-01-30"})

    outcome = client.get(f"/api/v1/procedures/{done['id']}/outcome").json()
    baseline = outcome["baseline"]
    assert (baseline["day"], baseline["score"], baseline["akps"]) == (-1, 8, 50)
    assert (baseline["medd"]["total_mg"], baseline["medd"]["complete"]) == (240.0, True)
    week = next(w for w in outcome["windows"] if w["window"] == "7d")
    assert (week["state"], week["day"], week["score"], week["change"]) == ("responder", 7, 3, -5)
    assert (week["nrs30"], week["nrs50"], week["nrs2"]) == (True, True, True)
    assert (week["medd"]["total_mg"], week["medd_change"]) == (40.0, -200.0)
    assert (week["opens_on"], week["closes_on"]) == ("2026-01-14", "2026-01-20")
    states = {w["window"]: w["state"] for w in outcome["windows"]}
    assert states == {
        "48h": "alive_not_assessed",
        "7d": "responder",
        "28d": "died_before",
        "90d": "died_before",
        "180d": "died_before",
    }
    assert (outcome["days_to_death"], outcome["age_years"]) == (20, 64)
    assert (outcome["methadone"], outcome["neuraxial"]) == (False, False)

    timeline = client.get(f"/api/v1/patients/{patient['id']}").json()
    assert timeline["procedures"] == [done]
    assert timeline["assessments"][1] == follow_up
    assert [a["drug"] for a in timeline["assessments"][0]["opioids"]] == ["morphine", "fentanyl"]
    assert timeline["adverse_events"] == [event]
    assert timeline["death"] == death


def test_what_the_api_says_of_an_outcome_is_what_comparisons_count(
    program: Connect, world: World, engine: Engine
) -> None:
    client = program(world.alice)
    posted(
        client,
        f"patients/{world.pat}/assessments",
        {
            "assessed_on": "2026-02-02",
            "scores": [{"kind": "average", "score": 6}],
            "opioids": [{"drug": "morphine", "route": "intravenous", "dose": 10, "unit": "mg"}],
        },
    )
    outcome = client.get(f"/api/v1/procedures/{world.celiac}/outcome").json()
    with transaction(engine, write=False) as session:
        row = session.get_one(ProcedureOutcomeRow, (world.north, world.celiac))
    month = next(w for w in outcome["windows"] if w["window"] == "28d")
    assert (month["state"], month["score"]) == (row.state_28d, row.nrs_28d) == ("non_responder", 6)
    assert (month["medd"]["total_mg"], month["medd"]["complete"]) == (0.0, False)
    assert (row.medd_28d, row.medd_complete_28d) == (0.0, False)
    assert month["medd_change"] is None
    assert (month["nrs30"], month["nrs50"], month["nrs2"]) == (False, False, True)
    assert {w["window"]: w["state"] for w in outcome["windows"]}["90d"] == "not_due"
    assert (outcome["as_of"], outcome["rules_version"]) == ("2026-03-02", row.rules_version)


def test_no_opioids_and_not_asked_are_told_apart(program: Connect, world: World) -> None:
    client = program(world.alice)
    url = f"patients/{world.pat}/assessments"
    none = posted(client, url, {"assessed_on": "2026-01-12", "opioids": []})
    assert (none["opioids"], none["medd_mg"], none["medd_complete"]) == ([], 0.0, True)
    unasked = posted(client, url, {"assessed_on": "2026-01-13", "akps": 40, "ecog": 3})
    assert (unasked["opioids"], unasked["medd_mg"]) == (None, None)
    assert (unasked["akps"], unasked["ecog"]) == (40, 3)


def test_a_recent_assessment_on_the_timeline_serves_as_the_baseline(
    program: Connect, world: World
) -> None:
    client = program(world.alice)
    posted(
        client,
        f"patients/{world.pat}/assessments",
        {"assessed_on": "2026-02-08", "scores": [{"kind": "average", "score": 7}]},
    )
    body = procedure(str(world.pat), performed_on="2026-02-10", intent="repeat")
    del body["baseline"]
    done = posted(client, "procedures", body)
    outcome = client.get(f"/api/v1/procedures/{done['id']}/outcome").json()
    assert (outcome["baseline"]["day"], outcome["baseline"]["score"]) == (-2, 7)


def test_every_write_is_in_the_trail_with_the_person_and_the_request(
    program: Connect, world: World, engine: Engine
) -> None:
    client = program(world.bob)
    response = client.post("/api/v1/patients", json={**PATIENT, "site": None})
    second = client.post("/api/v1/procedures", json=procedure(response.json()["id"]))
    with transaction(engine, write=False) as session:
        events = session.exec(select(AuditEvent).where(AuditEvent.actor == "Bob")).all()
    told = {(e.action, e.role, e.request_id) for e in events}
    first_id, second_id = (r.headers["X-Request-Id"] for r in (response, second))
    assert told == {
        ("register_patient", "coordinator", first_id),
        ("log_procedure", "coordinator", second_id),
        ("add_assessment", "coordinator", second_id),
    }
    (logged,) = (e for e in events if e.action == "log_procedure")
    assert (str(logged.record_id), logged.site_id) == (second.json()["id"], world.north)
