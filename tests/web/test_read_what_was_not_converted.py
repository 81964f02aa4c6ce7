"""Wherever a total of opioids is shown, the page says what it leaves out and what to mind."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.domain.opioids import DoseUnit, OpioidItem, Route
from registry.services.assessments import add_assessment
from tests.web.conftest import Visitor
from tests.world import PERFORMED, TODAY, World, assessment_draft, morphine

BUPRENORPHINE = OpioidItem(
    "buprenorphine", Route.TRANSDERMAL, Decimal(20), DoseUnit.MCG_PER_H, form="patch"
)
METHADONE = OpioidItem("methadone", Route.ORAL, Decimal(5), DoseUnit.MG, Decimal(2))
SPINAL = OpioidItem("morphine", Route.INTRATHECAL, Decimal(2), DoseUnit.MG_PER_24H)


def _taken(engine: Engine, world: World, item: OpioidItem) -> None:
    with transaction(engine) as session:
        draft = assessment_draft(
            PERFORMED + timedelta(days=7), 4, regimen=(*morphine(30), item), confirmed=None
        )
        add_assessment(session, actor=world.alice, patient_id=world.pat, draft=draft, today=TODAY)


@pytest.mark.parametrize(
    ("item", "total", "told"),
    [
        (BUPRENORPHINE, "at least 60, without transdermal buprenorphine", "Bupren"),
        (METHADONE, "107", "Methadone"),
        (SPINAL, "60 (no change)", "An opioid was given spinally"),
    ],
)
def test_on_the_patient_s_page(
    alice: Visitor, engine: Engine, world: World, item: OpioidItem, total: str, told: str
) -> None:
    _taken(engine, world, item)
    page = alice.get(f"/patients/{world.pat}").text
    achieved = page.split('id="achieved"')[1]
    assert total in achieved
    assert told in achieved
    assert "not for switching opioids" in achieved


def test_a_usual_regimen_has_no_caution(alice: Visitor, world: World) -> None:
    achieved = alice.get(f"/patients/{world.pat}").text.split('id="achieved"')[1]
    assert "medd-lack" not in achieved
    assert "at least" not in achieved.replace("at least 30 %", "").replace("at least 50 %", "")
