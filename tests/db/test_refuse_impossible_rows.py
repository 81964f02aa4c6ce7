"""The database's own rules: what no code path may store, refused by CHECK, UNIQUE or a key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from registry.db.base import new_id
from registry.db.engine import transaction
from registry.db.tables import (
    AdverseEvent,
    Assessment,
    Death,
    DeviceCheck,
    MeasureRow,
    MissedFollowUp,
    OpioidItemRow,
    PainScoreRow,
    Patient,
    PatientLink,
    Procedure,
    Site,
)
from tests.world import World

DAY = date(2026, 1, 5)


def _patient(w: World, **changes: Any) -> Patient:
    values = {"site_id": w.north, "hospital_number": "H9", "birth_date": DAY, "sex": "female"}
    return Patient(**{**values, **changes})


def _score(w: World, **changes: Any) -> PainScoreRow:
    values = {"kind": "average", "recall": "24h", "respondent": "self", "score": 5}
    return PainScoreRow(**{"site_id": w.north, "assessment_id": new_id(), **values, **changes})


def _measure(w: World, **changes: Any) -> MeasureRow:
    return MeasureRow(**{"site_id": w.north, "assessment_id": new_id(), **changes})


def _procedure(w: World, **changes: Any) -> Procedure:
    values = {
        "site_id": w.north,
        "patient_id": w.pat,
        "performed_on": DAY,
        "technique": "coeliac-plexus",
        "taxonomy_version": "1",
        "intent": "therapeutic",
        "operator": "x",
    }
    return Procedure(**{**values, **changes})


def _merged_into_itself(w: World) -> Patient:
    own = new_id()
    return _patient(w, id=own, merged_into_id=own)


ROWS: dict[str, Callable[[World], SQLModel]] = {
    "a second patient with the number": lambda w: _patient(w, hospital_number="H1"),
    "an unheard-of sex": lambda w: _patient(w, sex="yes"),
    "a patient of no site": lambda w: _patient(w, site_id=new_id()),
    "a score of eleven": lambda w: _score(w, score=11),
    "a score below nothing": lambda w: _score(w, score=-1),
    "a score of an unknown kind": lambda w: _score(w, kind="mean"),
    "a score of no assessment": _score,
    "an assessment of another site's patient": lambda w: Assessment(
        site_id=w.south, patient_id=w.pat, assessed_on=DAY
    ),
    "a procedure on another site's patient": lambda w: _procedure(w, site_id=w.south),
    "an event after another site's procedure": lambda w: AdverseEvent(
        site_id=w.south, patient_id=w.pat, procedure_id=w.celiac, onset_on=DAY, complication="x"
    ),
    "a grade without its scheme": lambda w: AdverseEvent(
        site_id=w.north,
        patient_id=w.pat,
        procedure_id=w.celiac,
        onset_on=DAY,
        complication="x",
        grade=2,
    ),
    "an AKPS between the tens": lambda w: MeasureRow(
        site_id=w.north, assessment_id=new_id(), instrument="akps", value=55
    ),
    "a PGIC of eight": lambda w: _measure(w, instrument="pgic", value=8, respondent="self"),
    "a PGIC by nobody": lambda w: _measure(w, instrument="pgic", value=2),
    "a patient merged into themself": _merged_into_itself,
    "a patient merged into another site's": lambda w: Patient(
        site_id=w.south,
        hospital_number="H9",
        birth_date=DAY,
        sex="female",
        merged_into_id=w.pat,
    ),
    "relief over all of it": lambda w: _procedure(w, block_relief_percent=101),
    "a referral after the procedure": lambda w: _procedure(w, referred_on=date(2026, 1, 6)),
    "an event healed before it began": lambda w: AdverseEvent(
        site_id=w.north,
        patient_id=w.pat,
        procedure_id=w.celiac,
        onset_on=DAY,
        resolved_on=date(2026, 1, 4),
        complication="x",
    ),
    "a scheme without its version": lambda w: AdverseEvent(
        site_id=w.north,
        patient_id=w.pat,
        procedure_id=w.celiac,
        onset_on=DAY,
        complication="x",
        scheme="ctcae",
        grade=1,
    ),
    "a device on for longer than a day": lambda w: DeviceCheck(
        site_id=w.north,
        patient_id=w.pat,
        procedure_id=w.celiac,
        checked_on=DAY,
        hours_on_per_day=25,
    ),
    "a missed follow-up in no window": lambda w: MissedFollowUp(
        site_id=w.north,
        patient_id=w.pat,
        procedure_id=w.celiac,
        window_slug="8d",
        reason="declined",
        noted_on=DAY,
    ),
    "a link used without an answer": lambda w: PatientLink(
        site_id=w.north,
        patient_id=w.pat,
        token_hash="x",
        expires_at=datetime(2026, 1, 9, tzinfo=UTC),
        used_at=datetime(2026, 1, 6, tzinfo=UTC),
    ),
    "a dose of nothing": lambda w: OpioidItemRow(
        site_id=w.north,
        assessment_id=new_id(),
        position=0,
        drug="morphine",
        route="oral",
        dose=0,
        unit="mg",
    ),
    "a MEDD without a regimen": lambda w: Assessment(
        site_id=w.north, patient_id=w.pat, assessed_on=DAY, medd_mg=10
    ),
    "a second site of the code": lambda w: Site(code="NORTH", name="Again"),
}


@pytest.mark.parametrize("what", ROWS)
def test_it_is_refused(engine: Engine, world: World, what: str) -> None:
    with pytest.raises(IntegrityError), transaction(engine) as session:
        session.add(ROWS[what](world))


def test_a_patient_dies_once_but_a_voided_death_leaves_room(engine: Engine, world: World) -> None:
    def death(**changes: Any) -> Death:
        return Death(site_id=world.north, patient_id=world.pat, died_on=DAY, **changes)

    with transaction(engine) as session:
        voided = death(void_reason="wrong patient")
        voided.voided_at = voided.created_at
        session.add_all([voided, death()])
    with pytest.raises(IntegrityError), transaction(engine) as session:
        session.add(death())
