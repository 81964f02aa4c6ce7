from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import Any

import pytest

from reports.catalogue.activity import ACCESS, ACTIVITY, DISTANCE, TREATED, WAITING, WHAT
from reports.frames import OutcomeFrame
from reports.report import Block, Shown
from tests.reports.cases import frame, page_of

CUT_OFF = date(2026, 11, 3)


def person(chance: random.Random, number: int) -> dict[str, Any]:
    days = chance.randrange(800)
    died = chance.randrange(300)
    return {
        "patient_id": str(number // 2 if number < 40 else number),
        "category": chance.choice(["celiac", "celiac", "cordotomy", "plane"]),
        "performed_on": CUT_OFF - timedelta(days=days),
        "age_years": chance.randrange(35, 95),
        "sex": chance.choice(["female", "male"]),
        "diagnosis_group": chance.choice(["lung", "pancreas", "breast", None]),
        "akps": chance.choice([30, 50, 60, 80, None]),
        "referral_days": chance.choice([2, 5, 9, 21, None]),
        "days_to_death": died if died < days else None,
    }


def people(n: int) -> OutcomeFrame:
    chance = random.Random(8)
    return frame(person(chance, i) for i in range(n))


PEOPLE = people(400)
ALL_DEAD = frame(
    {"performed_on": date(2025, 1, 1), "days_to_death": day, "sex": "female"} for day in range(40)
)


def shown(block: Block, rows: OutcomeFrame = PEOPLE, threshold: int | None = None) -> Shown:
    return block.show(page_of(rows, threshold))


def test_work_says_procedures_and_patients_and_what_is_done_most() -> None:
    found = shown(WHAT)
    rows = found.tables[0].rows

    assert found.answer.startswith("400 procedures in 380 patients. Most of them: Coeliac")
    assert rows[-1] == ("All groups", "400", "380", "see the groups")
    assert sum(int(row[1]) for row in rows[:-1]) == 400
    assert "Alcohol" in rows[0][3]


def test_what_is_not_recorded_is_a_row_and_said() -> None:
    found = shown(TREATED)

    assert "Not recorded: performance" in found.answer
    assert found.tables[2].columns[-1] == "Not recorded"
    assert "Not recorded" in found.figures[2].aria


def test_the_shares_of_a_figure_are_those_of_the_last_row_of_its_table() -> None:
    found = shown(TREATED)
    sex = found.tables[1]

    assert sex.columns == ("Group", "Procedures", "Female", "Male")
    count, share = sex.rows[-1][2].rstrip(")").split(" (")
    assert f"Female: {share} · {count} of 400" in found.figures[1].aria


def test_waits_say_how_many_referral_dates_are_missing() -> None:
    found = shown(WAITING)
    missing = PEOPLE["referral_days"].null_count()

    assert f"of {400 - missing} of 400 with a referral date; {missing} have none" in found.answer
    assert found.tables[0].rows[-1][1:4] == ("400", str(400 - missing), str(missing))
    assert any("refer" in caveat for caveat in WAITING.caveats)


def test_nobody_referred_is_an_answer() -> None:
    found = shown(WAITING, frame([{"sex": "male"}] * 12))

    assert found.answer == "No referral date is recorded for any of these procedures."
    assert "no referral date recorded" in found.figures[0].json()


def test_recent_procedures_are_left_out_of_the_distance_from_death_and_counted() -> None:
    recent = PEOPLE.filter(PEOPLE["performed_on"] > CUT_OFF - timedelta(days=90)).height
    found = shown(DISTANCE)

    assert f"Of {400 - recent} procedures done at least 90 days before the cut-off" in found.answer
    assert f"Too recent to tell, and left out: {recent} procedures." in found.answer
    assert found.tables[0].rows[-1][1] == str(400 - recent)


def test_only_recent_procedures_are_no_claim_about_death() -> None:
    found = shown(DISTANCE, frame([{"performed_on": CUT_OFF}] * 30))

    assert found.answer == (
        "No procedure is 90 days old yet. Too recent to tell, and left out: 30 procedures."
    )


def test_all_dead_is_an_answer() -> None:
    found = shown(DISTANCE, ALL_DEAD)

    assert "72 % (57 to 84 %) were followed by death within 28 days" in found.answer
    assert "Not known to have died" not in found.tables[0].columns


def test_access_never_claims_a_rate() -> None:
    found = shown(ACCESS)

    assert found.answer.endswith("Who needed it and wasn't treated isn't known here.")
    assert any("no rate" in caveat for caveat in ACCESS.caveats)
    assert [row[0] for row in found.tables[0].rows][-2:] == ["Jul-Dec 2026, so far", "All"]


@pytest.mark.parametrize("block", ACTIVITY.blocks, ids=lambda b: b.slug)
def test_small_numbers_are_held_back_in_figures_tables_and_records(block: Block) -> None:
    found = shown(block, people(70), 11)
    numbers = [
        int(cell.split(" (")[0])
        for table in found.tables
        for row in table.rows
        for cell in row[1:4]
        if cell.split(" (")[0].isdigit()
    ]

    assert all(n == 0 or (n >= 10 and n % 5 == 0) for n in numbers)
    assert any(record["held_back"] for record in found.records) or block is WHAT
    drawn = "".join(figure.json() for figure in found.figures)
    assert "held back" in drawn or "Too few" in drawn or block is WHAT
    for table in found.tables:
        assert any("counts of 1 to 10" in note for note in table.notes)


@pytest.mark.parametrize("block", ACTIVITY.blocks, ids=lambda b: b.slug)
def test_a_page_of_too_few_names_nobodys_diagnosis(block: Block) -> None:
    lone = {"diagnosis_group": "cns", "age_years": 91, "sex": "other", "akps": 20}
    found = shown(block, frame([{**lone, "performed_on": date(2025, 2, 1)}] * 3), 11)
    said = json.dumps(
        [found.answer, [t.rows for t in found.tables], [t.columns for t in found.tables]]
        + [figure.json() for figure in found.figures]
        + list(found.records)
    )

    assert "Too few" in found.answer
    assert not any(word in said for word in ("Brain", "85 and over", "Other", "AKPS 10", "2025"))
