"""Entering opioids as rows: what is understood, what it comes to, what is told at which field."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from registry.db.tables import Assessment
from registry.domain.drugs import DoseUnit, Route
from registry.domain.opioids import OpioidItem, Regimen
from registry.domain.regimens import LONGEST
from registry.domain.regimens import read_regimen as read_text
from registry.domain.rules import Bounds, check_assessment
from registry.domain.timeline import PainScore, PainType, Recall, Respondent, ScoreKind
from registry.services.assessments import add_assessment
from registry.services.corrections import get_record
from registry.services.timelines import to_assessment, to_regimen
from registry.web.forms.assessment import assessment_values, other_scores, read_assessment
from registry.web.forms.form import Form
from registry.web.forms.opioid_steps import after_opioid_step
from registry.web.forms.opioids import read_regimen, regimen_values
from registry.web.forms.rows import after_step, with_even_rows, without_blank_rows
from registry.web.views.opioids import opioids_view, show_item
from tests.web.conftest import Visitor
from tests.world import TODAY, World, assessment_draft

PHRASES = (
    "MST 30 bd",
    "Oramorph 10mg prn x4",
    "OxyContin 20 mg BID",
    "Targin 20/10 bd",
    "Norco 10/325 one q6h",
    "Suboxone 8 bid",
    "fentanyl patch 25 mcg/h q72h",
    "BuTrans 10 weekly",
    "Abstral 200 mcg prn x3",
    "CSCI morphine 30mg/24h",
    "IDDS hydromorphone 1.8mg/24h",
    "methadone 2.5 mg nocte",
    "gabapentin 300 tds",
    "morphine suppository 20 mg q6h",
)


def rows(*typed: dict[str, str], **others: str) -> Form:
    values = {f"opioids-{i}-{k}": [v] for i, row in enumerate(typed) for k, v in row.items()}
    return Form({**values, **{k.replace("__", "-"): [v] for k, v in others.items()}})


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


@pytest.mark.parametrize(
    ("typed", "form", "route"),
    [
        ({"drug": "fentanyl", "form": "patch"}, "patch", Route.TRANSDERMAL),
        ({"drug": "fentanyl", "form": "lozenge", "unit": "mcg"}, "lozenge", Route.BUCCAL),
        ({"drug": "morphine", "form": "MR"}, "MR", Route.ORAL),
        ({"drug": "morphine", "form": "suppository", "unit": "mg"}, "suppository", Route.RECTAL),
        ({"drug": "Oramorph"}, "solution", Route.ORAL),
        ({"drug": "Sevredol", "form": "tablet"}, "tablet", Route.ORAL),
    ],
)
def test_a_form_is_recorded_and_tells_the_route_that_it_alone_has(
    typed: dict[str, str], form: str, route: Route
) -> None:
    item = one(dose="30", per_day="2", **typed)
    assert (item.form, item.route) == (form, route)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"drug": "morphine", "form": "injection", "unit": "mg"}, "route"),  # not by mouth
        ({"drug": "morphine", "form": "injection", "route": "oral"}, "form"),
        ({"drug": "MST", "form": "patch"}, "form"),
        ({"drug": "fentanyl", "form": "patch", "route": "buccal", "unit": "mcg"}, "form"),
    ],
)
def test_a_form_that_the_route_cannot_have_is_told_at_its_row(
    typed: dict[str, str], wrong: str
) -> None:
    form = rows({**typed, "dose": "30"})
    read_regimen(form)
    assert [e["field"] for e in form.errors] == [f"opioids-0-{wrong}"]


def test_lines_of_one_drug_count_together_and_the_one_that_goes_over_is_told() -> None:
    form = rows(
        {"drug": "MST", "dose": "1500", "per_day": "2"},
        {"drug": ""},
        {"drug": "Oramorph", "dose": "500", "per_day": "5", "as_needed": "yes"},
    )
    read_regimen(form)
    assert [e["field"] for e in form.errors] == ["opioids-2-dose"]
    assert "With the lines above" in str(form.error("opioids-2-dose"))


def test_who_takes_no_opioid_may_take_adjuvants() -> None:
    gabapentin = {"drug": "gabapentin", "dose": "300", "per_day": "3"}
    form = rows(gabapentin, no_opioids="yes")
    regimen = read_regimen(form)
    assert form.problems == []
    assert [item.drug for item in regimen or ()] == ["gabapentin"]
    told = opioids_view(form, "cdc-2022")
    assert told.conversion is not None
    assert (told.conversion.medd.total_mg, told.conversion.medd.complete) == (0, True)
    assert [line.text for line in told.conversion.adjuvants] == [
        "Gabapentin, oral, 300 mg 3 times a day"
    ]
    assert told.systemic == ()
    assert read_regimen(Form.starting(**regimen_values(regimen))) == regimen


def offered(**typed: str) -> tuple[list[str], str, str, str]:
    row = opioids_view(rows(typed), "cdc-2022").rows[0]
    doses = [label for _, label in row.strengths]
    return doses, row.usual_form, row.usual_route, row.usual_unit


def test_a_row_offers_what_its_drug_usually_is() -> None:
    assert offered(drug="Sevredol") == (
        ["10 mg", "20 mg", "50 mg"],
        "IR (immediate release), usual",
        "oral, usual",
        "mg, usual",
    )
    assert offered(drug="Targinact", form="MR")[0][:3] == ["2.5 mg", "5 mg", "10 mg"]
    assert offered(drug="fentanyl") == ([], "Not said", "Choose", "Choose")
    doses, _, route, unit = offered(drug="fentanyl", form="patch")
    assert (doses[:2], route, unit) == (
        ["12 mcg/h", "25 mcg/h"],
        "transdermal, usual",
        "mcg/h, usual",
    )
    assert offered(drug="morphine", form="MR")[0][:2] == ["5 mg", "10 mg"]
    assert offered(drug="morphine", unit="mg/24h")[0] == []  # a tablet is no day's dose
    assert offered(drug="buprenorphine", form="tablet")[0] == []  # mg, or mcg?
    assert offered(drug="") == ([], "Usual", "Usual", "Usual")


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
    assert "Methadone: its equivalent depends on the dose" in told
    assert "Buprenorphine: half of the tables convert none of it" in told
    assert "Drug 5 is not counted yet: check its route and dose." in told
    assert "not for switching opioids" in told
    assert "<html" not in told


def test_another_table_can_be_looked_at_beside_the_sites(alice: Visitor, world: World) -> None:
    typed = {
        "opioid_table": "cdc-2022",
        "opioids-0-drug": "BuTrans",
        "opioids-0-dose": "20",
        "opioids-1-drug": "pregabalin",
        "opioids-1-dose": "75",
        "opioids-1-per_day": "2",
    }
    alone = alice.post("/opioids/medd", htmx=True, **typed).text
    assert "CDC 2022 has no factor for transdermal buprenorphine: not converted" in alone
    assert "Recorded, not converted:" in alone
    assert "48 mg" not in alone
    both = alice.post("/opioids/medd", htmx=True, opioid_table_beside="uk-fpm-2020", **typed).text
    assert "CDC 2022 has no factor for transdermal buprenorphine: not converted" in both
    assert "48 mg/24 h" in both  # 20 mcg/h x 2.4
    assert both.count("Pregabalin, oral") == 1
    assert both.count("not for switching opioids") == 1
    unknown = alice.post("/opioids/medd", htmx=True, opioid_table_beside="mine", **typed)
    assert unknown.status_code == 200


def test_what_a_drug_usually_is_comes_with_the_dose(alice: Visitor, world: World) -> None:
    told = alice.post(
        "/opioids/medd",
        htmx=True,
        opioid_table="cdc-2022",
        **{"opioids-3-drug": "Durogesic", "opioids-3-dose": ""},
    ).text
    assert '<datalist id="s-opioids-0" hx-swap-oob="true">' in told
    assert '<option value="75" label="75 mcg/h"></option>' in told
    assert (
        '<option id="usual-opioids-0-route" value="" hx-swap-oob="true">transdermal, usual' in told
    )


def after(step: str, form: Form, last: Regimen | None = None) -> Form:
    return after_opioid_step(Form({**form.typed, "step": [step]}), last)


def test_a_text_becomes_rows_after_those_that_are_there_and_the_rest_stays() -> None:
    text = "Oramorph 10mg prn x4, co-codamol 30/500 2 qds, Endone 5-10 mg prn"
    form = after(
        "opioids-read",
        rows({"drug": "MST", "dose": "30", "per_day": "2"}, {"drug": ""}, opioids__text=text),
    )
    assert form.value("opioids-text") == "Endone 5-10 mg prn"
    assert form.error("opioids-text") == (
        "This was not understood. Write it another way, or enter it as a row."
    )
    emptied = Form({**form.typed, "opioids-text": [""]})
    regimen = read_regimen(emptied)
    assert emptied.problems == []
    assert [show_item(item) for item in regimen or ()] == [
        "Morphine (MST), oral, 30 mg 2 times a day",
        "Morphine (Oramorph), oral, 10 mg 4 times a day, as needed",
        "Codeine (co-codamol 30/500), oral, 60 mg 4 times a day",
    ]


@given(st.lists(st.sampled_from(PHRASES), min_size=1, max_size=4))
def test_what_is_read_into_rows_is_what_the_text_says(phrases: list[str]) -> None:
    text = ", ".join(phrases)
    form = after("opioids-read", rows({"drug": ""}, opioids__text=text))
    assert (form.problems, form.value("opioids-text")) == ([], "")
    assert read_regimen(form) == read_text(text).items


def test_text_left_in_its_box_is_never_lost_when_saving() -> None:
    form = rows({"drug": "MST", "dose": "30", "per_day": "2"}, opioids__text="Oramorph prn")
    read_regimen(form)
    assert [e["field"] for e in form.errors] == ["opioids-text"]
    assert opioids_view(form, "cdc-2022").unfinished == (
        "The pasted text is not counted yet: read it into rows, or clear its box.",
    )


def test_a_text_that_says_none_ticks_so_and_an_empty_or_endless_one_is_told() -> None:
    nil = after("opioids-read", rows({"drug": ""}, opioids__text="nil opioids"))
    assert (nil.value("no_opioids"), read_regimen(nil)) == ("yes", ())
    beside = rows({"drug": "MST", "dose": "30", "per_day": "2"}, opioids__text="nil")
    told = after("opioids-read", beside)
    assert "none was taken" in str(told.error("opioids-text"))
    assert (told.value("opioids-text"), told.has("no_opioids")) == ("nil", False)
    for text in ("", " ", "x" * (LONGEST + 1)):
        form = after("opioids-read", rows({"drug": "MST"}, opioids__text=text))
        assert form.error("opioids-text")
        assert (form.value("opioids-text"), form.value("opioids-0-drug")) == (text, "MST")


def test_same_as_last_time_replaces_the_rows_and_keeps_what_stands_around_them() -> None:
    last = read_text("MST 60 bd, Oramorph 20 prn x1").items
    form = rows(
        {"drug": "fent"}, {"drug": "x"}, {"drug": "y"}, no_opioids="yes", note="kept",
        opioids__text="as he says",
    )  # fmt: skip
    again = after("opioids-last", form, last)
    assert read_regimen(Form({**again.typed, "opioids-text": [""]})) == last
    assert (again.rows("opioids"), again.has("no_opioids")) == ([0, 1], False)
    assert (again.value("note"), again.value("opioids-text")) == ("kept", "as he says")
    assert after("opioids-last", form, None).rows("opioids") == [0, 1, 2]
    assert after("opioids-last", form, ()).value("no_opioids") == "yes"


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
    assert other_scores(row) == (proxy,)
    assert set(again.scores) == set(draft.scores)
    assert again.regimen == regimen
    assert (again.akps, again.ecog, again.after_procedure, again.note) == (60, 2, True, "by phone")


def test_a_drug_exchanged_in_a_correction_does_not_keep_the_old_preparation(
    session: Session, world: World
) -> None:
    regimen = (
        OpioidItem(
            "codeine", Route.ORAL, Decimal(60), DoseUnit.MG, Decimal(4), product="co-codamol 30/500"
        ),
    )
    row = add_assessment(
        session,
        actor=world.alice,
        patient_id=world.pat,
        draft=assessment_draft(date(2026, 2, 1), 3, regimen=regimen),
        today=TODAY,
    )
    values = assessment_values(row)
    kept = read_assessment(Form.starting(**values), date(2026, 2, 1), earlier=row)
    assert kept.regimen == regimen
    values["opioids-0-drug"] = "oxycodone"
    again = read_assessment(Form.starting(**values), date(2026, 2, 1), earlier=row)
    assert again.regimen is not None
    assert (again.regimen[0].drug, again.regimen[0].product) == ("oxycodone", None)
    assert to_regimen(row) == to_assessment(row).regimen == regimen


def test_a_patient_who_takes_none_and_one_not_asked_stay_apart(
    session: Session, world: World
) -> None:
    for day, regimen in ((1, ()), (2, None)):
        on = date(2026, 2, day)
        row = add_assessment(
            session,
            actor=world.alice,
            patient_id=world.pat,
            draft=assessment_draft(on, 3, regimen=regimen),
            today=TODAY,
        )
        form = Form.starting(**assessment_values(row))
        assert read_assessment(form, on, earlier=row).regimen == regimen


@pytest.mark.parametrize("typed", ["11", "-1", "7.5", "seven"])
def test_a_score_that_is_no_whole_number_from_0_to_10_never_passes(
    typed: str,
) -> None:
    form = Form({"average_pain": [typed], "worst_pain": ["8"]})
    draft = read_assessment(form, date(2026, 2, 1))
    form.add(check_assessment(draft, Bounds(date(1950, 1, 1), None, TODAY)))
    assert form.error("average_pain") == "A pain score is a whole number from 0 to 10."
