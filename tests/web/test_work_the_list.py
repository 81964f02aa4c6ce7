"""The worklist on the screen and on paper, and ringing through it without script."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from registry.db.engine import transaction
from registry.db.tables import Assessment, AuditEvent, MissedFollowUp
from registry.domain.access import Actor
from registry.services.corrections import get_record
from registry.services.device_checks import add_device_check
from registry.services.patients import record_death, register_patient
from registry.services.procedures import log_procedure
from tests.services.test_follow_up_a_device import CHECK
from tests.services.test_follow_up_a_device import treat as place_pump
from tests.web.conftest import SignIn, Visitor
from tests.web.page_form import sent_by
from tests.web.queries import counted, rows
from tests.world import (
    TODAY,
    World,
    assessment_draft,
    morphine,
    patient_draft,
    procedure_draft,
)


def treat(
    session: Session,
    actor: Actor,
    site: UUID,
    number: str,
    days_ago: int,
    *,
    operator: str = "Dr Able",
    phone: str | None = None,
) -> UUID:
    """Register somebody and give them a coeliac plexus block so many days ago."""
    draft = patient_draft(number, name=f"Name of {number}")
    patient = register_patient(session, actor=actor, site_id=site, draft=draft, today=TODAY)
    patient.phone = phone
    on = TODAY - timedelta(days=days_ago)
    log_procedure(
        session,
        actor=actor,
        patient_id=patient.id,
        draft=procedure_draft(on, operator=operator),
        baseline=assessment_draft(on, 8, worst=9, regimen=morphine(30)),
        today=TODAY,
    )
    return patient.id


@pytest.fixture
def people(engine: Engine, world: World) -> dict[str, UUID]:
    """Treat four people: two are due, one is planned for later, one missed every window so far.

    The window of LATE closes tomorrow, that of TODAY in three days.
    """
    with transaction(engine) as session:
        north, alice = world.north, world.alice
        return {
            "LATE": treat(session, alice, north, "LATE", 9, phone="0113 (496) 0001"),
            "TODAY": treat(session, alice, north, "TODAY", 7, operator="Dr Brook"),
            "SOON": treat(session, alice, north, "SOON", 22),
            "GONE": treat(session, alice, north, "GONE", 60),
        }


def number_of(page: str) -> str:
    """Read whom a page of the call mode asks to ring."""
    found = re.search(r"<h1><a [^>]*>Name of (\w+)</a></h1>", page)
    return found[1] if found else "nobody"


def answer(visitor: Visitor, url: str, **fields: object) -> str:
    """Send the form of the patient to ring as a browser without script would; gives where to."""
    typed = sent_by(visitor.get(url).text, "call")
    response = visitor.post("/worklist/call", **{**typed, **fields})
    assert response.status_code == 303, response.text
    return str(response.headers["location"])


def test_each_row_says_whom_to_ring_what_was_done_and_until_when_it_counts(
    alice: Visitor, people: dict[str, UUID]
) -> None:
    page = alice.get("/worklist").text
    seven_days = page.split("<h2>At 7 days</h2>")[1].split("<h2>At 28 days</h2>")[0]
    late = seven_days.split(">LATE</a>")[1].split("</tr>")[0]
    assert 'href="tel:01134960001"' in late
    assert "Coeliac plexus" in late
    assert "28 Feb 2026" in late  # planned
    assert "3 Mar 2026" in late  # counts until
    assert "2 days late" in late
    assert f'href="/worklist/call?first={people["LATE"]}"' in late
    assert f'href="/patients/{people["LATE"]}/assessments/new"' in late
    assert f"/patients/{people['LATE']}/missed-follow-ups/new?windows=" in late
    gone = seven_days.split(">GONE</a>")[1].split("</tr>")[0]
    assert "missed" in gone
    assert "/assessments/new" not in gone
    assert "missed-follow-ups/new" in gone


def test_it_is_grouped_by_window_by_patient_and_by_clinician(
    alice: Visitor, people: dict[str, UUID]
) -> None:
    def titles(by: str) -> list[str]:
        return re.findall(r"<h2>(.+?)</h2>", alice.get(f"/worklist?by={by}").text.split("<main")[1])

    assert titles("window") == ["At 48 hours", "At 7 days", "At 28 days"]
    assert titles("clinician") == ["Dr Able", "Dr Brook"]
    assert titles("patient")[0] == "LATE · Name of LATE"
    asked_wrong, *others = titles("elsewhere")
    assert "could not be narrowed" in asked_wrong
    assert others == titles("window")


def test_its_filters_live_in_the_address_and_narrow_list_and_round(
    alice: Visitor, people: dict[str, UUID]
) -> None:
    page = alice.get("/worklist?clinician=Dr+Brook").text
    assert ">TODAY</a>" in page
    assert ">LATE</a>" not in page
    assert 'href="/worklist/call?clinician=Dr+Brook"' in page
    assert number_of(alice.get("/worklist/call?clinician=Dr+Brook").text) == "TODAY"
    page = alice.get("/worklist?window=28d").text
    assert ">SOON</a>" in page
    assert ">TODAY</a>" not in page
    refused = alice.get("/worklist?window=yesterday").text
    assert "There is no such value; it was left out." in refused
    assert ">TODAY</a>" in refused


def test_who_died_is_not_on_it_a_moment_later(
    alice: Visitor, engine: Engine, world: World, people: dict[str, UUID]
) -> None:
    assert ">GONE</a>" in alice.get("/worklist").text
    with transaction(engine) as session:
        for who in ("LATE", "GONE"):
            record_death(
                session, actor=world.alice, patient_id=people[who], died_on=TODAY, today=TODAY
            )
    page = alice.get("/worklist").text
    assert ">GONE</a>" not in page
    assert ">LATE</a>" not in page
    assert number_of(alice.get("/worklist/call").text) == "TODAY"


@pytest.mark.parametrize("address", ["/worklist", "/worklist?print=1", "/worklist/call"])
def test_it_is_for_those_who_follow_patients_up(
    address: str, quinn: Visitor, sign_in: SignIn, world: World
) -> None:
    assert quinn.get(address).status_code == 403
    assert sign_in(world.audrey).get(address).status_code == 403
    assert sign_in(world.bob).get(address).status_code == 200
    assert 'href="/worklist"' not in quinn.get("/").text


def test_other_sites_are_on_other_lists(
    charlie: Visitor, people: dict[str, UUID], world: World
) -> None:
    assert "LATE" not in charlie.get("/worklist").text
    assert "Nobody is left to ring" in charlie.get("/worklist/call").text
    response = charlie.post("/worklist/call", patient=str(people["LATE"]), average_pain="4")
    assert response.status_code == 404


def test_it_takes_the_same_queries_however_much_there_is(
    alice: Visitor, engine: Engine, world: World, people: dict[str, UUID]
) -> None:
    def queries(address: str) -> int:
        with counted(engine) as statements:
            assert alice.get(address).status_code == 200
        return len(statements)

    addresses = ("/worklist", "/worklist?by=patient", "/worklist?print=1", "/worklist/call")
    few = {address: queries(address) for address in addresses}
    with transaction(engine) as session:
        for number, days_ago in enumerate((9, 7, 22, 60, 8, 3)):
            treat(session, world.alice, world.north, f"M{number}", days_ago)
    assert {address: queries(address) for address in addresses} == few


def test_refills_that_are_due_stand_below_unless_it_is_narrowed(
    alice: Visitor, engine: Engine, world: World
) -> None:
    with transaction(engine) as session:
        pump = place_pump(session, world)
        pump_id = pump.id
        add_device_check(session, actor=world.alice, procedure_id=pump_id, draft=CHECK, today=TODAY)
    refills = alice.get("/worklist").text.split("<h2>Refills due</h2>")[1]
    assert ">H1</a>" in refills
    assert "9 Mar 2026" in refills
    assert "7 days to go" in refills
    assert f'href="/procedures/{pump_id}/device-checks/new"' in refills
    assert "Refills due" not in alice.get("/worklist?window=7d").text
    with transaction(engine) as session:
        record_death(session, actor=world.alice, patient_id=world.pat, died_on=TODAY, today=TODAY)
    assert "Refills due" not in alice.get("/worklist").text


def test_on_paper_stand_those_who_can_still_be_rung(
    alice: Visitor, people: dict[str, UUID]
) -> None:
    page = alice.get("/worklist?print=1").text
    head = page.split('class="paper-head"')[1].split("</tr>")[0]
    assert "NORTH" in head
    assert "2 Mar 2026" in head
    assert "LATE, Name of LATE" in page
    assert "0113 (496) 0001" in page
    assert "GONE" not in page
    row = page.split("LATE, Name of LATE")[1].split("</tr>")[0]
    assert row.count("score-blank") == 2


def test_who_is_rung_first_is_whose_window_closes_first(
    alice: Visitor, people: dict[str, UUID]
) -> None:
    page = alice.get("/worklist/call").text
    assert number_of(page) == "LATE"
    assert "1 more after this one" in page
    assert 'href="tel:01134960001"' in page
    assert "born 17 May 1950, aged 75" in page
    assert "9 days ago; counts at 7 days until" in page
    assert "average <strong" in page
    assert "Morphine, oral, 30 mg 2 times a day" in page
    assert "60 mg/24 h oral morphine" in page


def test_what_was_said_is_an_assessment_by_phone_of_today(
    alice: Visitor, engine: Engine, world: World, people: dict[str, UUID]
) -> None:
    onwards = answer(alice, "/worklist/call", average_pain="3", worst_pain="5", opioids_same="yes")
    saved = rows(engine, Assessment)[-1]
    assert (saved.patient_id, saved.assessed_on, saved.source) == (people["LATE"], TODAY, "phone")
    with transaction(engine, write=False) as session:
        row = get_record(session, Assessment, actor=world.alice, record_id=saved.id)
        scores = {(s.kind, s.recall, s.respondent): s.score for s in row.scores}
        assert scores == {("average", "24h", "self"): 3, ("worst", "24h", "self"): 5}
        assert [(o.drug, o.dose, o.per_day) for o in row.opioids] == [("morphine", 30, 2)]
        assert row.medd_mg == 60
    page = alice.get(onwards).text
    assert number_of(page) == "TODAY"
    notice = page.split("Saved: ")[1].split("</p>")[0]
    assert notice == "average 3/10, worst 5/10, opioids unchanged."
    assert "LATE" not in page


def test_opioids_not_confirmed_were_not_asked(
    alice: Visitor, engine: Engine, people: dict[str, UUID]
) -> None:
    answer(alice, "/worklist/call", average_pain="3")
    assert rows(engine, Assessment)[-1].regimen_recorded is False


def test_nobody_takes_back_what_another_has_recorded(
    alice: Visitor, sign_in: SignIn, world: World, engine: Engine, people: dict[str, UUID]
) -> None:
    answer(alice, "/worklist/call", average_pain="3")
    saved = rows(engine, Assessment)[-1]
    refused = sign_in(world.bob).post("/worklist/call/undo", assessment=str(saved.id))
    assert refused.status_code == 409
    assert rows(engine, Assessment)[-1].voided_at is None


def test_undo_voids_it_and_brings_the_patient_back(
    alice: Visitor, engine: Engine, people: dict[str, UUID]
) -> None:
    onwards = answer(alice, "/worklist/call", average_pain="3")
    saved = rows(engine, Assessment)[-1]
    undone = alice.post("/worklist/call/undo", assessment=str(saved.id))
    assert undone.status_code == 303
    page = alice.get(undone.headers["location"]).text
    assert number_of(page) == "LATE"
    assert "Taken back: entered in error." in page
    assert rows(engine, Assessment)[-1].void_reason == "Entered in error."
    assert "Saved:" not in alice.get(onwards).text
    event = rows(engine, AuditEvent)[-1]
    assert (event.record_id, event.reason) == (saved.id, "Entered in error.")


def test_no_answer_records_nothing_and_puts_the_patient_at_the_end(
    alice: Visitor, engine: Engine, people: dict[str, UUID]
) -> None:
    def skip(page: str) -> str:
        found = re.search(r'href="([^"]+)" data-key="n"', page)
        assert found
        return alice.get(found[1].replace("&amp;", "&")).text

    before = len(rows(engine, AuditEvent))
    second = skip(alice.get("/worklist/call").text)
    assert number_of(second) == "TODAY"
    third = skip(second)
    assert number_of(third) == "LATE"
    assert "did not answer before" in third
    assert number_of(skip(third)) == "TODAY"
    assert len(rows(engine, AuditEvent)) == before
    # An answer of the one who comes next leaves the other at the end.
    onwards = answer(alice, f"/worklist/call?skipped={people['LATE']}", average_pain="2")
    assert number_of(alice.get(onwards).text) == "LATE"


def test_a_proxys_answer_is_kept_and_the_patients_own_still_waits(
    alice: Visitor, engine: Engine, people: dict[str, UUID]
) -> None:
    onwards = answer(alice, "/worklist/call", average_pain="3", respondent=["proxy", "self"])
    page = alice.get(onwards).text
    assert "average 3/10, by proxy" in page
    assert number_of(page) == "TODAY"
    assert people["LATE"].hex in onwards.replace("-", "")
    assert ">LATE</a>" in alice.get("/worklist").text


def test_too_unwell_is_recorded_for_every_open_window_and_can_be_undone(
    alice: Visitor, engine: Engine, world: World, people: dict[str, UUID]
) -> None:
    with transaction(engine) as session:
        on = TODAY - timedelta(days=2)
        log_procedure(
            session,
            actor=world.alice,
            patient_id=people["LATE"],
            draft=procedure_draft(on, technique="splanchnic-nerves", intent="repeat"),
            baseline=assessment_draft(on - timedelta(days=4), 7),
            today=TODAY,
        )
    onwards = answer(alice, "/worklist/call", missed="too-unwell")
    made = rows(engine, MissedFollowUp)
    assert sorted((m.window_slug, m.reason) for m in made) == [
        ("48h", "too-unwell"),
        ("7d", "too-unwell"),
    ]
    page = alice.get(onwards).text
    assert number_of(page) == "TODAY"
    assert "Saved: too unwell to answer." in page
    undone = alice.post("/worklist/call/undo", missed=[str(m.id) for m in made])
    assert number_of(alice.get(undone.headers["location"]).text) == "LATE"


def test_what_is_wrong_is_said_in_place_and_nothing_chosen_is_lost(
    alice: Visitor, engine: Engine, people: dict[str, UUID]
) -> None:
    typed = sent_by(alice.get("/worklist/call?clinician=Dr+Able").text, "call")
    typed |= {"average_pain": "6", "worst_pain": "4", "opioids_same": "yes"}
    response = alice.post("/worklist/call", **typed)
    assert response.status_code == 422
    assert number_of(response.text) == "LATE"
    assert "Worst pain is lower than average." in response.text
    kept = sent_by(response.text, "call")
    assert (kept["average_pain"], kept["worst_pain"], kept["opioids_same"]) == (
        ["6"],
        ["4"],
        ["yes"],
    )
    assert kept["clinician"] == ["Dr Able"]
    nothing = alice.post("/worklist/call", patient=str(people["LATE"]))
    assert nothing.status_code == 422
    assert "Enter at least a pain score" in nothing.text


def test_what_is_unlikely_is_asked_once_in_place(alice: Visitor, people: dict[str, UUID]) -> None:
    typed = sent_by(alice.get("/worklist/call").text, "call")
    answer(alice, "/worklist/call", average_pain="3", respondent=["proxy", "self"])
    again = {**typed, "submission": "another", "average_pain": "3", "respondent": "proxy"}
    response = alice.post("/worklist/call", **again)
    assert response.status_code == 422
    (code,) = re.findall(r'name="confirmed" value="([^"]+)"', response.text)
    assert number_of(response.text) == "LATE"
    assert alice.post("/worklist/call", **{**again, "confirmed": code}).status_code == 303


def test_a_double_click_is_one_assessment(
    alice: Visitor, engine: Engine, people: dict[str, UUID]
) -> None:
    typed = {**sent_by(alice.get("/worklist/call").text, "call"), "average_pain": "3"}
    before = len(rows(engine, Assessment))
    first, second = (alice.post("/worklist/call", **typed) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert len(rows(engine, Assessment)) == before + 1


def test_the_editor_of_opioids_goes_on_with_what_was_chosen(
    alice: Visitor, people: dict[str, UUID]
) -> None:
    page = alice.get("/worklist/call").text
    button = re.search(r'name="step" value="([^"]+)"\s+formaction="([^"]+)"', page)
    assert button
    typed = {**sent_by(page, "call"), "average_pain": "6", "step": button[1]}
    editor = alice.post(button[2], **typed)
    assert editor.status_code == 200
    assert re.search(r'name="average_pain" value="6" checked', editor.text)
    assert re.search(r'value="30"', editor.text)


def test_a_round_that_is_done_says_so(alice: Visitor, people: dict[str, UUID]) -> None:
    for _ in range(2):
        onwards = answer(alice, "/worklist/call", average_pain="3")
    page = alice.get(onwards).text
    assert "The round is done" in page
    assert "Saved: average 3/10" in page


def test_whoever_died_meanwhile_is_not_assessed(
    alice: Visitor, engine: Engine, world: World, people: dict[str, UUID]
) -> None:
    typed = {**sent_by(alice.get("/worklist/call").text, "call"), "average_pain": "3"}
    with transaction(engine) as session:
        died_on = TODAY - timedelta(days=1)
        record_death(
            session, actor=world.alice, patient_id=people["LATE"], died_on=died_on, today=TODAY
        )
    response = alice.post("/worklist/call", **typed)
    assert response.status_code == 422
    assert "after the patient&#39;s death" in response.text


def test_home_offers_the_round_when_somebody_is_due(
    alice: Visitor, quinn: Visitor, people: dict[str, UUID]
) -> None:
    assert 'href="/worklist/call"' in alice.get("/").text
    assert 'href="/worklist/call"' not in quinn.get("/").text
    for _ in range(2):
        answer(alice, "/worklist/call", average_pain="3")
    assert 'href="/worklist/call"' not in alice.get("/").text


def test_no_value_of_a_patient_stands_in_an_address(
    alice: Visitor, people: dict[str, UUID]
) -> None:
    onwards = answer(alice, "/worklist/call", average_pain="3", worst_pain="5")
    assert re.fullmatch(r"/worklist/call\?assessment=[0-9a-f-]{36}", onwards)
