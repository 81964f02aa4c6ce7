"""The worklist: who is on it, on which day, and who leaves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from registry.db.tables import Death, MissedFollowUp, Patient, Procedure, ProcedureOutcomeRow
from registry.domain.drafts import MissedDraft
from registry.domain.errors import Conflict, NotFound, NotPermitted, RuleViolation
from registry.domain.timeline import AVERAGE_SELF, PainScore, Respondent
from registry.domain.windows import WINDOWS, window
from registry.services.assessments import add_assessment
from registry.services.corrections import Amendment, get_record, void_record
from registry.services.merging import merge_patients
from registry.services.missed import record_missed, record_missed_windows
from registry.services.patients import register_patient
from registry.services.procedures import log_procedure
from registry.services.worklist import (
    BEHIND,
    Narrow,
    Urgency,
    list_due_followups,
    list_waiting_clinicians,
    list_waiting_followups,
)
from tests.world import (
    PERFORMED,
    TODAY,
    World,
    assessment_draft,
    dies,
    follow_up,
    patient_draft,
    procedure_draft,
)


def waiting(session: Session, world: World, day: int, **narrow: Any) -> list[tuple[str, Urgency]]:
    """List what waits so many days after Pat's block, earliest window first."""
    found = list_waiting_followups(
        session,
        actor=world.alice,
        today=PERFORMED + timedelta(days=day),
        narrow=Narrow(**narrow),
    )
    found.sort(key=lambda f: (f.performed_on, f.window.opens))
    return [(f.window.slug, f.urgency) for f in found]


def miss(
    session: Session,
    world: World,
    slug: str,
    today: date = TODAY,
    reason: str = "too-unwell",
    note: str | None = None,
    procedure_id: UUID | None = None,
) -> MissedFollowUp:
    draft = MissedDraft(window=slug, reason=reason, note=note)
    return record_missed(
        session,
        actor=world.alice,
        procedure_id=procedure_id or world.celiac,
        draft=draft,
        today=today,
    )


# Pat was treated on day 0. Windows: 48 h is days 1-3, target 2; 7 d 4-10, target 7; 28 d 18-38,
# target 28; 90 d 69-111, target 90; 180 d 150-210, target 180.
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (0, [("48h", Urgency.THIS_WEEK), ("7d", Urgency.THIS_WEEK)]),
        (2, [("48h", Urgency.TODAY), ("7d", Urgency.THIS_WEEK)]),
        (3, [("48h", Urgency.OVERDUE), ("7d", Urgency.THIS_WEEK)]),
        (4, [("48h", Urgency.MISSED), ("7d", Urgency.THIS_WEEK)]),
        (10, [("48h", Urgency.MISSED), ("7d", Urgency.OVERDUE)]),
        (20, [("48h", Urgency.MISSED), ("7d", Urgency.MISSED)]),
        (21, [("48h", Urgency.MISSED), ("7d", Urgency.MISSED), ("28d", Urgency.THIS_WEEK)]),
        (3 + BEHIND, [(slug, Urgency.MISSED) for slug in ("48h", "7d", "28d", "90d")]),
        (4 + BEHIND, [(slug, Urgency.MISSED) for slug in ("7d", "28d", "90d")]),
        (210 + BEHIND, [("180d", Urgency.MISSED)]),
        (211 + BEHIND, []),
    ],
)
def test_a_window_waits_from_a_week_before_its_day_until_it_is_long_closed(
    session: Session, world: World, day: int, expected: list[tuple[str, Urgency]]
) -> None:
    assert waiting(session, world, day) == expected


def test_the_due_list_leaves_the_missed_ones_out(session: Session, world: World) -> None:
    today = PERFORMED + timedelta(days=10)
    due = list_due_followups(session, actor=world.alice, today=today)
    assert [(f.window.slug, f.urgency) for f in due] == [("7d", Urgency.OVERDUE)]


def test_a_row_says_whom_to_ring_about_what(session: Session, world: World) -> None:
    session.get_one(Patient, (world.north, world.pat)).phone = "0113 496 0000"
    (due,) = list_due_followups(session, actor=world.alice, today=PERFORMED + timedelta(days=9))
    assert (due.hospital_number, due.phone, due.clinician) == ("H1", "0113 496 0000", "Dr Able")
    assert (due.technique, due.performed_on) == ("coeliac-plexus", PERFORMED)
    assert due.planned_on == PERFORMED + timedelta(days=7)
    assert due.closes_on == PERFORMED + timedelta(days=10)
    assert (due.days_late, due.is_open, due.is_due) == (2, True, True)


def test_who_died_leaves_at_once_with_all_that_was_missed(session: Session, world: World) -> None:
    assert waiting(session, world, 56) == [
        ("48h", Urgency.MISSED),
        ("7d", Urgency.MISSED),
        ("28d", Urgency.MISSED),
    ]
    death = dies(session, world, 20)
    assert waiting(session, world, 56) == []
    void_record(
        session,
        Death,
        actor=world.alice,
        record_id=death,
        amendment=Amendment(1, "Another patient's death"),
    )
    assert len(waiting(session, world, 56)) == 3


def test_an_average_of_the_patients_own_ends_the_wait(session: Session, world: World) -> None:
    proxy = replace(AVERAGE_SELF, respondent=Respondent.PROXY)
    on = PERFORMED + timedelta(days=7)
    add_assessment(
        session,
        actor=world.alice,
        patient_id=world.pat,
        draft=replace(assessment_draft(on), scores=(PainScore(proxy, 4),)),
        today=TODAY,
    )
    assert ("7d", Urgency.OVERDUE) in waiting(session, world, 8)
    follow_up(session, world, 8, 4)
    assert waiting(session, world, 8) == [("48h", Urgency.MISSED)]


def test_nobody_is_rung_about_a_refill(session: Session, world: World) -> None:
    def log(on: date, **changes: Any) -> Procedure:
        return log_procedure(
            session,
            actor=world.alice,
            patient_id=world.pat,
            draft=procedure_draft(
                on,
                technique="intrathecal-drug-delivery",
                baseline_missing_reason="not asked",
                **changes,
            ),
            baseline=None,
            today=TODAY,
        )

    pump = log(PERFORMED + timedelta(days=1), intent="implant")
    refill = log(TODAY - timedelta(days=2), intent="refill", follows_id=pump.id)
    found = list_due_followups(session, actor=world.alice, today=TODAY)
    assert refill.id not in {row.procedure_id for row in found}
    narrow = Narrow(patient_id=world.pat)
    waits = list_waiting_followups(session, actor=world.alice, today=TODAY, narrow=narrow)
    assert pump.id in {row.procedure_id for row in waits}
    assert refill.id not in {row.procedure_id for row in waits}


def test_a_voided_procedure_is_gone(session: Session, world: World) -> None:
    void_record(
        session,
        Procedure,
        actor=world.alice,
        record_id=world.celiac,
        amendment=Amendment(1, "Never done"),
    )
    assert waiting(session, world, 9) == []


def test_follow_ups_of_a_merged_record_stand_once_and_under_the_one_that_is_kept(
    session: Session, world: World
) -> None:
    second = register_patient(
        session,
        actor=world.alice,
        site_id=world.north,
        draft=patient_draft("H1-OLD"),
        today=TODAY,
    )
    block = log_procedure(
        session,
        actor=world.alice,
        patient_id=second.id,
        draft=procedure_draft(PERFORMED + timedelta(days=40), baseline_missing_reason="unwell"),
        baseline=None,
        today=TODAY,
    )
    merge_patients(
        session,
        actor=world.alice,
        keep_id=world.pat,
        merge_id=second.id,
        reason="One person",
    )
    today = PERFORMED + timedelta(days=47)
    due = list_due_followups(session, actor=world.alice, today=today)
    assert [(f.patient_id, f.hospital_number, f.procedure_id) for f in due] == [
        (world.pat, "H1", block.id)
    ]
    reason = miss(session, world, "7d", today=today, procedure_id=block.id)
    assert reason.patient_id == second.id
    assert list_due_followups(session, actor=world.alice, today=today) == []


def test_it_narrows_to_a_window_a_clinician_and_a_patient(session: Session, world: World) -> None:
    on = PERFORMED + timedelta(days=20)
    log_procedure(
        session,
        actor=world.alice,
        patient_id=world.pat,
        draft=procedure_draft(on, operator="Dr Brook", baseline_missing_reason="unwell"),
        baseline=None,
        today=TODAY,
    )
    late = [("48h", Urgency.MISSED), ("7d", Urgency.OVERDUE)]
    assert waiting(session, world, 29, clinician="Dr Brook") == late
    assert waiting(session, world, 29, clinician="dr nobody") == []
    assert {slug for slug, _ in waiting(session, world, 29, window=window("28d"))} == {"28d"}
    assert waiting(session, world, 29, patient_id=world.celiac) == []
    assert waiting(session, world, 29, patient_id=world.pat) == waiting(session, world, 29)
    today = PERFORMED + timedelta(days=29)
    asked = list_waiting_clinicians(session, actor=world.alice, today=today)
    assert asked == ["Dr Able", "Dr Brook"]
    assert list_waiting_clinicians(session, actor=world.charlie, today=today) == []
    assert list_waiting_followups(session, actor=world.charlie, today=today) == []


def test_a_reason_ends_the_wait_and_is_derived(session: Session, world: World) -> None:
    miss(session, world, "28d")
    assert [slug for slug, _ in waiting(session, world, 56)] == ["48h", "7d"]
    row = session.get_one(ProcedureOutcomeRow, (world.north, world.celiac))
    assert row.missed_28d == "too-unwell"


def test_a_reason_can_be_given_while_the_window_is_open_and_an_assessment_still_counts(
    session: Session, world: World
) -> None:
    given_on = PERFORMED + timedelta(days=5)
    reason = miss(session, world, "7d", today=given_on)
    assert waiting(session, world, 8) == [("48h", Urgency.MISSED)]
    follow_up(session, world, 9, 3)
    row = session.get_one(ProcedureOutcomeRow, (world.north, world.celiac))
    assert (row.nrs_7d, row.missed_7d) == (3, None)
    kept = get_record(session, MissedFollowUp, actor=world.alice, record_id=reason.id)
    assert (kept.reason, kept.noted_on) == ("too-unwell", given_on)


def test_a_voided_reason_lets_it_wait_again(session: Session, world: World) -> None:
    reason = miss(session, world, "28d")
    void_record(
        session,
        MissedFollowUp,
        actor=world.alice,
        record_id=reason.id,
        amendment=Amendment(1, "Wrong patient"),
    )
    assert ("28d", Urgency.MISSED) in waiting(session, world, 56)
    row = session.get_one(ProcedureOutcomeRow, (world.north, world.celiac))
    assert row.missed_28d is None
    miss(session, world, "28d", reason="declined")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "90d"}, "window"),  # opens on day 69; today is day 56
        ({"slug": "7d"}, "window"),  # was assessed
        ({"slug": "14d"}, "window"),
        ({"slug": "28d", "reason": "lazy"}, "reason"),
        ({"slug": "28d", "reason": ""}, "reason"),
        ({"slug": "28d", "reason": "other"}, "note"),
        ({"slug": "28d", "reason": "other", "note": "  "}, "note"),
    ],
)
def test_what_cannot_be_missing_is_refused(
    session: Session, world: World, changes: dict[str, Any], field: str
) -> None:
    follow_up(session, world, 7, 4)
    with pytest.raises(RuleViolation) as refused:
        miss(session, world, **changes)
    assert [p.field for p in refused.value.problems] == [field]


def test_a_death_in_the_window_needs_no_reason_and_one_after_it_leaves_room_for_it(
    session: Session, world: World
) -> None:
    dies(session, world, 20)
    with pytest.raises(RuleViolation, match="died before this window closed"):
        miss(session, world, "28d")
    assert miss(session, world, "7d", reason="other", note="The line was cut").note


def test_one_reason_stands_for_a_window_of_a_procedure(session: Session, world: World) -> None:
    miss(session, world, "28d")
    with pytest.raises(Conflict):
        miss(session, world, "28d", reason="declined")
    miss(session, world, "7d")


def test_one_reason_for_all_of_a_patients_windows_or_for_none(
    session: Session, world: World
) -> None:
    def record(*slugs: str) -> list[MissedFollowUp]:
        return record_missed_windows(
            session,
            actor=world.alice,
            patient_id=world.pat,
            drafts=[(world.celiac, MissedDraft(window=s, reason="moved")) for s in slugs],
            today=TODAY,
        )

    with pytest.raises(Conflict), session.begin_nested():
        record("48h", "7d", "7d")
    assert len(waiting(session, world, 56)) == 3
    assert [row.window_slug for row in record("48h", "7d", "28d")] == ["48h", "7d", "28d"]
    assert waiting(session, world, 56) == []
    with pytest.raises(NotFound):
        record_missed_windows(
            session,
            actor=world.alice,
            patient_id=world.pat,
            drafts=[(world.pat, MissedDraft(window="7d", reason="moved"))],
            today=TODAY,
        )


def test_only_who_writes_records_may_say_why(session: Session, world: World) -> None:
    draft = MissedDraft(window="28d", reason="moved")
    for stranger, refusal in ((world.charlie, NotFound), (world.quinn, NotPermitted)):
        with pytest.raises(refusal):
            record_missed(
                session, actor=stranger, procedure_id=world.celiac, draft=draft, today=TODAY
            )


def test_every_window_of_the_content_can_be_missed(session: Session, world: World) -> None:
    late = PERFORMED + timedelta(days=400)
    for each in WINDOWS:
        miss(session, world, each.slug, today=late)
    row = session.get_one(ProcedureOutcomeRow, (world.north, world.celiac))
    assert [getattr(row, f"missed_{w.slug}") for w in WINDOWS] == ["too-unwell"] * len(WINDOWS)
