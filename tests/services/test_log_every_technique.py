"""Every technique of the tree can be logged, and its outcome row says where it belongs."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session

from registry.db.tables import ProcedureOutcomeRow
from registry.domain.drafts import AgentDraft
from registry.domain.techniques import taxonomy
from registry.services.procedures import log_procedure
from tests.world import PERFORMED, TODAY, World, procedure_draft


def test_each_with_the_first_of_everything_that_it_has(session: Session, world: World) -> None:
    tree = taxonomy()
    for technique in tree.techniques.values():
        procedure = log_procedure(
            session,
            actor=world.alice,
            patient_id=world.pat,
            draft=procedure_draft(
                PERFORMED + timedelta(days=30),
                technique=technique.slug,
                technique_text="a rare block" if technique.needs_text else None,
                intent=technique.intents[0],
                agents=tuple(AgentDraft(agent_class=a) for a in sorted(technique.agent_classes)),
                guidance=technique.guidance,
                approach=next(iter(technique.approaches), None),
                laterality=next(iter(technique.laterality), None),
                levels=technique.levels[:2],
                baseline_missing_reason="unable to answer",
            ),
            baseline=None,
            today=TODAY,
        )
        row = session.get_one(ProcedureOutcomeRow, (world.north, procedure.id))
        assert (row.technique, row.category) == (technique.slug, technique.category)
        assert set(row.agent_classes.split(";")) - {""} == technique.agent_classes
    assert len(tree.techniques) > 60
