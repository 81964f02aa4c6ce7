"""Amending and voiding what was recorded: with a reason, and all of it in the history."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.db.tables import AdverseEvent, Assessment, AuditEvent, Procedure, ProcedureOutcomeRow
from registry.domain.drafts import AdverseEventDraft, AgentDraft
from registry.services.adverse_events import add_adverse_event
from registry.services.corrections import Amendment
from registry.services.procedures import amend_procedure
from tests.web.conftest import SignIn, Visitor
from tests.web.queries import rows
from tests.world import PERFORMED, TODAY, World, follow_up, procedure_draft


@pytest.fixture
def assessed(engine: Engine, world: World) -> UUID:
    """Follow Pat up after a week: average 4, morphine 20 mg twice a day."""
    with transaction(engine) as session:
        return follow_up(session, world, 7, 4, mg=20)


def fields_of(page: str) -> dict[str, Any]:
    """Read what a browser would send of the page's correction form."""
    form = max(page.split("<form")[1:], key=len).split("</form>")[0]
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind, name = found.get("type", "text"), found.get("name")
        if name is None or (kind in {"radio", "checkbox"} and " checked" not in tag):
            continue
        if kind == "checkbox":
            fields.setdefault(name, []).append(found["value"])
        else:
            fields[name] = found.get("value", "")
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        fields[name] = chosen[1] if chosen else ""
    for name, body in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.S
    ):
        fields[name] = body
    return {
        name: [unescape(v) for v in value] if isinstance(value, list) else unescape(value)
        for name, value in fields.items()
    }


def edit(visitor: Visitor, url: str, **changes: Any) -> Any:
    """Open a correction form, change some fields and save it."""
    typed = fields_of(visitor.get(url).text)
    return visitor.post(url, **{**typed, "reason": "Misread the notes", **changes})


def find(engine: Engine, table: type[Any], record_id: UUID) -> Any:
    return next(row for row in rows(engine, table) if row.id == record_id)


def outcome(engine: Engine, world: World) -> ProcedureOutcomeRow | None:
    with transaction(engine, write=False) as session:
        return session.get(ProcedureOutcomeRow, (world.north, world.celiac))


def last_event(engine: Engine) -> AuditEvent:
    return rows(engine, AuditEvent)[-1]


def test_an_amended_assessment_changes_the_outcome_and_the_trail_keeps_both_versions(
    alice: Visitor, engine: Engine, world: World, assessed: UUID
) -> None:
    response = edit(alice, f"/assessments/{assessed}/edit", average_pain="7")
    assert response.headers["location"] == f"/patients/{world.pat}"
    assert "Assessment corrected." in alice.get(response.headers["location"]).text
    row = outcome(engine, world)
    assert row is not None
    assert (row.nrs_7d, row.state_7d, row.medd_7d) == (7, "non_responder", 40.0)
    event = last_event(engine)
    assert (event.action, event.actor, event.reason) == ("amend", "Alice", "Misread the notes")
    assert event.changes == {"scores": [{"average/24h/self": 4}, {"average/24h/self": 7}]}


def test_a_procedure_keeps_every_axis_that_is_not_changed(
    alice: Visitor, engine: Engine, world: World
) -> None:
    rich = procedure_draft(
        agents=(
            AgentDraft(
                agent_class="alcohol", substance="ethanol", concentration=96.0, volume_ml=20.5
            ),
        ),
        guidance=("ct", "fluoroscopy"),
        approach="retrocrural",
        laterality="bilateral",
        levels=("T12", "L1"),
        sedation="moderate",
        technical_success="complete",
        mechanism="visceral",
        pain_site="Upper abdomen",
        supervisor="Dr Elder",
        note="Two needles & <patience>",
    )
    with transaction(engine) as session:
        amend_procedure(
            session,
            actor=world.alice,
            procedure_id=world.celiac,
            draft=rich,
            amendment=Amendment(1, "Filled in"),
            today=TODAY,
        )
    response = edit(alice, f"/procedures/{world.celiac}/edit", operator="Dr Baker")
    assert response.status_code == 303, response.text
    assert last_event(engine).changes == {"operator": ["Dr Able", "Dr Baker"]}


def test_a_procedure_can_be_moved_to_another_day(
    alice: Visitor, engine: Engine, world: World, assessed: UUID
) -> None:
    edit(
        alice,
        f"/procedures/{world.celiac}/edit",
        performed_on="9/1/2026",
        baseline_missing_reason="asked too early",
    )
    assert find(engine, Procedure, world.celiac).performed_on.isoformat() == "2026-01-09"
    row = outcome(engine, world)
    assert row is not None
    assert (row.nrs_48h, row.nrs_7d) == (4, None)


def test_another_technique_shows_its_own_axes_and_saves_nothing_yet(
    alice: Visitor, engine: Engine, world: World
) -> None:
    url = f"/procedures/{world.celiac}/edit"
    typed = {**fields_of(alice.get(url).text), "technique": "percutaneous cordotomy"}
    page = alice.post(url, **{**typed, "step": "technique", "reason": "Keep me"}).text
    assert "Keep me" in page
    assert 'name="details_for" value="percutaneous-cordotomy"' in page
    assert find(engine, Procedure, world.celiac).technique == "coeliac-plexus"


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_correction_without_a_reason_is_refused_and_nothing_typed_is_lost(
    alice: Visitor, engine: Engine, world: World, assessed: UUID, reason: str
) -> None:
    response = edit(
        alice, f"/assessments/{assessed}/edit", average_pain="7", assessed_on="31/2", reason=reason
    )
    assert response.status_code == 422
    assert "Say why the record is corrected." in response.text
    assert "This is not a day that can be read." in response.text
    assert 'value="31/2"' in response.text
    assert fields_of(response.text)["average_pain"] == "7"
    assert find(engine, Assessment, assessed).version == 1
    for url in (f"/procedures/{world.celiac}/edit", f"/assessments/{assessed}/void"):
        assert edit(alice, url, reason=reason).status_code == 422
    assert last_event(engine).action == "add_assessment"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"average_pain": "11"}, "A pain score is a whole number from 0 to 10."),
        ({"assessed_on": "3 Mar 2026"}, "lies in the future"),
        ({"reason": "x" * 501}, "Shorten this to 500 characters"),
        ({"assessment_note": "x" * 2001}, "Shorten this to 2000 characters"),
    ],
)
def test_a_bad_amendment_of_an_assessment_writes_nothing(
    alice: Visitor, engine: Engine, assessed: UUID, changes: dict[str, str], message: str
) -> None:
    response = edit(alice, f"/assessments/{assessed}/edit", **changes)
    assert response.status_code == 422
    assert message in response.text
    row = find(engine, Assessment, assessed)
    assert (row.version, row.note) == (1, None)
    assert last_event(engine).action == "add_assessment"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"performed_on": "3 Mar 2026"}, "lies in the future"),
        ({"technique": "no such thing"}, "No technique has this name"),
        ({"operator": ""}, "Enter who did the procedure."),
        ({"laterality": "sideways"}, "Side of Coeliac plexus"),
        ({"levels": "Z9"}, "Write levels as C1-C2"),
        ({"agents-0-agent_class": "cement"}, "Agent of Coeliac plexus is one of"),
        ({"agents-0-agent_class": "alcohol", "agents-0-volume_ml": "lots"}, "Enter a number"),
    ],
)
def test_a_bad_amendment_of_a_procedure_writes_nothing(
    alice: Visitor, engine: Engine, world: World, changes: dict[str, str], message: str
) -> None:
    response = edit(alice, f"/procedures/{world.celiac}/edit", note="Keep me", **changes)
    assert response.status_code == 422
    assert message in response.text
    assert "Keep me" in response.text
    row = find(engine, Procedure, world.celiac)
    assert (row.version, row.note, row.performed_on) == (1, None, PERFORMED)


def test_a_stale_edit_shows_what_stands_now_beside_what_was_typed(
    alice: Visitor, sign_in: SignIn, engine: Engine, world: World, assessed: UUID
) -> None:
    url = f"/assessments/{assessed}/edit"
    opened = fields_of(alice.get(url).text)
    edit(sign_in(world.bob), url, average_pain="2", reason="Rang again")
    typed = {**opened, "average_pain": "7", "assessment_note": "My words", "reason": "Misread"}
    stale = alice.post(url, **typed)
    assert stale.status_code == 409
    standing = stale.text.split("What stands now</h2>")[1]
    assert "2/10 average 24 h" in standing
    assert "Corrected by Bob, coordinator" in standing
    assert "Rang again" in standing
    kept = fields_of(stale.text)
    assert (kept["average_pain"], kept["assessment_note"]) == ("7", "My words")
    assert (kept["reason"], kept["version"]) == ("Misread", "2")
    assert find(engine, Assessment, assessed).version == 2
    assert alice.post(url, **kept).status_code == 303
    assert last_event(engine).changes["scores"] == [
        {"average/24h/self": 2},
        {"average/24h/self": 7},
    ]


def test_a_stale_edit_of_a_procedure_loses_nothing_either(
    alice: Visitor, engine: Engine, world: World
) -> None:
    url = f"/procedures/{world.celiac}/edit"
    opened = fields_of(alice.get(url).text)
    edit(alice, url, operator="Dr Baker")
    stale = alice.post(url, **{**opened, "operator": "Dr Clark", "reason": "Misread"})
    assert stale.status_code == 409
    assert "Dr Baker" in stale.text.split("What stands now</h2>")[1]
    assert fields_of(stale.text)["operator"] == "Dr Clark"
    assert find(engine, Procedure, world.celiac).operator == "Dr Baker"
    for version in ("", "x", "²", "9" * 5000):
        response = alice.post(url, **{**opened, "reason": "Forged", "version": version})
        assert response.status_code == 409


def test_a_voided_assessment_leaves_everything_derived_and_stays_in_the_history(
    alice: Visitor, engine: Engine, world: World, assessed: UUID
) -> None:
    url = f"/assessments/{assessed}/void"
    assert "4/10 average 24 h" in alice.get(url).text
    response = edit(alice, url, reason="Another patient")
    assert response.headers["location"] == f"/patients/{world.pat}"
    page = alice.get(response.headers["location"]).text
    assert "The assessment was voided." in page
    course, _, voided = page.partition('<details class="voided">')
    assert "12 Jan 2026" not in course
    assert "Voided records (1)" in voided
    assert "Voided by Alice" in voided
    assert f"/assessments/{assessed}/undo-void" in voided
    row = outcome(engine, world)
    assert row is not None
    assert row.nrs_7d is None
    history = alice.get(f"/patients/{world.pat}/records/{assessed}/history").text
    assert "Voided by Alice, clinician" in history
    assert "Another patient" in history
    assert alice.get(url).status_code == 404
    assert alice.get(f"/assessments/{assessed}/edit").status_code == 404


def test_a_procedure_goes_only_after_its_adverse_events(
    alice: Visitor, engine: Engine, world: World
) -> None:
    with transaction(engine) as session:
        event = add_adverse_event(
            session,
            actor=world.alice,
            procedure_id=world.celiac,
            draft=AdverseEventDraft(onset_on=PERFORMED, complication="hypotension"),
            today=TODAY,
        )
    refused = edit(alice, f"/procedures/{world.celiac}/void", reason="Not done")
    assert refused.status_code == 422
    assert "Void or correct them first" in refused.text
    assert "Void this procedure" not in refused.text
    assert edit(alice, f"/adverse-events/{event.id}/void").status_code == 303
    assert find(engine, AdverseEvent, event.id).voided_at is not None
    assert edit(alice, f"/procedures/{world.celiac}/void").status_code == 303
    assert outcome(engine, world) is None


def test_a_stale_void_shows_what_stands_now(alice: Visitor, engine: Engine, assessed: UUID) -> None:
    url = f"/assessments/{assessed}/void"
    opened = fields_of(alice.get(url).text)
    edit(alice, f"/assessments/{assessed}/edit", average_pain="1")
    stale = alice.post(url, **{**opened, "reason": "Wrong"})
    assert stale.status_code == 409
    assert "1/10 average 24 h" in stale.text
    assert find(engine, Assessment, assessed).voided_at is None
    assert alice.post(url, **fields_of(stale.text)).status_code == 303


def test_the_history_tells_differences_in_the_pages_words(
    alice: Visitor, world: World, assessed: UUID
) -> None:
    edit(alice, f"/assessments/{assessed}/edit", **{"opioids-0-dose": "25", "akps": "60"})
    edit(alice, f"/procedures/{world.celiac}/edit", laterality="left", guidance=["ct"])
    page = alice.get(f"/patients/{world.pat}/records/{assessed}/history").text
    assert page.index("Corrected by Alice, clinician") < page.index("Recorded by Alice, clinician")
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Reason: “Misread the notes”" in words
    assert (
        "Opioids Morphine, oral, 20 mg 2 times a day Morphine, oral, 25 mg 2 times a day" in words
    )
    assert "MEDD 40 mg/24 h oral morphine 50 mg/24 h oral morphine" in words
    assert "Function and change – AKPS 60" in words
    procedure = alice.get(f"/patients/{world.pat}/records/{world.celiac}/history").text
    words = " ".join(re.sub(r"<[^>]+>", " ", procedure).split())
    assert "Side – Left" in words
    assert "Guidance – CT" in words
    assert "Technique Coeliac plexus" in words
    assert "coeliac-plexus" not in words


def test_a_history_belongs_to_its_patient(alice: Visitor, world: World) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"
    assert alice.get(f"/patients/{world.pat}/records/{nobody}/history").status_code == 404
    assert alice.get(f"/patients/{nobody}/records/{world.celiac}/history").status_code == 404
    assert alice.get(f"/patients/{world.pat}/records/{world.pat}/history").status_code == 404


def test_a_stranger_gets_a_404_and_who_may_not_see_records_a_403(
    charlie: Visitor,
    quinn: Visitor,
    sign_in: SignIn,
    engine: Engine,
    world: World,
    assessed: UUID,
) -> None:
    forms = (
        f"/assessments/{assessed}/edit",
        f"/procedures/{world.celiac}/edit",
        f"/assessments/{assessed}/void",
        f"/procedures/{world.celiac}/void",
    )
    for visitor, status in ((charlie, 404), (quinn, 403), (sign_in(world.audrey), 403)):
        for url in forms:
            assert visitor.get(url).status_code == status
            assert visitor.post(url, version="1", reason="Mine now").status_code == status
        history = visitor.get(f"/patients/{world.pat}/records/{assessed}/history")
        assert history.status_code == status
    assert "amend" not in {event.action for event in rows(engine, AuditEvent)}
    assert charlie.get(f"/spells/{assessed}/void").status_code == 404


def test_a_coordinator_corrects_too_and_a_forged_form_does_not(
    alice: Visitor, sign_in: SignIn, world: World, assessed: UUID
) -> None:
    url = f"/assessments/{assessed}/edit"
    assert edit(sign_in(world.bob), url, average_pain="5").status_code == 303
    assert edit(alice, url, average_pain="6", csrf_token="forged").status_code == 403
