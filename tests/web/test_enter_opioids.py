"""Entering opioids as rows: what is understood, what it comes to, what is told at which field."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import Session

from registry.db.tables import Assessment
from registry.domain.drugs import DoseUnit, Route
from registry.domain.opioids import OpioidItem
from registry.domain.rules import Bounds, check_assessment
from registry.domain.timeline import PainScore, PainType, Recall, Respondent, ScoreKind
from registry.services.assessments import add_assessment
from registry.services.corrections import get_record
from registry.services.timelines import to_assessment, to_regimen
from registry.web.forms.assessment import assessment_values, other_scores, read_assessment
from registry.web.forms.form import Form
from registry.web.forms.opioids import read_regimen
from registry.web.forms.rows import after_step, with_even_rows, without_blank_rows
from tests.web.conftest import Visitor
from tests.world import TODAY, World, assessment_draft


def rows(*typed: dict[str, str], **others: str) -> Form:
    values = {f"opioids-{i}-{k}": [v] for i, row in enumerate(typed) for k, v in row.items()}
    return Form({**values, **{k: [v] for k, v in others.items()}})


def one(**typed: str) -> OpioidItem:
    form = rows(typed)
    regimen = read_regimen(form)
    assert form.problems == []
    assert regimen is not None
    return regimen[0]


@pytest.mark.parametrize(
    ("typed", "route", "unit"),
    [
        ({"drug": "Oramorph"}, Route.ORAL, DoseUnit.MG),
        ({"drug": "morphine"}, Route.ORAL, DoseUnit.MG),
        ({"drug": "Durogesic"}, Route.TRANSDERMAL, DoseUnit.MCG_PER_H),
        ({"drug": "fentanyl", "route": "transdermal"}, Route.TRANSDERMAL, DoseUnit.MCG_PER_H),
        (
            {"drug": "morphine", "route": "subcutaneous", "unit": "mg/24h"},
            Route.SUBCUTANEOUS,
            DoseUnit.MG_PER_24H,
        ),
    ],
)
def test_the_usual_route_and_unit_are_meant_unless_others_are_chosen(
    typed: dict[str, str], route: Route, unit: DoseUnit
) -> None:
    item = one(dose="10", **typed)
    assert (item.route, item.unit) == (route, unit)


def test_a_decimal_comma_and_the_preparation_are_understood() -> None:
    item = one(drug="MST", dose="7,5", per_day="2")
    assert (item.drug, item.dose, item.product, item.form) == (
        "morphine",
        Decimal("7.5"),
        "MST",
        "MR",
    )


def test_no_row_is_not_asked_a_tick_is_none_and_both_contradict() -> None:
    assert read_regimen(rows({"drug": "", "dose": ""})) is None
    assert read_regimen(rows({"drug": ""}, no_opioids="yes")) == ()
    both = rows({"drug": "morphine", "dose": "10"}, no_opioids="yes")
    read_regimen(both)
    assert both.error("no_opioids")


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"drug": "morphium x", "dose": "10"}, {"drug"}),
        ({"drug": "morphine", "dose": "0"}, {"dose"}),
        ({"drug": "morphine", "dose": "-3"}, {"dose"}),
        ({"drug": "morphine", "dose": "a lot"}, {"dose"}),
        ({"drug": "morphine", "dose": "10", "per_day": "often"}, {"per_day"}),
        ({"drug": "morphine", "dose": "10", "route": "by ear"}, {"route"}),
        ({"drug": "morphine", "dose": "10", "unit": "pints"}, {"unit"}),
        ({"drug": "fentanyl", "dose": "75"}, {"route"}),
        ({"drug": "fentanyl", "dose": "75", "route": "transdermal", "unit": "mcg"}, {"unit"}),
        ({"dose": "10"}, {"drug"}),
        ({"drug": "morphine", "dose": "10", "as_needed": "yes"}, {"per_day"}),
    ],
)
def test_what_is_wrong_is_told_at_its_field_of_its_row(
    typed: dict[str, str], wrong: set[str]
) -> None:
    form = rows({"drug": "morphine", "dose": "30", "per_day": "2"}, typed)
    assert read_regimen(form)
    assert {e["field"].removeprefix("opioids-1-") for e in form.errors} == wrong


def test_rows_are_added_and_removed_and_the_others_stay() -> None:
    form = rows({"drug": "morphine"}, {"drug": "fentanyl"}, {"drug": "oxycodone"}, note="kept")
    step = Form({**form.typed, "step": ["opioids-remove-1"]})
    fewer = after_step(step, "opioids", "drug")
    assert [fewer.value(f"opioids-{i}-drug") for i in fewer.rows("opioids")] == [
        "morphine",
        "oxycodone",
    ]
    more = after_step(Form({**fewer.typed, "step": ["opioids-add"]}), "opioids", "drug")
    assert (more.rows("opioids"), more.value("opioids-2-drug")) == ([0, 1, 2], "")
    assert more.value("note") == "kept"


def test_rows_numbered_with_gaps_or_left_blank_are_drawn_one_after_the_other() -> None:
    gaps = Form(
        {
            "opioids-3-drug": ["b"],
            "opioids-1-drug": ["a"],
            "opioids-7-drug": [" "],
            "opioids-x-drug": ["c"],
        }
    )
    even = with_even_rows(gaps, "opioids")
    assert [even.value(f"opioids-{i}-drug") for i in range(3)] == ["a", "b", " "]
    assert without_blank_rows(gaps, "opioids").typed == {
        "opioids-0-drug": ["a"],
        "opioids-1-drug": ["b"],
    }


def test_the_dose_is_told_as_one_types_with_what_is_left_out(alice: Visitor, world: World) -> None:
    told = alice.post(
        "/opioids/medd",
        htmx=True,
        opioid_table="cdc-2022",
        **{
            "opioids-0-drug": "MST",
            "opioids-0-dose": "30",
            "opioids-0-per_day": "2",
            "opioids-1-drug": "methadone",
            "opioids-1-dose": "10",
            "opioids-2-drug": "buprenorphine",
            "opioids-2-dose": "20",
            "opioids-2-route": "transdermal",
            "opioids-3-drug": "morphine",
            "opioids-3-dose": "2",
            "opioids-3-unit": "mg/24h",
            "opioids-3-route": "intrathecal",
            "opioids-4-drug": "fent",
        },
    ).text
    assert "At least" in told
    assert "107 mg/24 h" in told  # 30 x 2 + 10 x 4.7
    assert "CDC 2022 has no factor for transdermal buprenorphine" in told
    assert "Intrathecal or epidural, kept apart" in told
    assert "Methadone: the equivalent jumps" in told
    assert "Opioid 5 is not counted yet: check its route and dose." in told
    assert "not for switching opioids" in told
    assert "<html" not in told


def test_a_complete_dose_says_so(alice: Visitor, world: World) -> None:
    told = alice.post(
        "/opioids/medd",
        htmx=True,
        opioid_table="cdc-2022",
        **{"opioids-0-drug": "morphine", "opioids-0-dose": "30", "opioids-0-per_day": "2"},
    ).text
    assert "60 mg/24 h" in told
    assert "Complete" in told
    assert "At least" not in told


def test_drugs_are_found_while_typing(alice: Visitor, world: World) -> None:
    assert 'data-text="Morphine"' in alice.get("/opioids/drugs?q=morph", htmx=True).text


def test_the_dose_is_for_those_who_are_signed_in_and_come_from_our_page(
    alice: Visitor, world: World
) -> None:
    assert alice.post("/opioids/medd", csrf_token="forged").status_code == 403


def test_an_assessment_goes_into_the_form_and_comes_back_the_same(
    session: Session, world: World
) -> None:
    regimen = (
        OpioidItem("morphine", Route.ORAL, Decimal("7.5"), DoseUnit.MG, Decimal(2), False, "MR"),
        OpioidItem("fentanyl", Route.BUCCAL, Decimal(200), DoseUnit.MCG, Decimal(4), True),
        OpioidItem(
            "oxycodone", Route.ORAL, Decimal(10), DoseUnit.MG, Decimal(2), form="MR",
            product="OxyContin",
        ),
    )  # fmt: skip
    on = date(2026, 2, 1)
    draft = assessment_draft(on, 3, worst=5, regimen=regimen, akps=60, ecog=2, note="by phone")
    least = PainScore(PainType(ScoreKind.LEAST, Recall.DAY, Respondent.SELF), 1)
    proxy = PainScore(PainType(ScoreKind.AVERAGE, Recall.DAY, Respondent.PROXY), 6)
    draft = type(draft)(
        assessed_on=on, scores=(*draft.scores, least, proxy), regimen=regimen, akps=60, ecog=2,
        after_procedure=True, note="by phone",
    )  # fmt: skip
    row = add_assessment(session, actor=world.alice, patient_id=world.pat, draft=draft, today=TODAY)
    row = get_record(session, Assessment, actor=world.alice, record_id=row.id)
    form = Form.starting(**assessment_values(row))
    again = read_assessment(form, on, earlier=row)
    assert form.problems == []
    assert set(other_scores(row)) == {least, proxy}
    assert set(again.scores) == set(draft.scores)
    assert again.regimen == regimen
    assert (again.akps, again.ecog, again.after_procedure, again.note) == (60, 2, True, "by phone")


def test_a_drug_exchanged_in_a_correction_does_not_keep_the_old_preparation(
    session: Session, world: World
) -> None:
    regimen = (OpioidItem("morphine", Route.ORAL, Decimal(30), DoseUnit.MG, form="MR"),)
    row = add_assessment(
        session,
        actor=world.alice,
        patient_id=world.pat,
        draft=assessment_draft(date(2026, 2, 1), 3, regimen=regimen),
        today=TODAY,
    )
    values = {**assessment_values(row), "opioids-0-drug": "oxycodone"}
    again = read_assessment(Form.starting(**values), date(2026, 2, 1), earlier=row)
    assert again.regimen is not None
    assert (again.regimen[0].drug, again.regimen[0].form) == ("oxycodone", None)
    assert to_regimen(row) == to_assessment(row).regimen == regimen


def test_a_patient_who_takes_none_and_one_not_asked_stay_apart(
    session: Session, world: World
) -> None:
    for regimen in ((), None):
        row = add_assessment(
            session,
            actor=world.alice,
            patient_id=world.pat,
            draft=assessment_draft(date(2026, 2, 1), 3, regimen=regimen),
            today=TODAY,
        )
        form = Form.starting(**assessment_values(row))
        assert read_assessment(form, date(2026, 2, 1), earlier=row).regimen == regimen


@pytest.mark.parametrize("typed", ["11", "-1", "7.5", "seven"])
def test_a_score_that_is_no_whole_number_from_0_to_10_never_passes(
    typed: str,
) -> None:
    form = Form({"average_pain": [typed], "worst_pain": ["8"]})
    draft = read_assessment(form, date(2026, 2, 1))
    form.add(check_assessment(draft, Bounds(date(1950, 1, 1), None, TODAY)))
    assert form.error("average_pain") == "A pain score is a whole number from 0 to 10."
