"""The derived rows follow the timeline: a patient's own, whole, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from registry.db.base import utc_now
from registry.db.engine import transaction
from registry.db.queries.patients import load_course
from registry.db.tables import (
    AdverseEvent,
    Assessment,
    Death,
    DeviceCheck,
    InfusateItem,
    MissedFollowUp,
    Patient,
    Procedure,
    ProcedureMeddRow,
    ProcedureOutcomeRow,
    Site,
)
from registry.domain.drafts import AdverseEventDraft
from registry.domain.opioids import DoseUnit, OpioidItem, Regimen, Route, conversion_table
from registry.domain.timeline import Respondent
from registry.services.adverse_events import add_adverse_event
from registry.services.assessments import add_assessment, amend_assessment
from registry.services.corrections import Amendment, void_record
from registry.services.outcomes import (
    outcome_frame,
    read_outcomes,
    rebuild_outcomes,
    refresh_outcomes,
)
from registry.services.patients import register_patient
from registry.services.procedures import log_procedure
from reports.filters import Filters
from tests.web.queries import counted
from tests.world import (
    PERFORMED,
    TODAY,
    World,
    assessment_draft,
    dies,
    follow_up,
    morphine,
    patient_draft,
    procedure_draft,
)

Rows = dict[UUID, dict[str, Any]]
MISTAKE = Amendment(expected_version=1, reason="another patient's")


def rows(session: Session) -> Rows:
    """Read every derived row as it stands in the database."""
    session.flush()
    session.expire_all()
    found = session.exec(select(ProcedureOutcomeRow)).all()
    return {row.procedure_id: row.model_dump() for row in found}


def on(day: int) -> date:
    return PERFORMED + timedelta(days=day)


def assess(session: Session, world: World, day: int, average: int, **more: Any) -> Assessment:
    return add_assessment(
        session,
        actor=world.alice,
        patient_id=world.pat,
        draft=assessment_draft(on(day), average, **more),
        today=TODAY,
    )


def treat(session: Session, world: World, day: int, patient: UUID, **axes: Any) -> UUID:
    row = log_procedure(
        session,
        actor=world.alice,
        patient_id=patient,
        draft=procedure_draft(on(day), baseline_missing_reason="too unwell", **axes),
        baseline=None,
        today=TODAY,
    )
    return row.id


def somebody_else(session: Session, world: World) -> UUID:
    other = register_patient(
        session,
        actor=world.alice,
        site_id=world.north,
        draft=patient_draft("H2"),
        today=TODAY,
    )
    return treat(session, world, 1, other.id)


def test_a_save_rewrites_the_rows_of_that_patient_alone(engine: Engine, world: World) -> None:
    with transaction(engine) as session:
        other = somebody_else(session, world)
        mark = update(ProcedureOutcomeRow).values(rules_version="as it was")
        session.exec(mark.where(col(ProcedureOutcomeRow.procedure_id) == other))
    with transaction(engine) as session:
        before = rows(session)[other]
    with counted(engine) as statements, transaction(engine) as session:
        follow_up(session, world, 7, 4, mg=20)
    touching = [s.split()[0] for s in statements if "procedure_outcome" in s]
    assert touching == ["DELETE", "INSERT"]
    with transaction(engine) as session:
        after = rows(session)
    assert after[other] == before
    assert after[other]["rules_version"] == "as it was"
    assert after[world.celiac]["nrs_7d"] == 4


def test_a_row_holds_what_a_person_would_work_out_by_hand(session: Session, world: World) -> None:
    # baseline: average 8, worst 9, morphine 30 mg x 2 = 60 mg
    assess(session, world, 2, 6, worst=7, regimen=morphine(30), pgic=3)
    assess(session, world, 7, 5, worst=7, regimen=morphine(40), pgic=2)
    assess(session, world, 28, 4, worst=4, regimen=morphine(15))
    again = treat(session, world, 40, world.pat, intent="repeat", follows_id=world.celiac)
    dies(session, world, 45)
    row = rows(session)[world.celiac]
    expected = {
        "nrs_baseline": 8,
        "worst_baseline": 9,
        "first_window": "48h",
        "further_days": 40,
        "relief_from": 7,  # 5 of 8 is the first fall of 30 %
        "relief_days": 33,
        "relief_end": "further_procedure",
        "days_to_death": 45,
        "course_id": world.celiac,
        "follows_id": None,
        **by_window("nrs", 6, 5, 4, None, None),
        **by_window("worst", 7, 7, 4, None, None),
        **by_window("pgic", 3, 2, None, None, None),
        **by_window("medd", 60.0, 80.0, 30.0, None, None),
        **by_window(
            "state", "non_responder", "responder", "responder", "died_before", "died_before"
        ),
        **by_window("nrs30", False, True, True, None, None),
        **by_window("nrs50", False, False, True, None, None),
        **by_window("nrs2", True, True, True, None, None),
        **by_window("composite", True, False, True, None, None),  # 80 of 60 mg is up by a third
        **by_window("icpre2012", "partial", "indeterminate", "partial", None, None),
        **by_window("medd30", False, False, True, None, None),
        **by_window("medd50", False, False, True, None, None),
    }
    assert {name: row[name] for name in expected} == expected
    for part in ("responders 2026.1", "windows 2026.1", "floor 4"):
        assert part in row["rules_version"]
    later = rows(session)[again]
    assert (later["course_id"], later["follows_id"]) == (world.celiac, world.celiac)


def by_window(name: str, *values: Any) -> dict[str, Any]:
    slugs = ("48h", "7d", "28d", "90d", "180d")
    return {f"{name}_{slug}": value for slug, value in zip(slugs, values, strict=True)}


def test_rebuilding_changes_nothing(session: Session, world: World) -> None:
    follow_up(session, world, 7, 4, mg=20)
    treat(session, world, 40, world.pat, intent="repeat")
    before = rows(session)
    rebuild_outcomes(session)
    assert rows(session) == before


def test_a_comparison_sees_which_procedure_continues_which(session: Session, world: World) -> None:
    again = treat(session, world, 40, world.pat, intent="repeat", follows_id=world.celiac)
    frame = outcome_frame(session, actor=world.alice, filters=Filters(), as_of=TODAY)
    assert frame.select("procedure_id", "course_id", "follows_id").rows() == [
        (str(world.celiac), str(world.celiac), None),
        (str(again), str(world.celiac), str(world.celiac)),
    ]


Add = Callable[[Session, World], tuple[Any, UUID]]


def _assessment(session: Session, world: World) -> tuple[Any, UUID]:
    return Assessment, follow_up(session, world, 7, 3, mg=20)


def _procedure(session: Session, world: World) -> tuple[Any, UUID]:
    return Procedure, treat(session, world, 20, world.pat, intent="repeat")


def _death(session: Session, world: World) -> tuple[Any, UUID]:
    return Death, dies(session, world, 40)


def _adverse_event(session: Session, world: World) -> tuple[Any, UUID]:
    row = add_adverse_event(
        session,
        actor=world.alice,
        procedure_id=world.celiac,
        draft=AdverseEventDraft(onset_on=on(1), complication="hypotension", grade=2),
        today=TODAY,
    )
    return AdverseEvent, row.id


@pytest.mark.parametrize("add", [_assessment, _procedure, _death, _adverse_event])
def test_what_is_voided_leaves_no_trace_in_any_row(
    session: Session, world: World, add: Add
) -> None:
    assess(session, world, 28, 4, regimen=morphine(15))
    before = rows(session)
    table, record_id = add(session, world)
    void_record(session, table, actor=world.alice, record_id=record_id, amendment=MISTAKE)
    assert rows(session) == before


def test_a_voided_device_check_or_reason_leaves_no_trace_either(
    session: Session, world: World
) -> None:
    placed = treat(session, world, 5, world.pat, technique="epidural-catheter", intent="implant")
    before = rows(session)
    check, missed = a_check(world, placed, "morphine"), a_reason(world)
    session.add_all([check, missed])
    assert derive_again(session, world) != before[world.celiac]
    check.voided_at = missed.voided_at = utc_now()
    derive_again(session, world)
    assert rows(session) == before


def test_a_voided_procedure_leaves_no_trace_in_what_followed_it(
    session: Session, world: World
) -> None:
    block = treat(session, world, 10, world.pat, intent="prognostic")
    after = treat(session, world, 20, world.pat, follows_id=block)
    assert rows(session)[after]["course_id"] == block
    session.get_one(Procedure, (world.north, block)).voided_at = utc_now()
    derive_again(session, world)
    row = rows(session)[after]
    assert (row["course_id"], row["follows_id"]) == (after, None)


def test_an_amended_score_leaves_nothing_of_the_earlier_one(session: Session, world: World) -> None:
    right = assess(session, world, 7, 3, worst=4, pgic=2)
    expected = rows(session)[world.celiac]
    void_record(session, Assessment, actor=world.alice, record_id=right.id, amendment=MISTAKE)
    wrong = assess(session, world, 7, 8, worst=9, regimen=morphine(90), pgic=6)
    amend_assessment(
        session,
        actor=world.alice,
        assessment_id=wrong.id,
        draft=assessment_draft(on(7), 3, worst=4, pgic=2),
        amendment=MISTAKE,
        today=TODAY,
    )
    assert rows(session)[world.celiac] == expected


def test_an_impression_given_by_somebody_else_is_not_the_patient_s(
    session: Session, world: World
) -> None:
    assess(session, world, 7, 5, pgic=2, respondent=Respondent.PROXY)
    assert rows(session)[world.celiac]["pgic_7d"] is None


def a_check(world: World, placed: UUID, drug: str) -> DeviceCheck:
    check = DeviceCheck(
        site_id=world.north, patient_id=world.pat, procedure_id=placed, checked_on=on(10)
    )
    check.infusate = [
        InfusateItem(site_id=world.north, device_check_id=check.id, position=0, drug=drug)
    ]
    return check


def a_reason(world: World) -> MissedFollowUp:
    return MissedFollowUp(
        site_id=world.north,
        patient_id=world.pat,
        procedure_id=world.celiac,
        window_slug="7d",
        reason="too-unwell",
        noted_on=TODAY,
    )


def derive_again(session: Session, world: World) -> dict[str, Any]:
    refresh_outcomes(
        session, load_course(session, session.get_one(Patient, (world.north, world.pat)))
    )
    return rows(session)[world.celiac]


@pytest.mark.parametrize(
    ("technique", "intent", "drug", "flagged"),
    [
        ("external-intrathecal-catheter", "implant", "morphine", True),
        ("external-intrathecal-catheter", "implant", "ziconotide", False),  # no opioid
        ("paravertebral", "therapeutic", "morphine", False),  # not spinal
    ],
)
def test_a_spinal_opioid_infusion_on_record_is_flagged(
    session: Session, world: World, technique: str, intent: str, drug: str, flagged: bool
) -> None:
    assess(session, world, 28, 4, worst=5, regimen=())
    placed = treat(session, world, 5, world.pat, technique=technique, intent=intent)
    session.add(a_check(world, placed, drug))
    row = derive_again(session, world)
    assert row["neuraxial"] is flagged
    assert row["medd50_28d"] is (None if flagged else True)


def test_the_reason_for_a_missed_follow_up_stands_until_there_is_a_score(
    session: Session, world: World
) -> None:
    session.add(a_reason(world))
    row = derive_again(session, world)
    assert (row["missed_7d"], row["missed_28d"]) == ("too-unwell", None)
    follow_up(session, world, 7, 4)
    assert rows(session)[world.celiac]["missed_7d"] is None


def test_another_table_converts_both_ends_and_stores_nothing(
    session: Session, world: World
) -> None:
    def with_codeine(mg: int) -> Regimen:
        return (*morphine(30), OpioidItem("codeine", Route.ORAL, Decimal(mg), DoseUnit.MG))

    assess(session, world, -1, 8, regimen=with_codeine(100))
    assess(session, world, 7, 4, regimen=with_codeine(200))
    before = rows(session)
    course = load_course(session, session.get_one(Patient, (world.north, world.pat)))
    site = session.get_one(Site, world.north)

    def change(table: str | None) -> float | None:
        chosen = conversion_table(table) if table else None
        return read_outcomes(course, site, chosen)[world.celiac].windows["7d"].medd_change

    assert change(None) == change("cdc-2022") == 15.0
    assert change("anzca-2021") == 13.0
    assert change("uk-fpm-2020") == 10.0
    assert rows(session) == before


def test_the_doses_are_kept_under_every_table_and_the_site_s_own_is_the_outcome_row_s(
    session: Session, world: World
) -> None:
    regimen = (
        *morphine(30),
        OpioidItem("fentanyl", Route.TRANSDERMAL, Decimal(25), DoseUnit.MCG_PER_H),
    )
    assess(session, world, 7, 3, regimen=regimen)
    found = session.exec(
        select(ProcedureMeddRow).where(ProcedureMeddRow.procedure_id == world.celiac)
    ).all()
    after = {row.table_id: (row.medd_baseline, row.medd_7d, row.medd_28d) for row in found}
    assert after == {
        "anzca-2021": (60.0, 135.0, None),
        "cdc-2016": (60.0, 120.0, None),
        "cdc-2022": (60.0, 120.0, None),
        "uk-fpm-2020": (60.0, 120.0, None),
    }
    assert rows(session)[world.celiac]["medd_7d"] == 120.0


def test_the_doses_go_with_what_is_voided(session: Session, world: World) -> None:
    given = assess(session, world, 7, 3, regimen=morphine(15))
    void_record(session, Assessment, actor=world.alice, record_id=given.id, amendment=MISTAKE)
    found = session.exec(
        select(ProcedureMeddRow.medd_7d).where(ProcedureMeddRow.procedure_id == world.celiac)
    ).all()
    assert found == [None] * 4
