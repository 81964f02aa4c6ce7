"""A registry in which everything that files get wrong stands, made through the services.

On top of `tests.world`, all at NORTH: Pat has agents, guidance, levels, a repeat on the same day,
scores of several kinds, an adverse event, a missed follow-up, a pump and a stimulator that were
checked, and a death. "Zoë", 95 years old, came
under two numbers, one with leading zeros, and was merged; she is of unknown sex. Text looks like
formulas. "Nobody" is registered and was never treated. A procedure, an assessment, an event and a
check are void.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from registry.db.tables import AdverseEvent, Assessment, DeviceCheck, Procedure
from registry.domain.drafts import (
    AdverseEventDraft,
    AgentDraft,
    AssessmentDraft,
    DeviceCheckDraft,
    InfusateDraft,
    MissedDraft,
)
from registry.domain.opioids import DoseUnit, OpioidItem, Route
from registry.domain.timeline import (
    AVERAGE_SELF,
    PainScore,
    PainType,
    Recall,
    Respondent,
    ScoreKind,
)
from registry.services.adverse_events import add_adverse_event
from registry.services.assessments import add_assessment
from registry.services.corrections import Amendment, void_record
from registry.services.device_checks import add_device_check
from registry.services.merging import merge_patients
from registry.services.missed import record_missed
from registry.services.patients import register_patient
from registry.services.procedures import log_procedure
from tests.world import (
    PERFORMED,
    TODAY,
    World,
    assessment_draft,
    dies,
    follow_up,
    make_world,
    morphine,
    patient_draft,
    procedure_draft,
)

FORMULA = '=HYPERLINK("http://x","é")'
MINUS = "-12 kg, müde"
ZEROS = "00042"


def make_messy(session: Session, *, backwards: bool = False) -> World:
    """Build it; `backwards` enters the people in another order."""
    world = make_world(session)
    steps: list[Callable[[], Any]] = [
        lambda: _pat(session, world),
        lambda: _zoe(session, world),
        lambda: _person(session, world, "H9", name="Nobody"),
    ]
    for step in reversed(steps) if backwards else steps:
        step()
    return world


def _person(session: Session, world: World, number: str, **changes: Any) -> Any:
    draft = patient_draft(number, **changes)
    return register_patient(
        session, actor=world.alice, site_id=world.north, draft=draft, today=TODAY
    )


def _log(session: Session, world: World, patient: Any, on: date, **changes: Any) -> Procedure:
    draft = procedure_draft(on, **changes, confirmed=None)
    baseline = None
    if "baseline_missing_reason" not in changes:
        baseline = assessment_draft(on, 7, regimen=(), confirmed=None)
    return log_procedure(
        session,
        actor=world.alice,
        patient_id=patient,
        draft=draft,
        baseline=baseline,
        today=TODAY,
    )


def _pat(session: Session, world: World) -> None:
    agents = (
        AgentDraft(agent_class="alcohol", substance="@éthanol", concentration=96.5, volume_ml=20),
        AgentDraft(agent_class="local-anaesthetic", substance="+bupi", volume_ml=5.25),
    )
    lead = _log(
        session,
        world,
        world.pat,
        PERFORMED + timedelta(days=20),
        technique="erector-spinae-plane",
        levels=("T5", "T6"),
        guidance=("ultrasound", "fluoroscopy"),
        agents=agents,
        note=FORMULA,
        pain_site=MINUS,
    )
    follow_up(session, world, 7, 3, mg=20)
    late = follow_up(session, world, 9, 5)
    add_assessment(
        session, actor=world.alice, patient_id=world.pat, draft=_last_visit(), today=TODAY
    )
    event = AdverseEventDraft(onset_on=lead.performed_on, complication="hypotension", grade=2)
    kept = [
        add_adverse_event(
            session, actor=world.alice, procedure_id=lead.id, draft=event, today=TODAY
        )
        for _ in range(2)
    ]
    _void(session, world, AdverseEvent, kept[1])
    _void(session, world, Assessment, session.get_one(Assessment, (world.north, late)))
    missed = MissedDraft(window="48h", reason="too-unwell")
    record_missed(session, actor=world.alice, procedure_id=world.celiac, draft=missed, today=TODAY)
    _devices(session, world, lead.performed_on)
    dies(session, world, 50)


def _devices(session: Session, world: World, on: date) -> None:
    """Give Pat a pump that was checked twice, once by mistake, and a stimulator."""
    pump, stimulator = (
        _log(
            session,
            world,
            world.pat,
            on,
            technique=technique,
            intent="implant",
            baseline_missing_reason=FORMULA,
        )
        for technique in ("intrathecal-drug-delivery", "spinal-cord-stimulation")
    )
    infusate = (
        InfusateDraft(
            drug="morphine",
            concentration=10,
            concentration_unit="mg/ml",
            daily_dose=4,
            daily_unit="mg/24h",
        ),
        InfusateDraft(drug="bupivacaine"),
    )
    filled = DeviceCheckDraft(
        checked_on=on + timedelta(days=3),
        status="refilled",
        events=("alarm", "leak"),
        rate_ml_per_day=0.4,
        refilled_ml=20,
        refill_due_on=on + timedelta(days=33),
        infusate=infusate,
        note=FORMULA,
    )
    tuned = DeviceCheckDraft(
        checked_on=filled.checked_on, amplitude=2.5, amplitude_unit="mA", frequency_hz=40
    )
    kept = [
        add_device_check(session, actor=world.alice, procedure_id=p.id, draft=draft, today=TODAY)
        for p, draft in ((pump, filled), (pump, filled), (stimulator, tuned))
    ]
    _void(session, world, DeviceCheck, kept[1])


def _last_visit() -> AssessmentDraft:
    patch = OpioidItem(
        drug="fentanyl", route=Route.TRANSDERMAL, dose=Decimal("12.5"), unit=DoseUnit.MCG_PER_H
    )
    return AssessmentDraft(
        assessed_on=PERFORMED + timedelta(days=28),
        scores=(
            PainScore(AVERAGE_SELF, 2),
            PainScore(PainType(ScoreKind.WORST, Recall.DAY, Respondent.PROXY), 9),
        ),
        regimen=(patch, *morphine(5)),
        akps=40,
        pgic=2,
        note=MINUS,
        confirmed=None,
    )


def _zoe(session: Session, world: World) -> None:
    first = _person(
        session,
        world,
        ZEROS,
        name="Zoë",
        birth_date=date(1930, 2, 28),
        sex="unknown",
        diagnosis=FORMULA,
    )
    second = _person(session, world, "H7", name="Zoë", birth_date=date(1930, 2, 28), sex="unknown")
    _log(session, world, first.id, TODAY - timedelta(days=40))
    gone = _log(session, world, first.id, TODAY - timedelta(days=39), technique="stellate-ganglion")
    _log(
        session,
        world,
        second.id,
        TODAY - timedelta(days=30),
        intent="repeat",
        baseline_missing_reason=FORMULA,
    )
    _void(session, world, Procedure, gone)
    merge_patients(
        session,
        actor=world.alice,
        keep_id=first.id,
        merge_id=second.id,
        reason="same person",
        confirmed=None,
    )


def _void(session: Session, world: World, table: Any, record: Any) -> None:
    void_record(
        session,
        table,
        actor=world.alice,
        record_id=record.id,
        amendment=Amendment(record.version, "entered twice"),
    )
