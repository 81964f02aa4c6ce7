"""One patient from the prognostic block to death, and everything that is said of it afterwards.

The sheet below was worked by hand from the definitions, on paper, before the software was asked.

  day  date         what                                 average  worst  MEDD mg/24 h
  ---  -----------  -----------------------------------  -------  -----  ---------------------
   -7  26 Jan 2026  prognostic coeliac plexus block            8      9  2 x 60 + 4 x 10 = 160
    0   2 Feb 2026  neurolysis, continues the block            8     10  the same        = 160
    0   2 Feb 2026  hypotension, CTCAE 2, over on 3 Feb
    2   4 Feb 2026  follow-up                                  3      5  2 x 30 + 2 x 10 =  80
    7   9 Feb 2026  follow-up, typed 5, amended to             2      4  the same        =  80
   28   2 Mar 2026  follow-up by link, PGIC 3                  6      8  2 x 30 + 2 x 10 =  80
   46  20 Mar 2026  death

Neurolysis against its baseline (8 average, 10 worst, 160 mg):

  window  state          nrs30  nrs50  nrs2  composite  icpre2012  medd30  medd50
  48 h    responder       yes    yes   yes   yes        partial     yes     yes
  7 d     responder       yes    yes   yes   yes        partial     yes     yes
  28 d    non-responder    no     no   yes   yes        partial     yes     yes
  90 d    died before
  180 d   died before

At 28 d: 10 x 6 = 60 > 7 x 8 = 56, so not nrs30; down by 2, so nrs2; worst 10 to 8 with half the
opioid, so composite and a partial response of the consensus. Relief from day 2 until day 28: 26
days, ended by relapse. The block was continued after 7 days, which ended what it could achieve.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from registry.db.engine import transaction
from registry.services.people import local_actor
from registry.services.tokens import create_token
from registry.web.deps import get_now
from tests.e2e.conftest import Live

BEFORE = "MST 60 mg bd, Oramorph 10 mg prn x4"
AFTER = "MST 30 mg bd, Oramorph 10 mg prn x2"

SHEET: dict[str, dict[str, str]] = {
    "prognostic": {
        "performed_on": "2026-01-26",
        "nrs_baseline": "8",
        "worst_baseline": "9",
        "medd_baseline": "160.0",
        "further_days": "7",
        "relief_end": "",
        "days_to_death": "53",
        "state_48h": "alive_not_assessed",
        "state_90d": "died_before",
    },
    "therapeutic": {
        "performed_on": "2026-02-02",
        "nrs_baseline": "8",
        "worst_baseline": "10",
        "medd_baseline": "160.0",
        "akps": "50",
        "days_to_death": "46",
        "first_window": "48h",
        "relief_from": "2",
        "relief_days": "26",
        "relief_end": "relapse",
        **{"nrs_48h": "3", "worst_48h": "5", "medd_48h": "80.0", "state_48h": "responder"},
        **{"nrs_7d": "2", "worst_7d": "4", "medd_7d": "80.0", "state_7d": "responder"},
        **{"nrs_28d": "6", "worst_28d": "8", "medd_28d": "80.0", "state_28d": "non_responder"},
        **{"nrs30_7d": "true", "nrs50_7d": "true", "nrs2_7d": "true"},
        **{"nrs30_28d": "false", "nrs50_28d": "false", "nrs2_28d": "true"},
        **{f"composite_{w}": "true" for w in ("48h", "7d", "28d")},
        **{f"icpre2012_{w}": "partial" for w in ("48h", "7d", "28d")},
        **{f"medd30_{w}": "true" for w in ("48h", "7d", "28d")},
        **{f"medd50_{w}": "true" for w in ("48h", "7d", "28d")},
        **{"pgic_28d": "3", "medd_complete_28d": "true"},
        **{"state_90d": "died_before", "state_180d": "died_before"},
        **{"nrs_90d": "", "nrs30_90d": "", "icpre2012_90d": ""},
    },
}


@pytest.mark.browser
def test_every_page_and_export_agrees_with_the_sheet(
    alice: Page, browser: Browser, live: Live
) -> None:
    live.live_on(date(2026, 1, 26))
    patient = _log_block(alice)
    live.live_on(date(2026, 2, 2))
    _log_neurolysis(alice, patient)
    live.live_on(date(2026, 2, 9))
    _add_complication(alice, patient)
    _follow_up(alice, patient, "4/2/2026", 3, 5, AFTER)
    _follow_up(alice, patient, "9/2/2026", 5, 5, None)
    _amend_last_score(alice, patient)
    live.live_on(date(2026, 3, 2))
    _answer_by_link(alice, patient, browser, live)
    live.live_on(date(2026, 6, 1))
    _record_death(alice, patient)

    _check_patient_page(alice, patient)
    _check_comparison(alice)
    _check_export(alice)
    _check_api(alice, live, patient)


def _log_block(page: Page) -> str:
    page.goto("/procedures/new")
    page.locator("#f-hospital_number").fill("C1")
    page.keyboard.press("Tab")
    page.locator("#f-birth_date").fill("17/5/1950")
    page.locator("#who").get_by_text("Female", exact=True).click()
    page.locator("#f-diagnosis_group").select_option("pancreas")
    _choose_technique(page, "prognostic")
    page.locator("label:has([name=block_result][value=positive])").click()
    page.locator("#f-block_relief_percent").fill("80")
    _score(page, 8, 9)
    _paste_regimen(page, BEFORE)
    page.get_by_role("button", name="Log procedure").click()
    page.wait_for_url("**/patients/*")
    return page.url


def _log_neurolysis(page: Page, patient: str) -> None:
    page.goto(patient)
    page.get_by_role("main").get_by_role("link", name="Log a procedure").click()
    _choose_technique(page, "therapeutic")
    continues = page.locator("#f-follows_id")
    expect(continues.locator("option:checked")).to_contain_text("26 Jan 2026")
    page.locator("#f-agents-0-agent_class").select_option("alcohol")
    page.locator("#f-agents-0-concentration").fill("50")
    page.locator("#f-agents-0-volume_ml").fill("40")
    _score(page, 8, 10)
    page.locator("#f-akps").select_option("50")
    page.get_by_role("button", name="Same as last time").click()
    expect(page.locator("#medd")).to_contain_text("160 mg/24 h")
    page.get_by_role("button", name="Log procedure").click()
    page.wait_for_url("**/patients/*")


def _choose_technique(page: Page, intent: str) -> None:
    page.locator("#f-technique").press_sequentially("coeliac")
    page.wait_for_selector("[role=option]:visible")
    page.keyboard.press("Enter")
    page.wait_for_selector("#f-intent")
    page.locator(f"label:has([name=intent][value={intent}])").click()
    page.wait_for_load_state("networkidle")


def _score(page: Page, average: int, worst: int) -> None:
    for name, score in (("average", average), ("worst", worst)):
        end = f"-{score}" if score else ""
        page.locator(f"label:has(#f-{name}_pain{end})").click()


def _paste_regimen(page: Page, text: str) -> None:
    page.get_by_text("Paste or type them as text").click()
    page.locator("#f-opioids-text").fill(text)
    page.get_by_role("button", name="Read into rows").click()
    expect(page.locator("#medd")).to_contain_text("mg/24 h")


def _add_complication(page: Page, patient: str) -> None:
    page.goto(patient)
    name = "Add adverse event of Coeliac plexus of 2 Feb 2026"
    page.get_by_role("link", name=name).click()
    page.locator("#f-complication").select_option("hypotension")
    page.locator("#f-onset_on").fill("2/2/2026")
    page.locator("label:has([name=grade][value='2'])").click()
    page.locator("label:has([name=relatedness][value=probable])").click()
    page.locator("label:has([name=resolution][value=resolved])").click()
    page.locator("#f-resolved_on").fill("3/2/2026")
    page.get_by_role("button", name="Save adverse event").click()
    expect(page.get_by_text("Hypotension").first).to_be_visible()


def _follow_up(
    page: Page, patient: str, day: str, average: int, worst: int, regimen: str | None
) -> None:
    page.goto(patient)
    page.get_by_role("link", name="Add follow-up").first.click()
    page.locator("#f-assessed_on").fill(day)
    with page.expect_response("**/assessments/day"):
        page.locator("#f-assessed_on").press("Tab")
    page.wait_for_load_state("networkidle")
    _score(page, average, worst)
    if regimen:
        _paste_regimen(page, regimen)
    else:
        page.get_by_role("button", name="Same as last time").click()
    expect(page.locator("#medd")).to_contain_text("80 mg/24 h")
    page.get_by_role("button", name="Save follow-up").click()
    expect(page.get_by_text(f"{average}/10 average").first).to_be_visible()


def _amend_last_score(page: Page, patient: str) -> None:
    page.goto(patient)
    page.get_by_role("link", name="Edit Assessment of 9 Feb 2026").click()
    _score(page, 2, 4)
    page.locator("#f-reason").fill("misheard on the phone")
    page.get_by_role("button", name="Save correction").click()
    page.wait_for_url("**/patients/*")
    page.get_by_role("link", name="History of Assessment of 9 Feb 2026").click()
    expect(page.get_by_text("misheard on the phone")).to_be_visible()


def _answer_by_link(page: Page, patient: str, browser: Browser, live: Live) -> None:
    page.goto(patient)
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Send a link").click()
    page.get_by_role("button", name="Make a link").click()
    address = page.locator("#f-address").input_value()
    phone = browser.new_context(viewport={"width": 360, "height": 700})
    answer = phone.new_page()
    answer.goto(address)
    assert "C1" not in answer.content()
    for name, value in (("average", "6"), ("worst", "8"), ("pgic", "3")):
        answer.locator(f"label:has([name={name}][value='{value}'])").click()
    answer.locator("#f-taken").fill(AFTER)
    answer.get_by_role("button", name="Check my answers").click()
    answer.get_by_role("button", name="Send my answers").click()
    expect(answer.get_by_role("heading", name="Thank you")).to_be_visible()
    answer.goto(address)
    expect(answer.get_by_role("heading", name="This link does not work")).to_be_visible()
    phone.close()


def _record_death(page: Page, patient: str) -> None:
    page.goto(patient)
    page.get_by_role("link", name="Record death").first.click()
    page.locator("#f-died_on").fill("20/3/2026")
    page.get_by_role("button", name="Record death").click()
    expect(page.get_by_text("died 20 Mar 2026", exact=False).first).to_be_visible()


def _check_patient_page(page: Page, patient: str) -> None:
    page.goto(patient)
    table = page.get_by_role("table", name="What Coeliac plexus of 2 Feb 2026 achieved")
    rows = [" ".join(text.split()) for text in table.get_by_role("row").all_inner_texts()]
    before, two_days, week, month, quarter, half = rows[1:]
    assert before.startswith("Before 8 160")
    assert two_days.startswith("48 hours Responder 3 (−5) 80")
    assert week.startswith("7 days Responder 2 (−6) 80")
    assert month.startswith("28 days Non-responder 6 (−2) 80")
    assert quarter.startswith("90 days Died before")
    assert half.startswith("180 days Died before")
    achieved = page.locator("#achieved")
    expect(achieved).to_contain_text("positive")
    expect(achieved).to_contain_text("80 %")
    expect(achieved).to_contain_text("26 days")
    record = page.get_by_role("table", name="Everything recorded")
    expect(record).to_contain_text("Hypotension")
    expect(record).to_contain_text("2/10 average")
    expect(record).to_contain_text("by the patient, over a link")


def _check_comparison(page: Page) -> None:
    """The block is a question, not a treatment: it is in no comparison."""
    for window, state in (("48h", "Responder"), ("28d", "Non-responder"), ("90d", "Died before")):
        counts = _state_counts(page, window)
        assert counts["Treated"] == "2"  # this neurolysis and the world's own block
        assert counts[state] == "1", (window, counts)


def _state_counts(page: Page, window: str) -> dict[str, str]:
    page.goto(f"/outcomes?window={window}")
    report = page.locator("section", has=page.locator("#states-question"))
    report.locator("summary", has_text="Table").first.click()
    table = report.get_by_role("table")
    header = table.get_by_role("columnheader").all_inner_texts()
    row = table.get_by_role("row").filter(has_text="Visceral")
    names, cells = row.get_by_role("rowheader"), row.get_by_role("cell")
    return dict(zip(header, [*names.all_inner_texts(), *cells.all_inner_texts()], strict=True))


def _check_export(page: Page) -> None:
    page.goto("/exports")
    page.get_by_label("Purpose").fill("audit")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Export 3 rows").click()
    text = coming.value.path().read_text("utf-8")
    rows = [r for r in csv.DictReader(io.StringIO(text)) if r["performed_on"] != "2026-01-05"]
    found = {row["intent"]: row for row in rows}
    for intent, sheet in SHEET.items():
        assert {name: found[intent][name] for name in sheet} == sheet, intent
    assert {row["course_id"] for row in rows} == {found["prognostic"]["procedure_id"]}
    assert found["therapeutic"]["follows_id"] == found["prognostic"]["procedure_id"]


def _check_api(page: Page, live: Live, patient: str) -> None:
    """The API tells the same course; the browser's session is no token, so one is made."""
    with transaction(live.app.state.engine) as session:
        token = create_token(
            session, actor=local_actor(session), email="alice@example.org", now=get_now()
        )
    headers = {"Authorization": f"Bearer {token}"}
    patient_id = patient.rsplit("/", 1)[-1]
    timeline: dict[str, Any] = page.request.get(
        f"/api/v1/patients/{patient_id}", headers=headers
    ).json()
    treated = next(p for p in timeline["procedures"] if p["intent"] == "therapeutic")
    assert treated["link"] == "after_block"
    outcome = page.request.get(
        f"/api/v1/procedures/{treated['id']}/outcome", headers=headers
    ).json()
    assert outcome["relief"] == {"from_day": 2, "days": 26, "end": "relapse"}
    month = next(w for w in outcome["windows"] if w["window"] == "28d")
    assert (month["state"], month["change"], month["worst_change"]) == ("non_responder", -2, -2)
    assert (month["pgic"], month["icpre2012"], month["medd_change"]) == (3, "partial", -80.0)
