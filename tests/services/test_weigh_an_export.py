"""Before an export is released one sees how few share what could be known of a person."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.domain.access import Profile
from registry.services import export_risk
from registry.services.export_plans import Asked, plan_export
from registry.services.export_risk import QUASI, Risk, residual_risk
from registry.services.patients import register_patient
from registry.services.procedures import log_procedure
from tests.world import PERFORMED, TODAY, World, patient_draft, procedure_draft


def risk(engine: Engine, world: World, profile: Profile) -> Risk:
    asked = Asked(data_sets=(), formats=(), profile=profile, purpose="audit")
    with transaction(engine, write=False) as session:
        plan = plan_export(session, actor=world.alice, asked=asked, as_of=TODAY)
        return residual_risk(session, plan=plan)


def test_who_is_the_only_one_is_counted_by_what_a_reader_knows(
    engine: Engine, world: World
) -> None:
    """Beside Pat, a woman of 75 with lung cancer: another like her, treated otherwise."""
    with transaction(engine) as session:
        other = register_patient(
            session,
            actor=world.alice,
            site_id=world.north,
            draft=patient_draft("H2"),
            today=TODAY,
        )
        log_procedure(
            session,
            actor=world.alice,
            patient_id=other.id,
            draft=procedure_draft(
                PERFORMED, technique="stellate-ganglion", baseline_missing_reason="too unwell"
            ),
            baseline=None,
            today=TODAY,
        )
    found = risk(engine, world, Profile.LIMITED)
    assert (found.patients, found.procedures, found.threshold) == (2, 2, 11)
    told = {line.words: (line.smallest, line.alone, line.few) for line in found.lines}
    assert told["sex, age in tens"] == (2, 0, 2)
    assert told["sex, age in tens, diagnosis, site"] == (2, 0, 2)
    assert told["sex, age in tens, diagnosis, site, technique"] == (1, 2, 2)
    assert [(r.technique, r.site, r.patients) for r in found.rare] == [
        ("coeliac-plexus", "NORTH", 1),
        ("stellate-ganglion", "NORTH", 1),
    ]
    assert "2 of 2 patients as the only one" in found.answer
    safe = risk(engine, world, Profile.SAFE_HARBOR)
    assert safe.lines[-1].known[-1] == "first_procedure_year"
    assert risk(engine, world, Profile.AGGREGATE).lines == ()


VALUES = st.tuples(*(st.integers(0, 2) for _ in QUASI))
PEOPLE = st.lists(st.lists(VALUES, min_size=1, max_size=3), max_size=12)


@pytest.mark.either_database
@settings(max_examples=60)
@given(people=PEOPLE, threshold=st.integers(1, 11))
def test_the_counts_are_those_of_a_plain_recount(people: list[Any], threshold: int) -> None:
    counts = export_risk._Counts()
    for own in people:
        counts.add(own)
    for names in export_risk.SETS:
        width = len(names)
        shared = Counter(c for own in people for c in {tuple(v[:width]) for v in own})
        least = [min(shared[tuple(v[:width])] for v in own) for own in people]
        line = counts.line(names, Profile.LIMITED, threshold)
        assert line.smallest == min(shared.values(), default=0)
        assert line.alone == sum(k == 1 for k in least)
        assert line.few == sum(k < threshold for k in least)
        assert line.combinations == len(shared)
