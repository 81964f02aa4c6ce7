"""What a procedure achieved under another conversion table: both ends of every change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.domain.access import Actor
from registry.domain.opioids import DoseUnit, OpioidItem, Regimen, Route
from registry.services.assessments import add_assessment
from registry.services.procedures import log_procedure
from tests.world import PERFORMED, TODAY, World, assessment_draft, procedure_draft

Connect = Callable[[Actor], TestClient]


def _patch(mcg_per_h: int) -> Regimen:
    return (OpioidItem("fentanyl", Route.TRANSDERMAL, Decimal(mcg_per_h), DoseUnit.MCG_PER_H),)


@pytest.fixture
def block(engine: Engine, world: World) -> str:
    """Log a block between a patch of 50 and one of 25 mcg/h."""
    on = PERFORMED + timedelta(days=20)
    with transaction(engine) as session:
        row = log_procedure(
            session,
            actor=world.alice,
            patient_id=world.pat,
            draft=procedure_draft(on, technique="stellate-ganglion"),
            baseline=assessment_draft(on, 8, regimen=_patch(50)),
            today=TODAY,
        )
        add_assessment(
            session,
            actor=world.alice,
            patient_id=world.pat,
            draft=assessment_draft(on + timedelta(days=7), 4, regimen=_patch(25)),
            today=TODAY,
        )
        return str(row.id)


def _outcome(client: TestClient, block: str, table: str | None) -> dict[str, Any]:
    query = f"?table={table}" if table else ""
    answer = client.get(f"/api/v1/procedures/{block}/outcome{query}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(
    ("table", "named", "before", "after", "change"),
    [
        (None, "cdc-2022", 120, 60, -60),
        ("cdc-2022", "cdc-2022", 120, 60, -60),
        ("anzca-2021", "anzca-2021", 150, 75, -75),
    ],
)
def test_both_ends_are_converted_by_it(
    program: Connect,
    world: World,
    block: str,
    table: str | None,
    named: str,
    before: float,
    after: float,
    change: float,
) -> None:
    outcome = _outcome(program(world.alice), block, table)
    week = next(w for w in outcome["windows"] if w["window"] == "7d")
    assert outcome["baseline"]["medd"]["total_mg"] == before
    assert week["medd"]["total_mg"] == after
    assert week["medd_change"] == change
    assert {outcome["baseline"]["medd"]["table"], week["medd"]["table"]} == {named}
    assert named in outcome["rules_version"]


def test_an_unknown_table_is_refused_by_its_name(
    program: Connect, world: World, block: str
) -> None:
    answer = program(world.alice).get(f"/api/v1/procedures/{block}/outcome?table=mine")
    assert answer.status_code == 422
    assert [p["field"] for p in answer.json()["problems"]] == ["table"]
