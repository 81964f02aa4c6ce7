"""A regimen entered in a form or sent to the API is read whole, or told what is wrong and where."""

from __future__ import annotations

from decimal import Decimal

import pytest

from registry.domain.drugs import drugs
from registry.domain.errors import RuleViolation
from registry.domain.opioids import DoseUnit, OpioidItem, Route, read_item, read_items

RAW = {"drug": "morphine", "route": "oral", "dose": 30, "unit": "mg", "per_day": 2}


def problems(raw, field="items.0"):
    with pytest.raises(RuleViolation) as refused:
        read_item(raw, field)
    return {p.field: p.message for p in refused.value.problems}


def test_numbers_and_texts_read_alike():
    texts = {**RAW, "dose": " 30 ", "per_day": "2", "drug": " Morphine ", "route": "ORAL"}
    assert (
        read_item(RAW, "x")
        == read_item(texts, "x")
        == OpioidItem("morphine", Route.ORAL, Decimal(30), DoseUnit.MG, Decimal(2))
    )
    assert read_item({**RAW, "dose": 0.1}, "x").dose == Decimal("0.1")
    assert read_item({**RAW, "per_day": ""}, "x").per_day is None


@pytest.mark.parametrize(
    ("name", "drug"),
    [
        ("Oramorph", "morphine"),
        ("meperidine", "pethidine"),
        ("MST", "morphine"),
        ("OXYNORM", "oxycodone"),
        ("Durogesic", "fentanyl"),
        ("Endone", "oxycodone"),
        ("lignocaine", "lidocaine"),
    ],
)
def test_a_drug_may_be_given_by_any_of_its_names(name, drug):
    assert read_item({**RAW, "drug": name, "route": "oral"}, "x").drug == drug


def test_a_product_is_kept_with_its_form():
    read = read_item({**RAW, "drug": "mst"}, "x")
    assert (read.drug, read.product, read.form) == ("morphine", "MST", "MR")


@pytest.mark.parametrize("answer", [True, "on", "true", "yes", "1", 1])
def test_as_needed_may_be_ticked(answer):
    assert read_item({**RAW, "as_needed": answer}, "x").as_needed


@pytest.mark.parametrize("answer", [False, None, "", "no", "off", "0", 0])
def test_as_needed_may_be_left(answer):
    assert not read_item({**RAW, "as_needed": answer}, "x").as_needed


@pytest.mark.parametrize(
    "dose",
    [0, -5, "-5", "abc", "", None, True, "NaN", float("nan"), "inf", float("inf"), "1_0", [], {},
     10**9, "1e-30", "5-10"],
)  # fmt: skip
def test_a_dose_that_is_no_positive_number_is_refused_at_its_field(dose):
    assert list(problems({**RAW, "dose": dose})) == ["items.0.dose"]


@pytest.mark.parametrize("per_day", [0, -1, "twice", True, "nan"])
def test_times_a_day_must_be_positive(per_day):
    assert list(problems({**RAW, "per_day": per_day})) == ["items.0.per_day"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("drug", "morfiine!"),
        ("drug", ""),
        ("drug", None),
        ("drug", 7),
        ("route", "ear"),
        ("route", None),
        ("unit", "tablets"),
        ("unit", ""),
        ("as_needed", "perhaps"),
        ("form", 5),
    ],
)
def test_what_is_unknown_is_refused_at_its_field(key, value):
    assert list(problems({**RAW, key: value})) == [f"items.0.{key}"]


def test_messages_say_what_is_accepted():
    said = problems({"drug": "meperdine", "route": "x", "dose": "", "unit": "x"}, "")
    assert said["drug"].endswith("did you mean meperidine?")
    assert "intrathecal" in said["route"]
    assert "mcg/24h" in said["unit"]
    assert said["dose"]


@pytest.mark.parametrize("unit", ["mg", "mcg"])
def test_a_patch_must_be_a_rate(unit):
    patch = {"drug": "fentanyl", "route": "transdermal", "dose": 75, "unit": unit}
    assert "mcg/h" in problems(patch)["items.0.unit"]


@pytest.mark.parametrize(
    "route", ["oral", "sublingual", "buccal", "intranasal", "rectal", "intramuscular"]
)
@pytest.mark.parametrize("unit", ["mcg/h", "mg/h"])
def test_what_is_swallowed_has_no_rate(route, unit):
    assert list(problems({**RAW, "route": route, "unit": unit})) == ["items.0.unit"]


def test_an_adjuvant_patch_may_be_counted_in_mg():
    plaster = {"drug": "lidocaine", "route": "transdermal", "dose": 700, "unit": "mg"}
    assert read_item(plaster, "x").unit == "mg"


def test_a_combination_must_be_entered_as_its_opioid():
    # 500 of a co-codamol tablet's mg are paracetamol.
    said = problems({**RAW, "drug": "co-codamol", "dose": 500})
    assert said == {"items.0.drug": "co-codamol holds two drugs: give codeine and its dose alone."}


def test_all_problems_of_all_items_are_told_at_once():
    with pytest.raises(RuleViolation) as refused:
        read_items([{**RAW, "dose": 0, "unit": "x"}, RAW, {**RAW, "drug": "x"}, "morphine"])
    assert [p.field for p in refused.value.problems] == [
        "items.0.dose",
        "items.0.unit",
        "items.2.drug",
        "items.3",
    ]


def test_a_good_regimen_reads_in_order():
    read = read_items([RAW, {**RAW, "drug": "oxycodone"}])
    assert [i.drug for i in read] == ["morphine", "oxycodone"]
    assert read_items([]) == ()


@pytest.mark.parametrize(
    "slip",
    [
        {"dose": 999_999, "per_day": 100},
        {"dose": 30_000},
        {"dose": 5001, "per_day": None},
        {"drug": "fentanyl", "route": "transdermal", "unit": "mg/h", "dose": 25},
        {"drug": "gabapentin", "dose": 300_000},
    ],
)
def test_a_day_that_nobody_takes_is_refused_at_the_dose(slip):
    told = problems({**RAW, **slip})
    assert list(told) == ["items.0.dose"]
    assert "check dose, unit and times a day" in told["items.0.dose"]


@pytest.mark.parametrize(
    "large",
    [
        {"dose": 5000, "per_day": None},
        {"dose": 250, "per_day": 20},
        {"drug": "fentanyl", "route": "transdermal", "unit": "mcg/h", "dose": 1000},
        {"drug": "methadone", "dose": 400, "per_day": 1},
        {"drug": "buprenorphine", "route": "subcutaneous", "dose": 300, "per_day": 1},
        {"drug": "paracetamol", "dose": 1000, "per_day": 4},
        {"drug": "fentanyl", "route": "transdermal", "unit": "mcg/h", "dose": 100, "per_day": 72},
    ],
)
def test_a_large_dose_that_somebody_takes_is_read(large):
    assert read_item({**RAW, **large}, "x").dose == large["dose"]


def lines(*doses, drug="morphine", **more):
    return [{"drug": drug, "route": "oral", "dose": d, "unit": "mg", **more} for d in doses]


def test_the_lines_of_a_drug_count_together_and_the_one_that_goes_over_is_told():
    with pytest.raises(RuleViolation) as refused:
        read_items([*lines(3000, 2000), *lines(9, drug="oxycodone"), *lines(1, 500)])
    assert [(p.field, p.message) for p in refused.value.problems] == [
        (
            "items.3.dose",
            "With the lines above, this is more than 5000 mg a day of morphine: "
            "check dose, unit and times a day.",
        )
    ]
    assert len(read_items([*lines(3000, 2000), *lines(5000, drug="oxycodone")])) == 2 + 1


def test_all_routes_of_a_drug_count_together():
    swallowed, infused = lines(4000)[0], {**lines(1001)[0], "route": "subcutaneous"}
    with pytest.raises(RuleViolation) as refused:
        read_items([swallowed, infused], "opioids")
    assert [p.field for p in refused.value.problems] == ["opioids.1.dose"]


def test_a_line_that_is_refused_by_itself_counts_for_no_other():
    with pytest.raises(RuleViolation) as refused:
        read_items([*lines(6000), *lines(4000)])
    assert [p.field for p in refused.value.problems] == ["items.0.dose"]


def test_a_conversion_is_arithmetic_and_has_no_ceiling():
    assert len(read_items(lines(9000, 9000), recorded=False)) == 2


@pytest.mark.parametrize("per_day", [101, "100.5", 999_999])
def test_more_than_a_hundred_times_a_day_is_refused_at_the_times(per_day):
    assert list(problems({**RAW, "dose": 1, "per_day": per_day})) == ["items.0.per_day"]


@pytest.mark.parametrize("dose", ["٥", "1,000", "۳0"])
def test_a_dose_in_other_digits_or_with_a_comma_is_refused_at_its_field(dose):
    assert list(problems({**RAW, "dose": dose})) == ["items.0.dose"]


def test_every_drug_may_be_taken_ten_times_a_day_in_its_strongest_tablet():
    for drug in drugs().values():
        tablets = [Decimal(s) for form in ("MR", "IR") for s in drug.forms.get(form, ())]
        assert drug.most_mg_per_day >= 10 * max(tablets, default=Decimal(0)), drug.slug
