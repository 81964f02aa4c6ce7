"""Logging a procedure on its page, as a browser without script does it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from registry.db.engine import transaction
from registry.db.queries.parts import with_parts
from registry.db.tables import Assessment, AuditEvent, Patient, Procedure, Submission, UserAccount
from registry.domain.access import Role
from registry.domain.drafts import AgentDraft
from registry.services.assessments import add_assessment
from registry.services.patients import register_patient
from registry.services.people import actor_of, ensure_site, grant_role, local_actor
from registry.services.procedures import log_procedure
from tests.web.conftest import SignIn, Visitor
from tests.web.page_form import sent_by
from tests.web.queries import LOOKS
from tests.world import (
    TODAY,
    World,
    assessment_draft,
    dies,
    patient_draft,
    procedure_draft,
)

PAGE = "/procedures/new"
STEP = "/procedures/new/step"
KEPT = (Patient, Procedure, Assessment, AuditEvent, Submission)


def opened(visitor: Visitor, url: str = PAGE) -> dict[str, Any]:
    page = visitor.get(url)
    assert page.status_code == 200
    return sent_by(page.text, "log")


def stepped(visitor: Visitor, fields: dict[str, Any], step: str) -> dict[str, Any]:
    page = visitor.post(STEP, **{**fields, "step": step})
    assert page.status_code == 200
    return sent_by(page.text, "log")


def for_pat(visitor: Visitor, world: World, **typed: Any) -> dict[str, Any]:
    """Fill the form in for Pat with the least that can be logged, and then some."""
    fields = opened(visitor, f"{PAGE}?patient={world.pat}")
    return {**fields, "technique": "CPN", "average_pain": "8", **typed}


def for_somebody_new(visitor: Visitor, **typed: Any) -> dict[str, Any]:
    fields = {**opened(visitor), "hospital_number": "N 7"}
    fields = stepped(visitor, fields, "patient")
    assert {"birth_date", "sex"} - fields.keys() == {"sex"}
    who = {"birth_date": "17/05/1950", "sex": "female", "diagnosis_group": "pancreas"}
    return {**fields, **who, "technique": "ESP", "average_pain": "7", **typed}


def tally(engine: Engine) -> list[int]:
    with transaction(engine) as session:
        kept = [session.exec(select(table)).all() for table in KEPT]
    return [sum(getattr(row, "action", "") not in LOOKS for row in rows) for rows in kept]


def last_procedure(engine: Engine) -> tuple[Procedure, list[str], list[str]]:
    with transaction(engine) as session:
        query = select(Procedure).order_by(col(Procedure.id).desc()).options(*with_parts(Procedure))
        row = session.exec(query).first()
        assert row is not None
        return row, [a.agent_class for a in row.agents], [g.mode for g in row.guidance]


def test_a_procedure_for_a_known_patient_is_logged_with_its_baseline(
    alice: Visitor, world: World, engine: Engine
) -> None:
    typed = for_pat(
        alice,
        world,
        worst_pain="9",
        akps="50",
        **{"opioids-0-drug": "MST", "opioids-0-dose": "30", "opioids-0-per_day": "2"},
    )
    done = alice.post(PAGE, **typed)
    assert done.status_code == 303
    assert done.headers["location"] == f"/patients/{world.pat}"
    row, _, _ = last_procedure(engine)
    assert (row.patient_id, row.performed_on, row.technique) == (world.pat, TODAY, "coeliac-plexus")
    assert (row.intent, row.operator) == ("therapeutic", "Dr Able")
    with transaction(engine) as session:
        baseline = session.exec(select(Assessment).where(Assessment.assessed_on == TODAY)).one()
        assert (baseline.medd_mg, baseline.after_procedure) == (60, False)


def test_a_new_patient_is_registered_in_the_same_go(
    alice: Visitor, world: World, engine: Engine
) -> None:
    typed = for_somebody_new(alice)
    assert "phone" in typed, "who is to be rung must be reachable from the start"
    done = alice.post(PAGE, **{**typed, "phone": "07700 900123"})
    assert done.status_code == 303
    row, _, _ = last_procedure(engine)
    with transaction(engine) as session:
        patient = session.get_one(Patient, (world.north, row.patient_id))
    assert (patient.hospital_number, patient.birth_date) == ("N7", date(1950, 5, 17))
    assert (patient.diagnosis_group, patient.phone) == ("pancreas", "07700 900123")
    assert done.headers["location"] == f"/patients/{patient.id}"


def test_the_whole_form_is_filled_in_step_by_step_without_script(
    alice: Visitor, world: World, engine: Engine
) -> None:
    fields = {**opened(alice), "hospital_number": "h1", "note": "to be kept"}
    fields = stepped(alice, fields, "patient")
    assert fields["patient"] == [str(world.pat)]
    fields = stepped(alice, {**fields, "technique": "celiac"}, "technique")
    assert fields["details_for"] == ["coeliac-plexus"]
    fields |= {
        "agents-0-agent_class": "alcohol",
        "agents-0-concentration": "96",
        "approach": "antecrural",
    }
    fields = stepped(alice, fields, "agents-add")
    fields |= {"agents-1-agent_class": "local-anaesthetic", "agents-1-volume_ml": "10"}
    fields |= {"opioids-0-drug": "Oramorph", "opioids-0-dose": "10", "opioids-0-per_day": "6"}
    page = alice.post(STEP, **{**fields, "step": "opioids-compute"})
    assert "60 mg/24 h" in page.text
    fields = sent_by(page.text, "log")
    fields |= {
        "average_pain": "8",
        "guidance": ["fluoroscopy", "ct"],
        "technical_success": "complete",
    }
    assert alice.post(PAGE, **fields).status_code == 303
    row, agents, guidance = last_procedure(engine)
    assert (row.note, row.approach, row.technical_success) == (
        "to be kept",
        "antecrural",
        "complete",
    )
    assert agents == ["alcohol", "local-anaesthetic"]
    assert guidance == ["ct", "fluoroscopy"]


@pytest.mark.parametrize("text", ["CPN", "coeliac", "celiac", "Coeliac plexus", "coeliac-plexus"])
def test_a_technique_is_known_by_any_of_its_names(
    text: str, alice: Visitor, world: World, engine: Engine
) -> None:
    assert alice.post(PAGE, **for_pat(alice, world, technique=text)).status_code == 303


@pytest.mark.parametrize(
    ("text", "found"),
    [("CPN", "Coeliac plexus"), ("celiac", "Coeliac plexus"), ("GON", "Greater occipital nerve")],
)
def test_a_technique_is_found_while_typing(
    text: str, found: str, alice: Visitor, world: World
) -> None:
    options = alice.get(f"/procedures/techniques?q={text}", htmx=True).text
    assert f'data-text="{found}"' in options
    assert "<html" not in options


def test_only_the_axes_that_a_technique_has_are_asked_for(alice: Visitor, world: World) -> None:
    def details(technique: str) -> str:
        page = alice.post(STEP, **{**opened(alice), "technique": technique, "step": "technique"})
        return page.text

    cordotomy, trigger = details("percutaneous cordotomy"), details("trigger point injection")
    assert 'name="laterality"' in cordotomy
    assert 'name="sedation"' in cordotomy
    assert 'name="sedation"' not in trigger
    assert 'name="technical_success"' not in trigger
    assert 'value="rf-thermal"' in cordotomy
    assert 'value="rf-thermal"' not in trigger


def test_an_agent_is_asked_for_the_measures_that_its_class_takes(
    alice: Visitor, world: World
) -> None:
    fields = stepped(alice, {**opened(alice), "technique": "CPN"}, "technique")
    assert {"agents-0-concentration", "agents-0-volume_ml", "agents-0-dose"} <= fields.keys()
    fields = stepped(alice, {**fields, "agents-0-agent_class": "rf-thermal"}, "agent")
    assert "agents-0-dose" in fields
    assert "agents-0-concentration" not in fields


def test_a_technique_done_before_starts_as_last_time_and_one_press_clears_it(
    alice: Visitor, world: World, engine: Engine
) -> None:
    with transaction(engine) as session:
        log_procedure(
            session,
            actor=world.alice,
            patient_id=world.pat,
            draft=procedure_draft(
                date(2026, 2, 3),
                approach="antecrural",
                sedation="moderate",
                guidance=("ct", "fluoroscopy"),
                agents=(AgentDraft(agent_class="alcohol", concentration=96, volume_ml=20),),
                baseline_missing_reason="Not asked",
            ),
            baseline=None,
            today=TODAY,
        )
    typed = {**opened(alice), "technique": "CPN", "note": "kept"}
    page = alice.post(STEP, **{**typed, "step": "technique"})
    assert "as last time, on 3 Feb 2026" in page.text
    fields = sent_by(page.text, "log")
    assert fields["guidance"] == ["fluoroscopy", "ct"]
    assert (fields["approach"], fields["sedation"]) == (["antecrural"], ["moderate"])
    assert fields["agents-0-concentration"] == ["96"]
    cleared = stepped(alice, fields, "clear")
    assert "guidance" not in cleared
    assert (cleared["approach"], cleared["sedation"]) == ([""], [""])
    assert cleared["agents-0-agent_class"] == [""]
    assert cleared["note"] == ["kept"]
    assert "as_on" not in cleared


def test_what_one_typed_goes_before_last_time(alice: Visitor, world: World, engine: Engine) -> None:
    with transaction(engine) as session:
        log_procedure(
            session,
            actor=world.alice,
            patient_id=world.pat,
            draft=procedure_draft(
                date(2026, 2, 3), approach="antecrural", baseline_missing_reason="Not asked"
            ),
            baseline=None,
            today=TODAY,
        )
    typed = {**opened(alice), "technique": "CPN", "approach": "retrocrural"}
    assert stepped(alice, typed, "technique")["approach"] == ["retrocrural"]


def test_another_sites_last_time_is_not_offered(charlie: Visitor, world: World) -> None:
    fields = stepped(charlie, {**opened(charlie), "technique": "CPN"}, "technique")
    assert "as_on" not in fields


def test_a_score_of_the_week_before_is_offered_as_the_baseline(
    alice: Visitor, world: World, engine: Engine
) -> None:
    with transaction(engine) as session:
        add_assessment(
            session,
            actor=world.alice,
            patient_id=world.pat,
            draft=assessment_draft(date(2026, 2, 27), 6),
            today=TODAY,
        )
    page = alice.get(f"{PAGE}?patient={world.pat}").text
    assert "6/10 on 27 Feb 2026" in page
    assert "is used as baseline" in page
    typed = {**sent_by(page, "log"), "technique": "CPN"}
    assert alice.post(PAGE, **typed).status_code == 303
    later = alice.post(STEP, **{**typed, "performed_on": "20/02/2026", "step": "day"}).text
    assert "is used as baseline" not in later


def test_the_reason_for_no_baseline_will_do(alice: Visitor, world: World, engine: Engine) -> None:
    typed = for_pat(
        alice, world, average_pain="", baseline_missing_reason="Too drowsy or unwell to answer"
    )
    assert alice.post(PAGE, **typed).status_code == 303
    assert last_procedure(engine)[0].baseline_missing_reason == "Too drowsy or unwell to answer"


def test_the_sentence_of_the_record_is_told_as_one_types(alice: Visitor, world: World) -> None:
    fields = stepped(
        alice, {**opened(alice, f"{PAGE}?patient={world.pat}"), "technique": "CPN"}, "technique"
    )
    typed = {
        **fields,
        "agents-0-agent_class": "alcohol",
        "agents-0-concentration": "96",
        "agents-0-volume_ml": "20",
        "average_pain": "8",
        "opioids-0-drug": "morphine",
        "opioids-0-dose": "70",
        "opioids-0-per_day": "2",
    }
    told = alice.post(f"{PAGE}/sentence", htmx=True, **typed).text
    assert "Coeliac plexus, with alcohol 96 % 20 ml, therapeutic, on 2 Mar 2026 by Dr Able" in told
    assert "for H1, aged 75: pain 8/10 on 140 mg/24 h." in told
    assert "Nothing more is needed" in told
    told = alice.post(f"{PAGE}/sentence", htmx=True, **{**typed, "opioids-0-dose": ""}).text
    assert "Still needed: the unfinished opioid." in told
    told = alice.post(f"{PAGE}/sentence", htmx=True, **opened(alice)).text
    assert "Still needed: technique, patient, average score." in told


WRONG = [
    ({"performed_on": "3/3/2026"}, "performed_on", "lies in the future"),
    ({"performed_on": "31/02/2026"}, "performed_on", "not a day that can be read"),
    ({"performed_on": ""}, "performed_on", "Enter the day"),
    ({"average_pain": "11"}, "average_pain", "whole number from 0 to 10"),
    ({"average_pain": "-1"}, "average_pain", "whole number from 0 to 10"),
    ({"average_pain": "much"}, "average_pain", "whole number from 0 to 10"),
    ({"average_pain": ""}, "average_pain", "Enter the average pain"),
    ({"average_pain": "8", "respondent": "proxy"}, "average_pain", "Enter the average pain"),
    ({"technique": "phrenology"}, "technique", "No technique has this name"),
    ({"technique": "cervical plexus"}, "technique", "more than one technique"),
    ({"technique": ""}, "technique", "Choose the technique"),
    ({"agents-0-agent_class": "cement"}, "agents-0-agent_class", "is one of"),
    ({"agents-0-volume_ml": "20"}, "agents-0-agent_class", "is one of"),
    (
        {"agents-0-agent_class": "alcohol", "agents-0-volume_ml": "lots"},
        "agents-0-volume_ml",
        "Enter a number",
    ),
    (
        {"agents-0-agent_class": "alcohol", "agents-0-volume_ml": "-2"},
        "agents-0-volume_ml",
        "more than 0",
    ),
    (
        {"agents-0-agent_class": "alcohol", "agents-0-volume_ml": "1,000"},
        "agents-0-volume_ml",
        "without a thousands separator",
    ),
    (
        {"agents-0-agent_class": "alcohol", "agents-0-volume_ml": "inf"},
        "agents-0-volume_ml",
        "Enter a number",
    ),
    (
        {"agents-0-agent_class": "alcohol", "agents-0-concentration": "960"},
        "agents-0-concentration",
        "over 100 %",
    ),
    ({"guidance": "divination"}, "guidance", "is one of"),
    ({"intent": "refill"}, "intent", "is one of"),
    ({"levels": "the neck"}, "levels", "Write levels as"),
    ({"operator": " "}, "operator", "who did the procedure"),
    ({"operator": "x" * 121}, "operator", "Shorten this to 120"),
    ({"note": "x" * 2001}, "note", "Shorten this to 2000"),
    ({"mechanism": "psychic"}, "mechanism", "is one of: Somatic"),
    ({"akps": "55"}, "akps", "in tens"),
    ({"respondent": "nobody"}, "respondent", "Choose one"),
    ({"assessed_on": "1/2/2026"}, "assessed_on", "week before"),
    ({"opioids-0-drug": "xyz", "opioids-0-dose": "1"}, "opioids-0-drug", "No drug is known"),
    ({"no_opioids": "yes", "opioids-0-drug": "MST"}, "no_opioids", "remove them"),
]


@pytest.mark.parametrize(("typed", "field", "says"), WRONG)
def test_what_can_not_be_is_told_at_its_field_all_typed_is_kept_and_nothing_is_written(
    typed: dict[str, str],
    field: str,
    says: str,
    alice: Visitor,
    world: World,
    engine: Engine,
) -> None:
    fields = for_pat(alice, world, worst_pain="9", supervisor="Dr Senior", **typed)
    before = tally(engine)
    answer = alice.post(PAGE, **fields)
    assert answer.status_code == 422
    assert tally(engine) == before
    assert f'href="#f-{field}"' in answer.text
    assert f'id="e-{field}"' in answer.text
    assert says in answer.text
    kept = sent_by(answer.text, "log")
    assert kept["patient"] == [str(world.pat)]
    assert (kept["worst_pain"], kept["supervisor"]) == (["9"], ["Dr Senior"])
    scores_off_the_scale = {"average_pain", "akps", "respondent", "mechanism", "route"}
    for name, value in typed.items():
        if name not in scores_off_the_scale:
            assert kept[name] == [value], name


def test_an_empty_form_asks_for_the_few_things_that_are_required(
    alice: Visitor, world: World, engine: Engine
) -> None:
    before = tally(engine)
    answer = alice.post(PAGE)
    assert answer.status_code == 422
    wanted = ("hospital_number", "performed_on", "technique", "operator", "average_pain")
    links = [part.split('"')[0] for part in answer.text.split('href="#f-')[1:]]
    assert links == ["hospital_number", "performed_on", "technique", "operator", "average_pain"]
    assert all(f'id="f-{name}"' in answer.text for name in wanted)
    assert tally(engine) == before


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"birth_date": "1/1/2027"}, "birth_date", "lies in the future"),
        ({"birth_date": "long ago"}, "birth_date", "not a day that can be read"),
        ({"birth_date": "1/1/1850"}, "birth_date", "over 120"),
        ({"birth_date": ""}, "birth_date", "Enter the birth date"),
        ({"sex": ""}, "sex", "Choose the sex"),
        ({"sex": "?"}, "sex", "Choose one"),
        ({"diagnosis_group": "vapours"}, "diagnosis_group", "Choose one"),
        ({"hospital_number": "9" * 41}, "hospital_number", "Shorten this to 40"),
        ({"name": "x" * 201}, "name", "Shorten this to 200"),
        ({"performed_on": "1/1/1940"}, "performed_on", "before the patient"),
        ({"technique": "phrenology"}, "technique", "No technique"),
    ],
)
def test_a_new_patient_is_not_registered_when_anything_is_wrong(
    typed: dict[str, str],
    field: str,
    says: str,
    alice: Visitor,
    world: World,
    engine: Engine,
) -> None:
    fields = for_somebody_new(alice, **typed)
    before = tally(engine)
    answer = alice.post(PAGE, **fields)
    assert answer.status_code == 422
    assert tally(engine) == before
    assert f'id="e-{field}"' in answer.text
    assert says in answer.text
    kept = sent_by(answer.text, "log")
    for name in ("hospital_number", "birth_date", "name", "technique"):
        assert kept[name] == [fields[name] if isinstance(fields[name], str) else fields[name][0]]


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_page(
    alice: Visitor, world: World
) -> None:
    fields = for_somebody_new(
        alice, birth_date="", technique="", average_pain="", operator="", note="x" * 2001
    )
    answer = alice.post(PAGE, **fields)
    links = [part.split('"')[0] for part in answer.text.split('href="#f-')[1:]]
    assert links == ["birth_date", "technique", "operator", "average_pain", "note"]


def test_a_number_that_somebody_has_is_never_registered_twice(
    alice: Visitor, world: World, engine: Engine
) -> None:
    fields = for_somebody_new(alice)
    with transaction(engine) as session:
        register_patient(
            session,
            actor=world.alice,
            site_id=world.north,
            draft=patient_draft("N7"),
            today=TODAY,
        )
    before = tally(engine)
    answer = alice.post(PAGE, **fields)
    assert answer.status_code == 422
    assert "has a patient with this hospital number already" in answer.text
    assert tally(engine) == before
    shown = sent_by(answer.text, "log")
    assert alice.post(PAGE, **shown).status_code == 303


def test_nobody_is_treated_on_paper_whom_the_form_was_not_showing(
    alice: Visitor, world: World, engine: Engine
) -> None:
    fields = {**opened(alice), "hospital_number": "H1", "technique": "CPN", "average_pain": "8"}
    before = tally(engine)
    answer = alice.post(PAGE, **fields)
    assert answer.status_code == 422
    assert "Check that this is the patient shown below" in answer.text
    assert tally(engine) == before
    assert alice.post(PAGE, **sent_by(answer.text, "log")).status_code == 303


def test_a_number_that_nobody_has_opens_the_fields_to_register_one(
    alice: Visitor, world: World
) -> None:
    fields = for_pat(alice, world, hospital_number="H2")
    answer = alice.post(PAGE, **fields)
    assert answer.status_code == 422
    assert "Nobody at this site has this hospital number" in answer.text
    assert "patient" not in sent_by(answer.text, "log")


def test_nothing_is_logged_after_a_death(alice: Visitor, world: World, engine: Engine) -> None:
    with transaction(engine) as session:
        dies(session, world, 20)
    page = alice.get(f"{PAGE}?patient={world.pat}")
    assert "Died 25 Jan 2026" in page.text
    before = tally(engine)
    answer = alice.post(PAGE, **for_pat(alice, world))
    assert answer.status_code == 422
    assert "lies after the patient" in answer.text
    assert tally(engine) == before


def test_a_double_click_is_one_record(alice: Visitor, world: World, engine: Engine) -> None:
    fields = for_pat(alice, world)
    first = alice.post(PAGE, **fields)
    after = tally(engine)
    second = alice.post(PAGE, **fields)
    assert (second.status_code, second.headers["location"]) == (303, first.headers["location"])
    assert tally(engine) == after


def test_a_double_click_for_a_new_patient_is_one_patient_and_one_record(
    alice: Visitor, world: World, engine: Engine
) -> None:
    fields = for_somebody_new(alice)
    first = alice.post(PAGE, **fields)
    after = tally(engine)
    second = alice.post(PAGE, **fields)
    assert (second.status_code, second.headers["location"]) == (303, first.headers["location"])
    assert tally(engine) == after


def test_a_form_changed_after_it_was_logged_says_so_and_can_be_logged_as_a_second(
    alice: Visitor, world: World, engine: Engine
) -> None:
    fields = for_pat(alice, world)
    alice.post(PAGE, **fields)
    after = tally(engine)
    answer = alice.post(PAGE, **{**fields, "note": "changed"})
    assert answer.status_code == 409
    assert "was logged already" in answer.text
    assert tally(engine) == after
    again = sent_by(answer.text, "log")
    assert again["note"] == ["changed"]
    asked = alice.post(PAGE, **again)
    assert "was logged for this patient on this day: this is a second one" in asked.text
    again["confirmed"] = [f"twice:coeliac-plexus:{TODAY}", f"second:{TODAY}"]
    assert alice.post(PAGE, **again).status_code == 303


@pytest.mark.parametrize("url", [PAGE, STEP])
def test_a_step_saves_nothing_wherever_it_is_sent(
    url: str, alice: Visitor, world: World, engine: Engine
) -> None:
    fields = for_pat(alice, world, step="opioids-add", note="kept")
    before = tally(engine)
    answer = alice.post(url, **fields)
    assert answer.status_code == 200
    assert tally(engine) == before
    kept = sent_by(answer.text, "log")
    assert kept["note"] == ["kept"]
    assert "opioids-1-drug" in kept


def test_who_reloads_a_step_gets_the_form_afresh(alice: Visitor, world: World) -> None:
    assert alice.get(STEP).headers["location"] == PAGE


def test_somebody_elses_patient_does_not_exist(
    charlie: Visitor, alice: Visitor, world: World, engine: Engine
) -> None:
    before = tally(engine)
    assert charlie.get(f"{PAGE}?patient={world.pat}").status_code == 404
    for url in (PAGE, STEP, f"{PAGE}/sentence"):
        assert charlie.post(url, **for_pat(alice, world)).status_code in {403, 404}
    own = {**for_pat(alice, world), "csrf_token": charlie.csrf_token}
    for url in (PAGE, STEP, f"{PAGE}/sentence"):
        assert charlie.post(url, **own).status_code == 404
    by_number = {**opened(charlie), "hospital_number": "H1"}
    assert "patient" not in stepped(charlie, by_number, "patient")
    assert tally(engine) == before


def test_who_may_not_write_records_is_refused(quinn: Visitor, world: World, engine: Engine) -> None:
    before = tally(engine)
    assert quinn.get(PAGE).status_code == 403
    assert quinn.get(f"{PAGE}?patient={world.pat}").status_code == 403
    for url in (PAGE, STEP, f"{PAGE}/sentence"):
        assert quinn.post(url, hospital_number="H1").status_code == 403
    assert tally(engine) == before


def test_a_form_from_elsewhere_is_refused(alice: Visitor, world: World, engine: Engine) -> None:
    fields = for_pat(alice, world)
    before = tally(engine)
    for url in (PAGE, STEP, f"{PAGE}/sentence"):
        assert alice.post(url, **{**fields, "csrf_token": "forged"}).status_code == 403
    assert tally(engine) == before


def test_who_works_at_two_sites_says_which(sign_in: SignIn, world: World, engine: Engine) -> None:
    with transaction(engine) as session:
        user = session.get_one(UserAccount, world.alice.user_id)
        south = ensure_site(session, "SOUTH")
        grant_role(session, actor=local_actor(session), user=user, site=south, role=Role.CLINICIAN)
        both = actor_of(session, user)
    alice = sign_in(both)
    fields = opened(alice)
    assert fields["site"] == [str(world.north)]
    found = stepped(alice, {**fields, "hospital_number": "H1"}, "patient")
    assert found["patient"] == [str(world.pat)]
    elsewhere = stepped(alice, {**found, "site": str(world.south)}, "patient")
    assert "patient" not in elsewhere
    typed = {"birth_date": "1/2/1960", "sex": "male", "technique": "ESP", "average_pain": "5"}
    nowhere = alice.post(PAGE, **{**elsewhere, **typed, "site": str(UUID(int=0))})
    assert nowhere.status_code == 422
    assert 'id="e-site"' in nowhere.text
    assert alice.post(PAGE, **{**elsewhere, **typed}).status_code == 303
    assert last_procedure(engine)[0].site_id == world.south


def test_the_operator_is_the_one_named_last(alice: Visitor, world: World) -> None:
    assert opened(alice)["operator"] == ["Dr Able"]


def test_no_hospital_number_stands_in_an_address(alice: Visitor, world: World) -> None:
    page = alice.post(STEP, **{**opened(alice), "hospital_number": "H1", "step": "patient"}).text
    addresses = [part.split('"')[0] for part in page.split('href="')[1:]]
    assert not [address for address in addresses if "H1" in address]
