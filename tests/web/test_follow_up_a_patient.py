"""The patient's page, and adding a follow-up to the course."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.db.tables import Assessment, AuditEvent, ProcedureOutcomeRow
from registry.domain.drafts import AdverseEventDraft, AssessmentDraft
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
from registry.services.procedures import log_procedure
from tests.web.conftest import SignIn, Visitor
from tests.web.queries import counted, rows
from tests.world import PERFORMED, TODAY, World, assessment_draft, dies, follow_up, procedure_draft

MORPHINE: dict[str, Any] = {
    "opioids__0__drug": "morphine",
    "opioids__0__route": "oral",
    "opioids__0__dose": "20",
    "opioids__0__unit": "mg",
    "opioids__0__per_day": "2",
}


def add(visitor: Visitor, world: World, *, htmx: bool = False, **fields: Any) -> Any:
    typed = {"assessed_on": "12/1/2026", "respondent": "self", "average_pain": "4", **fields}
    return visitor.post(f"/patients/{world.pat}/assessments/new", htmx=htmx, **typed)


def assessments(engine: Engine) -> int:
    return len(rows(engine, Assessment))


def outcome(engine: Engine, world: World) -> ProcedureOutcomeRow:
    with transaction(engine, write=False) as session:
        return session.get_one(ProcedureOutcomeRow, (world.north, world.celiac))


def test_the_page_says_who_it_is_and_tells_the_course_newest_first(
    alice: Visitor, engine: Engine, world: World
) -> None:
    with transaction(engine) as session:
        follow_up(session, world, 7, 4, mg=20)
    page = alice.get(f"/patients/{world.pat}").text
    assert "born 17 May 1950, aged 75 · female · cancer: lung" in page
    table = page.split("Everything recorded, newest first")[2]
    assert table.index("12 Jan 2026") < table.index("5 Jan 2026") < table.index("31 Dec 2025")
    assert "8/10 average 24 h, 9/10 worst 24 h" in table
    assert "Morphine, oral, 20 mg 2 times a day" in table
    assert "40 mg/24 h oral morphine" in table


def test_the_page_says_what_each_procedure_achieved(
    alice: Visitor, engine: Engine, world: World
) -> None:
    with transaction(engine) as session:
        follow_up(session, world, 7, 4, mg=20)
    page = alice.get(f"/patients/{world.pat}").text
    table = re.sub(r"<[^>]+>|\s+", " ", page.split("What Coeliac plexus of 5 Jan 2026 achieved")[2])
    words = " ".join(table.split())
    assert "Before 8 60" in words
    assert "7 days Responder 4 (−4) 40" in words
    assert "48 hours Alive, not assessed – not recorded – not recorded" in words
    assert "90 days Not due yet – not recorded – not recorded" in words


def test_the_figure_holds_the_whole_course(alice: Visitor, engine: Engine, world: World) -> None:
    with transaction(engine) as session:
        follow_up(session, world, 7, 4, mg=20)
        dies(session, world, 20)
    page = alice.get(f"/patients/{world.pat}").text
    spec = json.loads(page.split('id="course-spec">')[1].split("</script>")[0])
    lines = {trace.get("name"): trace for trace in spec["data"]}
    assert lines["average 24 h"]["x"] == ["2025-12-31", "2026-01-12"]
    assert {"worst 24 h", "systemic MEDD"} <= lines.keys()
    words = " ".join(a["text"] for a in spec["layout"]["annotations"])
    assert "Coeliac plexus" in words
    assert "Died 25 Jan 2026" in words


def test_a_follow_up_joins_the_course_changes_the_outcome_and_is_in_the_trail(
    alice: Visitor, engine: Engine, world: World
) -> None:
    response = add(alice, world, worst_pain="6", akps="50", assessment_note="By phone", **MORPHINE)
    assert response.status_code == 303
    assert response.headers["location"] == f"/patients/{world.pat}"
    assert "Follow-up added." in alice.get(response.headers["location"]).text
    row = outcome(engine, world)
    assert (row.nrs_7d, row.state_7d, row.medd_7d) == (4, "responder", 40.0)
    event = rows(engine, AuditEvent)[-1]
    assert (event.action, event.actor, event.role) == ("add_assessment", "Alice", "clinician")
    assert event.changes["scores"][1] == {"average/24h/self": 4, "worst/24h/self": 6}


def test_a_coordinator_may_add_one_too(sign_in: SignIn, engine: Engine, world: World) -> None:
    assert add(sign_in(world.bob), world).status_code == 303
    assert assessments(engine) == 2


def test_it_opens_in_place_and_as_a_page_of_its_own(alice: Visitor, world: World) -> None:
    url = f"/patients/{world.pat}/assessments/new"
    fragment, page = alice.get(url, htmx=True).text, alice.get(url).text
    assert "<html" not in fragment
    assert "<html" in page
    for text in (fragment, page):
        assert 'value="2 Mar 2026"' in text
        assert 'name="average_pain"' in text
        assert 'name="submission"' in text


def test_in_place_errors_come_back_in_place_and_success_reloads_the_page(
    alice: Visitor, world: World
) -> None:
    bad = add(alice, world, htmx=True, assessed_on="31/02")
    assert bad.status_code == 422
    assert "<html" not in bad.text
    good = add(alice, world, htmx=True)
    assert good.headers["hx-redirect"] == f"/patients/{world.pat}"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"average_pain": "11"}, "A pain score is a whole number from 0 to 10."),
        ({"average_pain": "4.5"}, "A pain score is a whole number from 0 to 10."),
        ({"assessed_on": "31/02/2026"}, "This is not a day that can be read."),
        ({"assessed_on": ""}, "Enter the day of the assessment."),
        ({"assessed_on": "3 Mar 2026"}, "lies in the future"),
        ({"assessed_on": "1/1/1950"}, "before the patient&#39;s birth"),
        ({"average_pain": "", "worst_pain": ""}, "Enter at least a pain score"),
        ({"akps": "55"}, "AKPS runs from 0 to 100 in tens."),
        ({**MORPHINE, "opioids__0__dose": "-5"}, "Give the dose as a number above 0."),
        ({**MORPHINE, "opioids__0__drug": "morphin-ish"}, "No drug is known by this name"),
        ({"respondent": "the cat"}, "Choose one of the listed values."),
        ({"assessment_note": "x" * 2001}, "Shorten this to 2000 characters"),
    ],
)
def test_bad_input_is_told_at_its_field_kept_and_nothing_is_written(
    alice: Visitor, engine: Engine, world: World, fields: dict[str, str], message: str
) -> None:
    response = add(alice, world, **{"worst_pain": "7", "assessment_note": "Keep me", **fields})
    assert response.status_code == 422
    assert message in response.text
    assert 'id="error-summary"' in response.text
    worst = fields.get("worst_pain", "7")
    assert re.search(f'name="worst_pain" value="{worst}" checked', response.text)
    assert fields.get("assessment_note", "Keep me") in response.text
    for name, value in fields.items():
        if name in {"assessed_on", "opioids__0__dose", "opioids__0__drug"}:
            assert f'value="{value}"' in response.text
    assert assessments(engine) == 1


def test_all_that_is_wrong_is_told_at_once(alice: Visitor, world: World) -> None:
    page = add(alice, world, assessed_on="soon", average_pain="11", akps="55").text
    assert "3 things to put right" in page


def test_after_death_nothing_is_added_but_what_happened_before_it_can_be(
    alice: Visitor, engine: Engine, world: World
) -> None:
    with transaction(engine) as writing:
        dies(writing, world, 10)
    response = add(alice, world, assessed_on="16 Jan 2026")
    assert response.status_code == 422
    assert "after the patient&#39;s death" in response.text
    assert assessments(engine) == 1
    page = alice.get(f"/patients/{world.pat}").text
    assert "Record death" not in page
    assert "/procedures/new?patient" not in page
    assert "Add earlier assessment" in page
    assert "Died 15 Jan 2026" in page
    assert "died at 75" in page
    form = alice.get(f"/patients/{world.pat}/assessments/new").text
    assert 'value="2 Mar 2026"' not in form
    assert add(alice, world, assessed_on="15 Jan 2026").status_code == 303


def test_a_double_click_is_one_record(alice: Visitor, engine: Engine, world: World) -> None:
    page = alice.get(f"/patients/{world.pat}/assessments/new").text
    found = re.search(r'name="submission" value="([^"]+)"', page)
    assert found
    for _ in range(2):
        assert add(alice, world, submission=found[1]).status_code == 303
    assert assessments(engine) == 2
    changed = add(alice, world, submission=found[1], average_pain="5")
    assert changed.status_code == 422
    assert "saved already" in changed.text
    assert found[1] not in changed.text
    assert assessments(engine) == 2


def test_two_fillings_in_are_two_records(alice: Visitor, engine: Engine, world: World) -> None:
    for mark, day in (("one", "12/1/2026"), ("two", "13/1/2026")):
        add(alice, world, submission=mark, assessed_on=day)
    assert assessments(engine) == 3


def test_on_the_day_of_a_procedure_one_is_asked_whether_before_or_after(
    alice: Visitor, engine: Engine, world: World
) -> None:
    day = "5 Jan 2026"
    asked = add(alice, world, assessed_on=day)
    assert asked.status_code == 422
    assert "Say whether this was before or after it." in asked.text
    assert assessments(engine) == 1
    assert add(alice, world, assessed_on=day, after_procedure="yes").status_code == 303
    assert outcome(engine, world).nrs_baseline == 8
    add(alice, world, assessed_on=day, average_pain="7", after_procedure="")
    assert outcome(engine, world).nrs_baseline == 7


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("12 Jan 2026", "Day 7: counts at 7 days after Coeliac plexus of 5 Jan 2026."),
        ("2 Mar 2026", "Day 56 after Coeliac plexus of 5 Jan 2026: between the follow-up windows"),
        ("1 Jan 2026", "In the week before Coeliac plexus of 5 Jan 2026: can be its baseline."),
        ("5 Jan 2026", "Before or after Coeliac plexus of 5 Jan 2026?"),
    ],
)
def test_a_day_says_what_it_makes_of_the_assessment(
    alice: Visitor, world: World, day: str, words: str
) -> None:
    url = f"/patients/{world.pat}/assessments/day"
    response = alice.post(url, htmx=True, assessed_on=day)
    assert words in response.text
    assert "<html" not in response.text


def test_an_unreadable_day_says_nothing_yet(alice: Visitor, world: World) -> None:
    response = alice.post(f"/patients/{world.pat}/assessments/day", htmx=True, assessed_on="31/2")
    assert response.status_code == 200
    assert "Coeliac" not in response.text


def test_the_last_regimen_can_be_copied_and_everything_else_stays(
    alice: Visitor, engine: Engine, world: World
) -> None:
    response = add(alice, world, step="opioids-last", assessment_note="Keep me")
    assert response.status_code == 200
    assert re.search(r'name="opioids-0-drug"[^>]*', response.text)
    assert 'value="Morphine"' in response.text
    assert 'value="30"' in response.text
    assert "60 mg/24 h" in response.text
    assert "Keep me" in response.text
    assert re.search(r'name="average_pain" value="4" checked', response.text)
    assert assessments(engine) == 1


def test_adding_and_removing_an_opioid_saves_nothing_and_keeps_the_rest(
    alice: Visitor, engine: Engine, world: World
) -> None:
    more = add(alice, world, step="opioids-add", **MORPHINE).text
    assert 'name="opioids-1-drug"' in more
    assert 'value="morphine"' in more
    fewer = add(alice, world, step="opioids-remove-0", **MORPHINE).text
    assert 'value="morphine"' not in fewer
    assert assessments(engine) == 1


def test_a_stranger_gets_a_404_and_who_may_not_see_records_a_403(
    charlie: Visitor, quinn: Visitor, sign_in: SignIn, engine: Engine, world: World
) -> None:
    page, form = f"/patients/{world.pat}", f"/patients/{world.pat}/assessments/new"
    for visitor, status in ((charlie, 404), (quinn, 403), (sign_in(world.audrey), 403)):
        for htmx in (False, True):
            assert visitor.get(page, htmx=htmx).status_code == status
            assert visitor.get(form, htmx=htmx).status_code == status
        assert add(visitor, world).status_code == status
        day = visitor.post(f"/patients/{world.pat}/assessments/day", assessed_on="today")
        assert day.status_code == status
    assert assessments(engine) == 1


@pytest.mark.parametrize("who", ["00000000-0000-0000-0000-000000000000", "not-an-id"])
def test_there_is_no_page_of_nobody(alice: Visitor, who: str) -> None:
    assert alice.get(f"/patients/{who}").status_code == 404


def test_a_form_from_elsewhere_writes_nothing(alice: Visitor, engine: Engine, world: World) -> None:
    assert add(alice, world, csrf_token="forged").status_code == 403
    assert assessments(engine) == 1


def test_the_page_takes_the_same_queries_however_long_the_course(
    alice: Visitor, engine: Engine, world: World
) -> None:
    def queries() -> int:
        with counted(engine) as statements:
            assert alice.get(f"/patients/{world.pat}").status_code == 200
        return len(statements)

    def lengthen(day: int) -> None:
        with transaction(engine) as session:
            follow_up(session, world, day, 4, mg=20)
            on = PERFORMED + timedelta(days=day + 1)
            again = log_procedure(
                session,
                actor=world.alice,
                patient_id=world.pat,
                draft=procedure_draft(on, intent="repeat"),
                baseline=assessment_draft(on, 5),
                today=TODAY,
            )
            add_adverse_event(
                session,
                actor=world.alice,
                procedure_id=again.id,
                draft=AdverseEventDraft(onset_on=on, complication="hypotension"),
                today=TODAY,
            )

    lengthen(3)
    few = queries()
    for day in (8, 13, 18):
        lengthen(day)
    assert queries() == few
    assert few <= 32  # five of them leave the line in the trail


# ------------------------------------------------------------------ all that an assessment can say

WHOLE: dict[str, Any] = {
    "least_pain": "1",
    "now_pain": "3",
    "at_rest_pain": "2",
    "on_movement_pain": "5",
    "worst_pain": "6",
    "pgic": "2",
    "peg_pain": "5",
    "peg_enjoyment": "4",
    "peg_activity": "4",
    "breakthrough": "3",
    "source": "phone",
}
MORE_IS_OPEN = '<details class="more" open>'


def in_words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_everything_can_be_told_and_is_told_again_in_words(
    alice: Visitor, engine: Engine, world: World
) -> None:
    assert add(alice, world, **WHOLE).status_code == 303
    row = rows(engine, Assessment)[-1]
    page = alice.get(f"/patients/{world.pat}").text
    told = in_words(page)
    for score in (
        "4/10 average 24 h",
        "6/10 worst 24 h",
        "1/10 least 24 h",
        "3/10 now",
        "2/10 at rest 24 h",
        "5/10 on movement 24 h",
        "PGIC 2 (much better)",
        "PEG 4.3/10 (mean of three)",
        "breakthrough episodes in 24 h 3",
        "Answered by phone",
    ):
        assert score in told
    assert outcome(engine, world).pgic_7d == 2
    form = alice.get(f"/assessments/{row.id}/edit").text
    assert MORE_IS_OPEN in form
    assert re.search('name="on_movement_pain" value="5" checked', form)
    assert '<option value="2" selected>2: much better</option>' in form
    assert '<option value="phone" selected>' in form


def test_the_form_is_short_until_more_is_asked_for(alice: Visitor, world: World) -> None:
    form = alice.get(f"/patients/{world.pat}/assessments/new").text
    assert MORE_IS_OPEN not in form
    assert form.index('name="worst_pain"') < form.index("<details") < form.index('"least_pain"')
    assert MORE_IS_OPEN in add(alice, world, average_pain="11", peg_pain="5").text
    assert MORE_IS_OPEN in add(alice, world, breakthrough="many").text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"worst_pain": "5", "now_pain": "6"}, "Worst pain is lower than pain now. Check both."),
        ({"least_pain": "5"}, "Average pain is lower than least. Check both."),
        ({"pgic": "8"}, "PGIC runs from 1 (very much better) to 7 (very much worse)."),
        ({"peg_pain": "11"}, "A PEG item is a whole number from 0 to 10."),
        ({"breakthrough": "100"}, "Give the episodes of breakthrough pain in the last 24 h"),
        ({"breakthrough": "some"}, "Give the number of episodes, 0 to 99."),
        ({"pgic": "2", "assessed_on": "1 Jan 2026"}, "PGIC asks for the change since a procedure"),
        ({"pgic": "2", "respondent": "observed"}, "This can't be observed."),
        ({"peg_pain": "2", "respondent": "observed"}, "This can't be observed."),
        ({"source": "link"}, "Choose one of the listed values."),
    ],
)
def test_what_cannot_be_is_told_where_it_stands(
    alice: Visitor, engine: Engine, world: World, fields: dict[str, str], message: str
) -> None:
    response = add(alice, world, **fields)
    assert response.status_code == 422
    assert message in unescape(response.text)
    assert assessments(engine) == 1


def test_a_score_over_seven_days_is_kept_as_that_and_counts_for_no_outcome(
    alice: Visitor, engine: Engine, world: World
) -> None:
    add(alice, world, recall_7d="yes", now_pain="3")
    assert "4/10 average 7 days, 3/10 now" in in_words(alice.get(f"/patients/{world.pat}").text)
    assert outcome(engine, world).nrs_7d is None
    row = rows(engine, Assessment)[-1]
    form = alice.get(f"/assessments/{row.id}/edit").text
    assert re.search('name="average_pain" value="4" checked', form)
    assert re.search('name="recall_7d" value="yes" checked', form)


@pytest.mark.parametrize("whose", ["proxy", "observed"])
def test_another_persons_word_is_never_compared_with_the_patients_own(
    alice: Visitor, engine: Engine, world: World, whose: str
) -> None:
    change = {"pgic": "1"} if whose == "proxy" else {}
    assert add(alice, world, respondent=whose, worst_pain="6", **change).status_code == 303
    row = outcome(engine, world)
    assert (row.nrs_baseline, row.nrs_7d, row.worst_7d, row.pgic_7d) == (8, None, None, None)
    page = alice.get(f"/patients/{world.pat}").text
    told = in_words(page)
    by = "by proxy" if whose == "proxy" else "observed"
    assert f"4/10 average 24 h, {by}" in told
    assert ("PGIC 1 (very much better), by proxy" in told) is (whose == "proxy")
    assert "7 days Alive, not assessed" in told
    spec = json.loads(page.split('id="course-spec">')[1].split("</script>")[0])
    lines = {trace.get("name"): trace for trace in spec["data"]}
    assert lines["average 24 h"]["y"] == [8]
    assert lines[f"average 24 h, {by}"]["y"] == [4]


def test_the_form_says_what_another_persons_word_is_worth(alice: Visitor, world: World) -> None:
    form = alice.get(f"/patients/{world.pat}/assessments/new").text
    assert "It is never compared with the patient's own word" in form


def test_a_procedure_is_not_begun_from_another_persons_baseline(
    alice: Visitor, engine: Engine, world: World
) -> None:
    proxy = PainScore(PainType(ScoreKind.AVERAGE, Recall.DAY, Respondent.PROXY), 9)
    on = PERFORMED + timedelta(days=40)
    with transaction(engine) as session:
        again = log_procedure(
            session,
            actor=world.alice,
            patient_id=world.pat,
            draft=procedure_draft(on, intent="repeat", baseline_missing_reason="asleep"),
            baseline=AssessmentDraft(assessed_on=on, scores=(proxy,)),
            today=TODAY,
        )
        row = session.get_one(ProcedureOutcomeRow, (world.north, again.id))
        assert row.nrs_baseline is None
        assert row.state_7d == "ineligible"


def test_a_correction_keeps_what_the_form_does_not_show(
    alice: Visitor, engine: Engine, world: World
) -> None:
    own = PainScore(AVERAGE_SELF, 4)
    proxy = PainScore(PainType(ScoreKind.AVERAGE, Recall.DAY, Respondent.PROXY), 7)
    on = PERFORMED + timedelta(days=7)
    with transaction(engine) as session:
        added = add_assessment(
            session,
            actor=world.alice,
            patient_id=world.pat,
            draft=AssessmentDraft(assessed_on=on, scores=(own, proxy), breakthrough=2),
            today=TODAY,
        )
    url = f"/assessments/{added.id}/edit"
    assert "kept as it is: 7/10 average 24 h, by proxy" in alice.get(url).text
    saved = alice.post(
        url,
        version="1",
        assessed_on="12 Jan 2026",
        respondent="self",
        average_pain="5",
        breakthrough="2",
        source="clinic",
        reason="Misheard",
    )
    assert saved.status_code == 303
    told = in_words(alice.get(f"/patients/{world.pat}").text)
    assert "5/10 average 24 h, 7/10 average 24 h, by proxy" in told
