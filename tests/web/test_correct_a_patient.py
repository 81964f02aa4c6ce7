"""Correcting who a patient is and when they died, undoing a void, and seeing what is missing."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.db.tables import Assessment, AuditEvent, Death, Patient, ProcedureOutcomeRow
from registry.domain.errors import Doubtful
from registry.services.assessments import add_assessment
from registry.services.corrections import Amendment, void_record
from registry.services.patients import register_patient
from tests.web.conftest import SignIn, Visitor
from tests.web.queries import rows
from tests.web.test_correct_a_record import edit, fields_of, find, last_event
from tests.world import (
    PERFORMED,
    TODAY,
    World,
    assessment_draft,
    dies,
    follow_up,
    morphine,
    patient_draft,
)


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def outcome(engine: Engine, world: World) -> ProcedureOutcomeRow:
    with transaction(engine, write=False) as session:
        return session.get_one(ProcedureOutcomeRow, (world.north, world.celiac))


@pytest.fixture
def page(world: World) -> str:
    return f"/patients/{world.pat}"


def test_every_particular_can_be_corrected_and_the_history_tells_the_difference(
    alice: Visitor, engine: Engine, world: World, page: str
) -> None:
    response = edit(
        alice,
        f"{page}/edit",
        hospital_number="h 77",
        name="Pat Jones",
        birth_date="17/5/1951",
        sex="male",
        phone="01632 960 123",
        diagnosis_group="pancreas",
        diagnosis="Adenocarcinoma of the head",
        metastases="yes",
        reason="Read from the letter",
    )
    assert response.headers["location"] == page
    assert "Particulars corrected." in alice.get(page).text
    row = find(engine, Patient, world.pat)
    assert (row.hospital_number, row.name, row.sex, row.phone, row.metastases, row.version) == (
        "H77",
        "Pat Jones",
        "male",
        "01632 960 123",
        True,
        2,
    )
    derived = outcome(engine, world)
    assert (derived.age_years, derived.sex, derived.diagnosis_group) == (
        54 + 20,
        "male",
        "pancreas",
    )
    history = words(alice.get(f"{page}/history").text)
    assert "Corrected by Alice, clinician" in history
    assert "Reason: “Read from the letter”" in history
    assert "Hospital number H1 H77" in history
    assert "Birth date 17 May 1950 17 May 1951" in history
    assert "Recorded by Alice, clinician" in history


def test_the_form_starts_with_what_stands_and_nothing_changed_is_told(
    alice: Visitor, engine: Engine, page: str
) -> None:
    response = edit(alice, f"{page}/edit")
    assert response.status_code == 422
    assert "Nothing was changed" in response.text
    assert last_event(engine).action != "amend"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hospital_number": ""}, "Enter the hospital number."),
        ({"hospital_number": "x" * 41}, "Shorten this to 40 characters"),
        ({"hospital_number": "h2"}, "merge the two records"),
        ({"birth_date": "1/1/2026"}, "before this day. Check the birth date"),
        ({"birth_date": "3 Mar 2026"}, "lies in the future"),
        ({"birth_date": "31/2/1950"}, "This is not a day that can be read."),
        ({"birth_date": ""}, "Enter the birth date."),
        ({"sex": ""}, "Choose the sex"),
        ({"sex": "robot"}, "Choose one of the listed values."),
        ({"diagnosis_group": "gout"}, "Choose one of the listed diagnosis groups."),
        ({"phone": "1" * 41}, "Shorten this to 40 characters"),
        ({"reason": "  "}, "Say why the record is corrected."),
    ],
)
def test_a_bad_correction_is_told_kept_and_not_written(
    alice: Visitor,
    engine: Engine,
    world: World,
    page: str,
    changes: dict[str, str],
    message: str,
) -> None:
    with transaction(engine) as session:
        register_patient(
            session,
            actor=world.alice,
            site_id=world.north,
            draft=patient_draft("H2"),
            today=TODAY,
        )
    response = edit(alice, f"{page}/edit", name="Keep me", **changes)
    assert response.status_code == 422
    assert message in response.text
    assert 'value="Keep me"' in response.text
    row = find(engine, Patient, world.pat)
    assert (row.hospital_number, row.name, row.version) == ("H1", None, 1)


def test_a_stale_correction_shows_both_versions(
    alice: Visitor, sign_in: SignIn, engine: Engine, world: World, page: str
) -> None:
    url = f"{page}/edit"
    opened = fields_of(alice.get(url).text)
    edit(sign_in(world.bob), url, name="Pat Jones", reason="Rang")
    stale = alice.post(url, **{**opened, "name": "Pat James", "reason": "Misread"})
    assert stale.status_code == 409
    standing = stale.text.split("What stands now</h2>")[1]
    assert "Pat Jones" in standing
    assert "Corrected by Bob, coordinator" in standing
    assert fields_of(stale.text)["name"] == "Pat James"
    assert alice.post(url, **fields_of(stale.text)).status_code == 303
    assert find(engine, Patient, world.pat).name == "Pat James"


def test_the_day_of_a_death_can_be_corrected(alice: Visitor, engine: Engine, world: World) -> None:
    with transaction(engine) as session:
        follow_up(session, world, 7, 3)
        death = dies(session, world, 20)
    url = f"/deaths/{death}/edit"
    for day, message in (
        ("6 Jan 2026", "after this day"),
        ("3 Mar 2026", "lies in the future"),
        ("1 May 1950", "before the birth"),
        ("", "Enter the day of death."),
        ("31/2", "This is not a day that can be read."),
    ):
        refused = edit(alice, url, died_on=day)
        assert refused.status_code == 422
        assert message in refused.text
        assert f'value="{day}"' in refused.text
    assert find(engine, Death, death).version == 1
    assert edit(alice, url, died_on="15/1/2026").status_code == 303
    derived = outcome(engine, world)
    assert (derived.days_to_death, derived.state_28d) == (10, "died_before")
    assert last_event(engine).changes == {"died_on": ["2026-01-25", "2026-01-15"]}
    opened = {"died_on": "16/1/2026", "version": "1", "reason": "Late"}
    stale = alice.post(url, **opened)
    assert stale.status_code == 409
    assert "15 Jan 2026" in stale.text.split("What stands now</h2>")[1]


def test_a_void_warns_what_goes_and_can_be_undone_from_the_page(
    alice: Visitor, engine: Engine, world: World, page: str
) -> None:
    with transaction(engine) as session:
        seen = follow_up(session, world, 7, 3)
    before = outcome(engine, world).model_dump()
    baseline = next(row.id for row in rows(engine, Assessment) if row.id != seen)
    warned = words(alice.get(f"/assessments/{baseline}/void").text)
    assert "Coeliac plexus of 5 Jan 2026 loses its baseline (8/10)" in warned
    warned = words(alice.get(f"/assessments/{seen}/void").text)
    assert "Coeliac plexus of 5 Jan 2026 loses its score at 7 days." in warned
    edit(alice, f"/assessments/{seen}/void", reason="Wrong patient")
    voided = words(alice.get(page).text.split('<details class="voided">')[1])
    assert "Voided records (1) Assessment , 12 Jan 2026 Voided by Alice" in voided
    assert "“Wrong patient”" in voided
    url = f"/assessments/{seen}/undo-void"
    assert "Reason of the void: “Wrong patient”" in words(alice.get(url).text)
    refused = edit(alice, url, reason=" ")
    assert refused.status_code == 422
    assert edit(alice, url, reason="It was right").headers["location"] == page
    assert "Voided records" not in alice.get(page).text
    assert outcome(engine, world).model_dump() == before
    assert alice.get(url).status_code == 404
    history = words(alice.get(f"{page}/records/{seen}/history").text)
    assert "Void undone by Alice" in history


def test_an_undo_that_is_stale_or_can_no_longer_be_is_told(
    alice: Visitor, engine: Engine, world: World
) -> None:
    with transaction(engine) as session:
        seen = follow_up(session, world, 28, 3)
        why = Amendment(1, "Wrong")
        void_record(session, Assessment, actor=world.alice, record_id=seen, amendment=why)
        dies(session, world, 20)
    url = f"/assessments/{seen}/undo-void"
    stale = alice.post(url, version="1", reason="Right")
    assert stale.status_code in {409, 422}
    refused = edit(alice, url, reason="Keep my words")
    assert refused.status_code == 422
    assert "lies after the patient&#39;s death" in refused.text
    assert "Keep my words" in refused.text
    assert find(engine, Assessment, seen).voided_at is not None


def test_a_line_says_what_is_missing_and_what_was_confirmed(
    alice: Visitor, engine: Engine, world: World, page: str
) -> None:
    draft = assessment_draft(PERFORMED, 5, worst=8, regimen=morphine(450), after_procedure=True)
    with transaction(engine) as session, pytest.raises(Doubtful) as unsure:
        add_assessment(session, actor=world.alice, patient_id=world.pat, draft=draft, today=TODAY)
    codes = frozenset(d.code for d in unsure.value.doubts)
    draft = assessment_draft(
        PERFORMED, 5, worst=8, regimen=morphine(450), after_procedure=True, confirmed=codes
    )
    with transaction(engine) as session:
        add_assessment(session, actor=world.alice, patient_id=world.pat, draft=draft, today=TODAY)
    shown = words(alice.get(page).text)
    assert "Confirmed: the opioids come to 900 mg/24 h of oral morphine (Alice, " in shown
    assert "Not recorded: AKPS or ECOG, PGIC, PEG" in shown
    assert "details not recorded" in shown
    assert "Not recorded: metastases" in shown


def test_who_may_not_write_gets_no_forms(
    charlie: Visitor, quinn: Visitor, sign_in: SignIn, engine: Engine, world: World, page: str
) -> None:
    with transaction(engine) as session:
        seen: UUID = follow_up(session, world, 7, 3)
        why = Amendment(1, "Wrong")
        void_record(session, Assessment, actor=world.alice, record_id=seen, amendment=why)
        death = dies(session, world, 20)
    forms = (f"{page}/edit", f"/deaths/{death}/edit", f"/assessments/{seen}/undo-void")
    before = len(rows(engine, AuditEvent))
    for visitor, status in ((charlie, 404), (quinn, 403), (sign_in(world.audrey), 403)):
        for url in forms:
            assert visitor.get(url).status_code == status
            sent: dict[str, Any] = {"version": "2", "reason": "Mine", "died_on": "today"}
            assert visitor.post(url, **sent).status_code == status
        assert visitor.get(f"{page}/history").status_code == status
    ours = [e for e in rows(engine, AuditEvent)[before:] if e.action == "amend"]
    assert ours == []


def test_what_is_unlikely_is_confirmed_within_the_form_of_a_correction(
    alice: Visitor, engine: Engine, world: World
) -> None:
    with transaction(engine) as session:
        seen = follow_up(session, world, 7, 3, mg=20)
    url = f"/assessments/{seen}/edit"
    asked = edit(alice, url, **{"opioids-0-dose": "450"})
    assert asked.status_code == 422
    form = max(asked.text.split("<form")[1:], key=len).split("</form>")[0]
    codes = re.findall(r'name="confirmed" value="([^"]+)"', form)
    assert codes
    typed = {**fields_of(asked.text), "confirmed": codes}
    assert alice.post(url, **typed).status_code == 303
    assert find(engine, Assessment, seen).medd_mg == 900


def test_voiding_a_death_says_that_the_patient_counts_as_alive(
    alice: Visitor, engine: Engine, world: World
) -> None:
    with transaction(engine) as session:
        death = dies(session, world, 20)
    assert "The patient counts as alive" in alice.get(f"/deaths/{death}/void").text
