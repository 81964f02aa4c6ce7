"""What of the minimum set a record lacks is said, axis by axis of its technique."""

from __future__ import annotations

from typing import Any

import pytest

from registry.domain.completeness import (
    lacks_of_adverse_event,
    lacks_of_assessment,
    lacks_of_patient,
    lacks_of_procedure,
)
from registry.domain.techniques import taxonomy

FULL: dict[str, Any] = {
    "intent": "therapeutic",
    "operator": "Dr Able",
    "setting": "theatre",
    "approach": "retrocrural",
    "laterality": "bilateral",
    "levels": "T12;L1",
    "agents": [{"agent_class": "alcohol", "concentration": 96.0, "volume_ml": 20.0}],
    "guidance": ["ct"],
    "sedation": "moderate",
    "technical_success": "complete",
    "pain_region": "abdomen",
    "mechanism": "visceral",
    "pain_cause": "tumour",
    "prognosis": "weeks",
    "anticoagulation": "none",
    "radiotherapy_28d": False,
    "systemic_therapy_28d": True,
}


def lacks(technique: str = "coeliac-plexus", **changes: Any) -> list[str]:
    return lacks_of_procedure(taxonomy().techniques[technique], {**FULL, **changes})


def test_a_full_record_lacks_nothing_and_no_is_an_answer() -> None:
    assert lacks() == []


@pytest.mark.parametrize("field", sorted(set(FULL) - {"intent", "operator"}))
@pytest.mark.parametrize("nothing", [None, "", []])
def test_each_field_that_is_empty_is_named(field: str, nothing: object) -> None:
    assert lacks(**{field: nothing}) == [field]


@pytest.mark.parametrize("slug", sorted(taxonomy().techniques))
def test_only_the_axes_of_the_technique_are_asked_for(slug: str) -> None:
    technique = taxonomy().techniques[slug]
    missing = set(lacks_of_procedure(technique, {"intent": "therapeutic"}))
    assert missing <= technique.axes | {"radiotherapy_28d", "systemic_therapy_28d"}
    for axis in ("approach", "laterality", "levels", "guidance", "agents", "sedation"):
        assert (axis in missing) == (axis in technique.axes)


def test_what_depends_on_another_answer_is_asked_only_then() -> None:
    assert lacks(technical_success="failed") == ["technical_failure"]
    assert lacks(technical_success="partial", technical_failure="not-tolerated") == []
    assert lacks(intent="prognostic") == ["block_result"]
    assert lacks(trainee="Dr Young") == ["supervisor"]
    assert lacks(trainee="Dr Young", supervisor="Dr Elder") == []


def test_an_agent_without_any_amount_lacks_it_where_it_has_one() -> None:
    assert lacks(agents=[{"agent_class": "alcohol"}]) == ["amounts"]
    assert lacks(agents=[{"agent_class": "alcohol", "volume_ml": 10.0}]) == []
    assert lacks(agents=[{"agent_class": "device"}]) == []


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, []),
        ({"pains": {"average"}}, ["worst_pain"]),
        ({"pains": {"now"}}, ["average_pain", "worst_pain"]),
        ({"opioids_asked": False}, ["opioids"]),
        ({"measures": {"ecog"}}, []),
        ({"measures": set()}, ["function"]),
        ({"measures": {"akps"}, "follow_up": True}, ["pgic", "peg"]),
        ({"measures": {"akps", "pgic", "peg_pain"}, "follow_up": True}, ["peg"]),
    ],
)
def test_an_assessment_lacks_what_was_not_asked(
    changes: dict[str, Any], missing: list[str]
) -> None:
    full: dict[str, Any] = {
        "pains": {"average", "worst"},
        "measures": {"akps"},
        "opioids_asked": True,
        "follow_up": False,
    }
    assert lacks_of_assessment(**{**full, **changes}) == missing


def test_a_patient_and_an_adverse_event() -> None:
    assert lacks_of_patient({"sex": "unknown"}) == ["sex", "diagnosis_group", "metastases"]
    whole = {"sex": "female", "diagnosis_group": "lung", "metastases": False}
    assert lacks_of_patient(whole) == []
    assert lacks_of_adverse_event({}) == ["grade", "relatedness", "resolution"]
    assert lacks_of_adverse_event({"expected": True}) == ["relatedness", "resolution"]
    told = {"grade": 2, "relatedness": "related", "resolution": "resolved"}
    assert lacks_of_adverse_event(told) == []
