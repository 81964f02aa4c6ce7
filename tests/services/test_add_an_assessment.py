"""Adding an assessment: its scores hold together, and two sites never mix."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session

from registry.domain.errors import RuleViolation
from registry.services.assessments import add_assessment
from registry.services.patients import register_patient
from tests.world import PERFORMED, TODAY, World, assessment_draft, patient_draft


def test_worst_pain_is_never_below_the_average(session: Session, world: World) -> None:
    with pytest.raises(RuleViolation) as refused:
        add_assessment(
            session,
            actor=world.alice,
            patient_id=world.pat,
            draft=assessment_draft(PERFORMED + timedelta(days=7), 7, worst=5),
            today=TODAY,
        )
    assert [p.field for p in refused.value.problems] == ["worst_pain"]


@pytest.mark.parametrize("hidden", ["H\u200b7", "H7\u202e"])
def test_a_hospital_number_has_nothing_hidden_in_it(
    session: Session, world: World, hidden: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        register_patient(
            session,
            actor=world.alice,
            site_id=world.north,
            draft=patient_draft(hidden),
            today=TODAY,
        )
    assert [p.field for p in refused.value.problems] == ["hospital_number"]
