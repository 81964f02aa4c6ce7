"""A block and its neurolysis, a trial and its implant: linked when logged, shown as one course."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import col, select

from registry.db.engine import transaction
from registry.db.tables import AuditEvent, Procedure, ProcedureOutcomeRow
from registry.domain.access import Actor
from registry.domain.drafts import AgentDraft
from registry.services.assessments import add_assessment
from registry.services.outcomes import outcome_frame
from registry.services.patients import register_patient
from registry.services.procedures import log_procedure
from reports.filters import Filters
from tests.web.conftest import Visitor
from tests.web.page_form import sent_by
from tests.world import TODAY, World, assessment_draft, patient_draft, procedure_draft

PAGE = "/procedures/new"
STEP = "/procedures/new/step"
BLOCKED = date(2026, 2, 20)
TREATED = "24 Feb 2026"
Connect = Callable[[Actor], TestClient]


def logged(engine: Engine, world: World, on: date, intent: str, **changes: Any) -> UUID:
    with transaction(engine) as session:
        draft = procedure_draft(on, **{"intent": intent, "pain_site": "epigastrium", **changes})
        return log_procedure(
            session,
            actor=world.alice,
            patient_id=changes.pop("patient", world.pat),
            draft=draft,
            baseline=assessment_draft(on, 8),
            today=TODAY,
        ).id


@pytest.fixture
def block(engine: Engine, world: World) -> UUID:
    agents = (AgentDraft(agent_class="local-anaesthetic", volume_ml=20),)
    return logged(engine, world, BLOCKED, "prognostic", agents=agents)


def procedure(engine: Engine, procedure_id: UUID) -> Procedure:
    with transaction(engine) as session:
        return session.exec(select(Procedure).where(Procedure.id == procedure_id)).one()


def latest(engine: Engine) -> Procedure:
    with transaction(engine) as session:
        return session.exec(select(Procedure).order_by(col(Procedure.id).desc())).first()  # type: ignore[return-value]


def stepped(visitor: Visitor, fields: dict[str, Any], step: str) -> tuple[str, dict[str, Any]]:
    page = visitor.post(STEP, **{**fields, "step": step}).text
    return page, sent_by(page, "log")


def neurolysis(visitor: Visitor, world: World, **typed: Any) -> tuple[str, dict[str, Any]]:
    """Choose patient and technique without script, as far as the form offers what is continued."""
    fields = sent_by(visitor.get(f"{PAGE}?patient={world.pat}").text, "log")
    fields |= {"technique": "CPN", "performed_on": TREATED, "average_pain": "8", **typed}
    return stepped(visitor, fields, "technique")


def test_the_one_block_that_fits_is_chosen_and_its_result_asked_for(
    alice: Visitor, world: World, block: UUID
) -> None:
    page, fields = neurolysis(alice, world)
    assert fields["follows_id"] == [str(block)]
    assert "Result of the prognostic block of 20 Feb 2026" in page
    assert "20 Feb 2026: Prognostic block, Coeliac plexus" in page
    assert "continuing the prognostic block of 20 Feb 2026" in page


def test_the_result_is_written_to_the_block_as_an_audited_correction(
    alice: Visitor, world: World, block: UUID, engine: Engine
) -> None:
    _, fields = neurolysis(alice, world)
    done = alice.post(PAGE, **{**fields, "block_result": "positive", "block_relief_percent": "80"})
    assert done.status_code == 303
    treated, told = latest(engine), procedure(engine, block)
    assert (treated.follows_id, treated.block_result, treated.block_relief_percent) == (
        block,
        None,
        None,
    )
    assert (told.block_result, told.block_relief_percent, told.version) == ("positive", 80, 2)
    with transaction(engine) as session:
        (event,) = session.exec(
            select(AuditEvent).where(AuditEvent.record_id == block, AuditEvent.action == "amend")
        ).all()
        assert event.changes["block_result"] == [None, "positive"]
        assert event.reason == "Its result was told with the procedure that continues it."


def test_nothing_is_written_to_the_block_when_the_rest_is_refused(
    alice: Visitor, world: World, block: UUID, engine: Engine
) -> None:
    _, fields = neurolysis(alice, world)
    answer = alice.post(
        PAGE, **{**fields, "block_result": "positive", "operator": "", "note": "kept"}
    )
    assert answer.status_code == 422
    assert procedure(engine, block).block_result is None
    assert sent_by(answer.text, "log")["block_result"] == ["positive"]
    assert sent_by(answer.text, "log")["follows_id"] == [str(block)]


def test_who_says_that_it_stands_alone_is_believed(
    alice: Visitor, world: World, block: UUID, engine: Engine
) -> None:
    _, fields = neurolysis(alice, world)
    _, fields = stepped(alice, {**fields, "follows_id": ""}, "continues")
    assert fields["follows_id"] == [""]
    assert alice.post(PAGE, **fields).status_code == 303
    assert latest(engine).follows_id is None


def test_of_two_that_fit_none_is_chosen_for_anyone(
    alice: Visitor, world: World, block: UUID, engine: Engine
) -> None:
    other = logged(engine, world, BLOCKED + timedelta(days=1), "diagnostic")
    page, fields = neurolysis(alice, world)
    assert fields["follows_id"] == [""]
    assert page.index(str(other)) < page.index(str(block))


def test_another_intent_is_offered_what_it_can_continue(
    alice: Visitor, world: World, block: UUID
) -> None:
    _, fields = neurolysis(alice, world)
    page, fields = stepped(alice, {**fields, "intent": "prognostic"}, "intent")
    assert "follows_id" not in fields
    assert "Result of the block or trial" in page
    _, fields = stepped(alice, {**fields, "intent": "repeat"}, "intent")
    options = (world.celiac, block)
    page, _ = stepped(alice, {**fields, "intent": "repeat"}, "intent")
    assert all(f'value="{option}"' in page for option in options)


def test_a_patient_without_earlier_procedures_is_asked_nothing_more(
    alice: Visitor, world: World, engine: Engine
) -> None:
    with transaction(engine) as session:
        new = register_patient(
            session,
            actor=world.alice,
            site_id=world.north,
            draft=patient_draft("H9"),
            today=TODAY,
        ).id
    fields = sent_by(alice.get(f"{PAGE}?patient={new}").text, "log")
    _, fields = stepped(alice, {**fields, "technique": "CPN"}, "technique")
    assert "follows_id" not in fields


def test_what_was_typed_closed_opens_and_the_rest_stays_closed(
    alice: Visitor, world: World
) -> None:
    fields = sent_by(alice.get(f"{PAGE}?patient={world.pat}").text, "log")
    assert re.findall(
        r'<details class="asked-by-few" id="[\w-]+"(?: open)?>', alice.get(PAGE).text
    ) == [
        '<details class="asked-by-few" id="more-what">',
        '<details class="asked-by-few" id="more-pain">',
    ]
    page, _ = stepped(alice, {**fields, "trainee": "Dr New", "technique": "CPN"}, "technique")
    assert '<details class="asked-by-few" id="more-what" open>' in page
    assert '<details class="asked-by-few" id="more-pain">' in page
    page = alice.post(PAGE, **{**fields, "technique": "CPN", "prognosis": "rosy"}).text
    assert '<details class="asked-by-few" id="more-pain" open>' in page


EVERYTHING = {
    "setting": "day-case",
    "supervisor": "Dr Senior",
    "trainee": "Dr New",
    "referred_on": "20 Feb 2026",
    "mechanism": "visceral",
    "pain_region": "upper-abdomen",
    "pain_cause": "tumour",
    "prognosis": "weeks",
    "anticoagulation": "prophylactic",
    "radiotherapy_28d": "no",
    "systemic_therapy_28d": "yes",
    "sedation": "moderate",
    "guidance": ["ct", "eus"],
    "technical_success": "partial",
    "technical_failure": "not-tolerated",
}


def test_everything_about_a_procedure_is_entered_shown_and_corrected(
    alice: Visitor, world: World, engine: Engine
) -> None:
    _, fields = neurolysis(alice, world, **EVERYTHING)
    assert alice.post(PAGE, **fields).status_code == 303
    row = latest(engine)
    kept = {name: getattr(row, name) for name in EVERYTHING if name not in ("guidance",)}
    assert kept == {
        **{k: v for k, v in EVERYTHING.items() if k != "guidance"},
        "referred_on": date(2026, 2, 20),
        "radiotherapy_28d": False,
        "systemic_therapy_28d": True,
    }
    page = alice.get(f"/patients/{world.pat}").text
    for words in ("Day case", "Dr New", "20 Feb 2026", "Upper abdomen", "Prophylactic dose"):
        assert words in page
    edit = f"/procedures/{row.id}/edit"
    form = re.search(r'<form class="form".*?</form>', alice.get(edit).text, re.DOTALL)
    assert form is not None
    fields = sent_by(form[0].replace('method="post"', 'id="edit" method="post"'), "edit")
    for name, value in EVERYTHING.items():
        assert fields[name] == (value if isinstance(value, list) else [value])
    changed = {**fields, "setting": "inpatient", "technical_success": "failed", "reason": "slip"}
    assert alice.post(edit, **changed).status_code == 303
    assert (latest(engine).setting, latest(engine).technical_success) == ("inpatient", "failed")


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"technical_success": "complete", "technical_failure": "equipment"}, "technical_failure",
         "technical success that was partial or failed or abandoned"),
        ({"technical_failure": "equipment"}, "technical_failure", "Leave it empty"),
        ({"technical_success": "failed", "technical_failure": "other"}, "technical_failure",
         "Say in the note"),
        ({"referred_on": "1 Mar 2026"}, "referred_on", "lies after the procedure"),
        ({"setting": "moon"}, "setting", "is one of: Inpatient"),
        ({"block_result": "positive"}, "block_result", "Only a diagnostic or prognostic block"),
        ({"intent": "diagnostic", "block_relief_percent": "101"}, "block_relief_percent",
         "from 0 to 100 %"),
        ({"follows_id": "nonsense"}, "follows_id", "Choose one of the listed procedures"),
    ],
)  # fmt: skip
def test_what_can_not_be_is_told_at_its_field(
    alice: Visitor, world: World, engine: Engine, typed: dict[str, str], field: str, says: str
) -> None:
    fields = sent_by(alice.get(f"{PAGE}?patient={world.pat}").text, "log")
    fields |= {"technique": "CPN", "performed_on": TREATED, "average_pain": "8", **typed}
    answer = alice.post(PAGE, **fields)
    assert answer.status_code == 422
    assert says in answer.text
    assert f'href="#f-{field}"' in answer.text
    assert latest(engine).id == world.celiac


def test_the_setting_of_last_time_is_offered_for_a_repeat_and_the_form_stays_short(
    alice: Visitor, world: World, engine: Engine
) -> None:
    logged(engine, world, BLOCKED, "therapeutic", setting="hospice", sedation="none")
    page, fields = neurolysis(alice, world)
    assert fields["setting"] == ["hospice"]
    assert fields["sedation"] == ["none"]
    assert "Hospice, as last time" in page
    assert '<details class="asked-by-few" id="more-what">' in page
    _, cleared = stepped(alice, fields, "clear")
    assert cleared["setting"] == [""]


def test_a_course_is_shown_as_one(alice: Visitor, world: World, engine: Engine) -> None:
    block = logged(
        engine, world, date(2026, 1, 8), "prognostic",
        technique="ganglion-impar", block_result="positive", block_relief_percent=80,
    )  # fmt: skip
    alcohol = (AgentDraft(agent_class="alcohol", volume_ml=5),)
    lysis = logged(
        engine, world, date(2026, 1, 12), "therapeutic",
        technique="ganglion-impar", agents=alcohol, follows_id=block,
    )  # fmt: skip
    logged(
        engine, world, BLOCKED, "repeat", technique="ganglion-impar", follows_id=lysis,
    )  # fmt: skip
    page = alice.get(f"/patients/{world.pat}").text
    steps = re.search(r'<ol class="course-steps".*?</ol>', page, re.DOTALL)
    assert steps is not None
    words = " ".join(re.sub(r"<[^>]+>", " ", steps[0]).split())
    assert words == (
        "Prognostic block 8 Jan 2026: positive, 80 % relief Neurolysis 12 Jan 2026 "
        "Repeat 20 Feb 2026"
    )
    assert page.count('class="course-steps"') == 1
    with transaction(engine) as session:
        rows = session.exec(select(ProcedureOutcomeRow)).all()
        assert sorted(str(r.course_id == block) for r in rows) == ["False", "True", "True", "True"]


def test_what_asks_and_what_looks_after_a_device_is_never_compared(
    world: World, block: UUID, engine: Engine
) -> None:
    pump = {"technique": "intrathecal-drug-delivery", "pain_site": "back"}
    trial = logged(engine, world, date(2026, 2, 1), "trial", **pump)
    implant = logged(engine, world, date(2026, 2, 5), "implant", follows_id=trial, **pump)
    for day, intent in ((9, "refill"), (12, "revision"), (15, "explant")):
        logged(engine, world, date(2026, 2, day), intent, follows_id=implant, **pump)
    logged(engine, world, date(2026, 2, 24), "therapeutic", follows_id=block)
    with transaction(engine) as session:
        frame = outcome_frame(session, actor=world.quinn, filters=Filters(), as_of=TODAY)
    assert sorted(frame["intent"]) == ["implant", "therapeutic", "therapeutic"]


def test_relief_and_the_seven_definitions_are_told(
    alice: Visitor, world: World, engine: Engine
) -> None:
    logged(engine, world, BLOCKED, "therapeutic")
    with transaction(engine) as session:
        for day, score in ((2, 3), (6, 8)):
            add_assessment(
                session,
                actor=world.alice,
                patient_id=world.pat,
                draft=assessment_draft(BLOCKED + timedelta(days=day), score),
                today=TODAY,
            )
    page = alice.get(f"/patients/{world.pat}").text
    assert "Relief from day 2, for 4 days, until the pain was back." in page
    assert page.count("<summary>By seven responder definitions</summary>") == 1
    assert "nrs30 v1" in page
    assert "medd50 v1" in page
    assert "shaded: relief, pain down by 30 % or more" in page


def test_medd_is_shown_by_another_table_at_both_ends(alice: Visitor, world: World) -> None:
    page = alice.get(f"/patients/{world.pat}?table=anzca-2021").text
    assert "both ends of each change are converted anew" in page
    assert "both ends" not in alice.get(f"/patients/{world.pat}").text
    assert alice.get(f"/patients/{world.pat}?table=").status_code == 200
    assert alice.get(f"/patients/{world.pat}?table=mine").status_code == 422


BODY: dict[str, Any] = {
    "performed_on": "2026-02-24",
    "technique": "coeliac-plexus",
    "intent": "therapeutic",
    "operator": "Dr Able",
    "baseline": {"assessed_on": "2026-02-24", "scores": [{"kind": "average", "score": 8}]},
}


def test_a_program_links_and_tells_the_result(program: Connect, world: World, block: UUID) -> None:
    client = program(world.alice)
    body = {
        **BODY,
        "patient_id": str(world.pat),
        "follows_id": str(block),
        "block_result": "equivocal",
        "block_relief_percent": 40,
        "setting": "inpatient",
    }
    made = client.post("/api/v1/procedures", json=body)
    assert made.status_code == 201, made.text
    assert (made.json()["link"], made.json()["follows_id"]) == ("after_block", str(block))
    assert (made.json()["setting"], made.json()["block_result"]) == ("inpatient", None)
    asked = client.get(f"/api/v1/procedures/{block}").json()
    assert (asked["block_result"], asked["block_relief_percent"]) == ("equivocal", 40)
    assert asked["link"] is None
    timeline = client.get(f"/api/v1/patients/{world.pat}").json()["procedures"]
    assert [p["link"] for p in timeline] == [None, None, "after_block"]
    again = client.post("/api/v1/procedures", json={**body, "block_result": "positive",
                                                    "performed_on": "2026-02-25"})  # fmt: skip
    assert again.status_code == 422
    assert {p["field"] for p in again.json()["problems"]} == {"block_result"}


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"intent": "prognostic"}, "follows_id", "begins its course"),
        ({"performed_on": "2026-02-19"}, "follows_id", "done later, on 20 Feb 2026"),
        ({"follows_id": str(UUID(int=7))}, "follows_id", "no such procedure of this patient"),
        ({"follows_id": None, "block_result": "positive"}, "block_result", "Only a diagnostic"),
        ({"block_relief_percent": 200}, "block_relief_percent", "0 to 100 %"),
    ],
)
def test_a_link_that_can_not_be_is_refused(
    program: Connect, world: World, block: UUID, changes: dict[str, Any], field: str, says: str
) -> None:
    body = {**BODY, "patient_id": str(world.pat), "follows_id": str(block), **changes}
    if "performed_on" in changes:
        body["baseline"] = {**BODY["baseline"], "assessed_on": changes["performed_on"]}
    answer = program(world.alice).post("/api/v1/procedures", json=body)
    assert answer.status_code == 422
    problems = {p["field"]: p["message"] for p in answer.json()["problems"]}
    assert says in problems[field]


def test_a_block_stays_what_its_neurolysis_continues(
    alice: Visitor, world: World, block: UUID, engine: Engine
) -> None:
    logged(engine, world, date(2026, 2, 24), "therapeutic", follows_id=block)
    edit = f"/procedures/{block}/edit"
    form = re.search(r'<form class="form".*?</form>', alice.get(edit).text, re.DOTALL)
    assert form is not None
    fields = sent_by(form[0].replace('method="post"', 'id="edit" method="post"'), "edit")
    late = alice.post(edit, **{**fields, "performed_on": "25 Feb 2026", "reason": "slip"})
    assert "The procedure of 24 Feb 2026 continues this one. Check the date" in late.text
    turned = alice.post(edit, **{**fields, "intent": "therapeutic", "reason": "slip"})
    assert "which it can&#39;t with this intent" in turned.text
    told = {**fields, "block_result": "negative", "reason": "heard today"}
    assert alice.post(edit, **told).status_code == 303
    assert procedure(engine, block).block_result == "negative"
