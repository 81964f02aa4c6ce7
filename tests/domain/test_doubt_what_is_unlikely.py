"""What is possible but unlikely is asked about; what is usual never is."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from registry.domain.drafts import AgentDraft, AssessmentDraft, ProcedureDraft
from registry.domain.opioids import Medd, Regimen, conversion_table, convert
from registry.domain.plausibility import doubts_about_assessment, doubts_about_procedure
from registry.domain.timeline import Assessment, ProcedureEvent
from tests.world import PERFORMED, TODAY, assessment_draft, morphine, procedure_draft

BORN = date(1950, 5, 17)
TABLE = conversion_table("cdc-2022")


def _medd(regimen: Regimen) -> Medd:
    return convert(regimen, TABLE)


def _asked(draft: AssessmentDraft, *others: Assessment) -> list[str]:
    return [d.code for d in doubts_about_assessment(draft, others, _medd, TODAY)]


def _asked_of(draft: ProcedureDraft, *others: ProcedureEvent, **more: object) -> list[str]:
    values = {"baseline": None, "born_on": BORN, **more}
    return [
        d.code
        for d in doubts_about_procedure(draft, earlier=others, today=TODAY, **values)  # type: ignore[arg-type]
    ]


def _taken(days_before: int, mg: int) -> Assessment:
    return Assessment(PERFORMED - timedelta(days=days_before), regimen=morphine(mg))


@pytest.mark.parametrize("mg", [5, 30, 100, 300])
def test_a_usual_assessment_is_not_asked_about(mg: int) -> None:
    assert _asked(assessment_draft(PERFORMED, 6, worst=9, regimen=morphine(mg), akps=50)) == []


def test_a_high_dose_is_asked_about_with_its_number() -> None:
    draft = assessment_draft(PERFORMED, 6, regimen=morphine(450))
    (doubt,) = doubts_about_assessment(draft, (), _medd, TODAY)
    assert doubt.code == "medd-high:900"
    assert doubt.field == "opioids"
    assert "900 mg/24 h" in doubt.message


@pytest.mark.parametrize(
    ("before", "now", "asked"),
    [
        (30, 120, ["medd-leap:60-240"]),  # four times as much
        (30, 119, []),
        (120, 30, ["medd-leap:240-60"]),
        (10, 200, []),  # from next to nothing: a start, not a slip
    ],
)
def test_a_dose_that_leaps_is_asked_about(before: int, now: int, asked: list[str]) -> None:
    draft = assessment_draft(PERFORMED, 6, regimen=morphine(now))
    assert _asked(draft, _taken(3, before)) == asked


def test_a_dose_is_compared_with_the_nearest_within_a_week() -> None:
    draft = assessment_draft(PERFORMED, 6, regimen=morphine(120))
    assert _asked(draft, _taken(8, 30)) == []
    assert _asked(draft, _taken(6, 30), _taken(2, 100)) == []


def test_a_second_assessment_of_the_same_pain_on_one_day_is_asked_about() -> None:
    draft = assessment_draft(PERFORMED, 6)
    same = Assessment(PERFORMED, scores=draft.scores)
    assert _asked(draft, same) == [f"second:{PERFORMED}"]
    assert _asked(draft, Assessment(PERFORMED, scores=draft.scores, after_procedure=True)) == []
    assert _asked(draft, Assessment(PERFORMED, regimen=morphine(5))) == []


def test_a_day_long_ago_is_asked_about() -> None:
    long_ago = TODAY - timedelta(days=366)
    assert _asked(assessment_draft(long_ago, 6)) == [f"old:{long_ago}"]
    assert _asked_of(procedure_draft(long_ago)) == [f"old:{long_ago}"]
    assert _asked(assessment_draft(TODAY - timedelta(days=365), 6)) == []


def test_a_usual_procedure_is_not_asked_about() -> None:
    agents = (AgentDraft(agent_class="alcohol", concentration=96, volume_ml=20),)
    assert _asked_of(procedure_draft(agents=agents)) == []


def test_the_same_technique_twice_in_a_day_is_asked_about() -> None:
    earlier = ProcedureEvent(UUID(int=1), PERFORMED, "coeliac-plexus", "therapeutic")
    (code,) = _asked_of(procedure_draft(), earlier)
    assert code == f"twice:coeliac-plexus:{PERFORMED}"
    assert _asked_of(procedure_draft(intent="prognostic"), earlier) == []


def test_a_repeat_of_nothing_is_asked_about() -> None:
    earlier = ProcedureEvent(UUID(int=1), PERFORMED - timedelta(days=60), "x", "therapeutic")
    assert _asked_of(procedure_draft(intent="repeat")) == ["repeat-of-nothing"]
    assert _asked_of(procedure_draft(intent="repeat"), earlier) == []


def test_a_child_and_a_patient_without_pain_are_asked_about() -> None:
    assert _asked_of(procedure_draft(), born_on=date(2010, 1, 6)) == ["age:15"]
    assert _asked_of(procedure_draft(), baseline=assessment_draft(PERFORMED, 0)) == ["no-pain"]


def test_an_unusual_amount_of_an_agent_is_asked_about_with_its_unit() -> None:
    agents = (AgentDraft(agent_class="phenol", concentration=6, volume_ml=60),)
    (doubt,) = doubts_about_procedure(procedure_draft(agents=agents), None, (), BORN, TODAY)
    assert doubt.field == "agents.0.volume_ml"
    assert "60 ml of phenol" in doubt.message
