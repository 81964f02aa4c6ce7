"""A regimen under a named table becomes mg of oral morphine a day, or says what it could not do."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.drugs import drugs
from registry.domain.errors import RuleViolation
from registry.domain.opioids import (
    DoseUnit,
    OpioidItem,
    Route,
    conversion_table,
    conversion_tables,
    convert,
)

TABLES = ("cdc-2022", "cdc-2016", "anzca-2021", "uk-fpm-2020")


def item(drug, route, dose, unit="mg", per_day=None, **more):
    return OpioidItem(
        drug,
        Route(route),
        Decimal(str(dose)),
        DoseUnit(unit),
        None if per_day is None else Decimal(str(per_day)),
        **more,
    )


def medd(table, *items):
    return convert(items, conversion_table(table))


def total(table, *items):
    return medd(table, *items).total_mg


# Oral morphine mg for one unit of each drug; None is no factor. One line a line of the tables.
FACTORS = [
    (("morphine", "oral", "mg"), "1", "1", "1", "1"),
    (("oxycodone", "oral", "mg"), "1.5", "1.5", "1.5", "1.5"),
    (("hydromorphone", "oral", "mg"), "5", "4", "5", "5"),
    (("oxymorphone", "oral", "mg"), "3", "3", None, None),
    (("hydrocodone", "oral", "mg"), "1", "1", None, None),
    (("codeine", "oral", "mg"), "0.15", "0.15", "0.13", "0.1"),
    (("dihydrocodeine", "oral", "mg"), None, "0.25", None, "0.1"),
    (("tramadol", "oral", "mg"), "0.2", "0.1", "0.2", "0.1"),
    (("tapentadol", "oral", "mg"), "0.4", "0.4", "0.3", "0.4"),
    (("methadone", "oral", "mg"), "4.7", "4", None, None),
    (("fentanyl", "transdermal", "mcg/h"), "2.4", "2.4", "3", "2.4"),
    (("buprenorphine", "transdermal", "mcg/h"), None, None, "2", "2.4"),
    (("buprenorphine", "sublingual", "mg"), None, None, "40", None),
    (("morphine", "intravenous", "mg"), None, None, "3", "2"),
    (("morphine", "subcutaneous", "mg"), None, None, "3", "2"),
    (("oxycodone", "intravenous", "mg"), None, None, "3", None),
    (("oxycodone", "subcutaneous", "mg"), None, None, "3", None),
    (("hydromorphone", "intravenous", "mg"), None, None, "15", None),
    (("hydromorphone", "subcutaneous", "mg"), None, None, "15", None),
    (("fentanyl", "intravenous", "mcg"), None, None, "0.2", None),
    (("fentanyl", "subcutaneous", "mcg"), None, None, "0.2", None),
    (("diamorphine", "subcutaneous", "mg"), None, None, None, "3.33"),
    (("pethidine", "intravenous", "mg"), None, None, "0.4", None),
    (("pethidine", "subcutaneous", "mg"), None, None, "0.4", None),
]


@pytest.mark.parametrize("column", range(4), ids=TABLES)
@pytest.mark.parametrize("row", FACTORS, ids=lambda row: " ".join(row[0][:2]))
def test_each_table_gives_its_published_factor(row, column):
    (drug, route, unit), expected = row[0], row[1 + column]
    converted = medd(TABLES[column], item(drug, route, 10, unit))
    if expected is None:
        assert (converted.complete, converted.total_mg) == (False, 0)
        assert converted.items[0].factor is converted.items[0].mg is None
        assert "no factor" in converted.items[0].reason
    else:
        assert converted.complete
        assert converted.items[0].factor == Decimal(expected)
        assert converted.items[0].mg == converted.total_mg == 10 * Decimal(expected)


def test_the_tables_hold_no_other_factor():
    rows = {row[0][:2]: row[1:] for row in FACTORS}
    for column, table in enumerate(TABLES):
        given = {(drug, str(route)) for drug, route in conversion_table(table).factors}
        assert given == {key for key, factors in rows.items() if factors[column] is not None}


def test_every_factor_says_where_it_comes_from():
    for table in conversion_tables().values():
        assert table.id in TABLES and table.version and table.title and table.publisher
        assert table.source
        assert all(entry.source and entry.checked is True for entry in table.entries)


def test_a_patch_counts_the_rate_worn_and_never_the_days():
    patch = item("fentanyl", "transdermal", 75, "mcg/h")
    assert total("cdc-2022", patch) == 180
    for per_day in (0.33, 1, 3, 7):
        assert total("cdc-2022", item("fentanyl", "transdermal", 75, "mcg/h", per_day)) == 180


def test_a_regimen_adds_up():
    regimen = (
        item("morphine", "oral", 30, per_day=2),
        item("fentanyl", "transdermal", 75, "mcg/h"),
        item("oxycodone", "oral", 5, per_day=3, as_needed=True),
    )
    converted = medd("cdc-2022", *regimen)
    assert [c.mg for c in converted.items] == [60, 180, Decimal("22.5")]
    assert converted.total_mg == Decimal("262.5")
    assert (converted.table, converted.version) == (
        "cdc-2022",
        conversion_table("cdc-2022").version,
    )


def test_nothing_taken_is_a_true_and_complete_zero():
    converted = medd("uk-fpm-2020")
    assert (converted.total_mg, converted.complete) == (0, True)
    assert converted.items == converted.neuraxial == ()
    assert not converted.methadone and not converted.has_neuraxial


def test_what_has_no_factor_is_listed_and_the_rest_still_counts():
    converted = medd(
        "cdc-2022",
        item("morphine", "oral", 30, per_day=2),
        item("buprenorphine", "transdermal", 20, "mcg/h"),
    )
    assert (converted.total_mg, converted.complete) == (60, False)
    assert converted.buprenorphine
    assert converted.items[1].reason == (
        "CDC 2022 has no factor for transdermal buprenorphine: not converted"
    )


@pytest.mark.parametrize("drug", ["alfentanil", "sufentanil", "remifentanil", "levorphanol"])
@pytest.mark.parametrize("table", TABLES)
def test_an_opioid_that_no_table_converts_is_never_zero(table, drug):
    converted = medd(table, item(drug, drugs()[drug].routes[0], 2))
    assert not converted.complete
    assert converted.items[0].mg is None


@pytest.mark.parametrize(
    ("daily", "factor", "expected"),
    [
        ("20", 4, "80"),
        ("20.01", 8, "160.08"),
        ("40", 8, "320"),
        ("40.5", 10, "405"),
        ("60", 10, "600"),
        ("61", 12, "732"),
    ],
)
def test_methadone_goes_by_bands_of_the_whole_day(daily, factor, expected):
    converted = medd("cdc-2016", item("methadone", "oral", daily))
    assert converted.items[0].factor == factor
    assert converted.total_mg == Decimal(expected)
    assert converted.methadone


def test_methadone_is_banded_over_all_its_items():
    # 10 mg twice and 15 mg as needed are 35 mg a day: x8, though each alone is x4.
    converted = medd(
        "cdc-2016",
        item("methadone", "oral", 10, per_day=2),
        item("methadone", "oral", 15_000, "mcg", as_needed=True),
    )
    assert [c.factor for c in converted.items] == [8, 8]
    assert [c.mg for c in converted.items] == [160, 120]


def test_injected_methadone_neither_converts_nor_shifts_the_band():
    converted = medd(
        "cdc-2016",
        item("methadone", "oral", 20),
        item("methadone", "subcutaneous", 20),
    )
    assert [c.mg for c in converted.items] == [80, None]
    assert not converted.complete


def test_neuraxial_opioid_stands_apart():
    converted = medd(
        "uk-fpm-2020",
        item("morphine", "intrathecal", 2, "mg/24h"),
        item("fentanyl", "epidural", 20, "mcg/h"),
        item("morphine", "oral", 10, per_day=2),
    )
    assert (converted.total_mg, converted.complete) == (20, True)
    assert [c.item.route for c in converted.items] == ["oral"]
    assert [c.item.drug for c in converted.neuraxial] == ["morphine", "fentanyl"]
    assert all(
        c.factor is c.mg is None and "no agreed factor" in c.reason for c in converted.neuraxial
    )
    assert converted.has_neuraxial


def test_a_pump_without_opioid_is_not_neuraxial_opioid():
    converted = medd("uk-fpm-2020", item("ziconotide", "intrathecal", 2.4, "mcg/24h"))
    assert len(converted.neuraxial) == 1
    assert not converted.has_neuraxial


def test_neuraxial_methadone_is_no_methadone_taker():
    assert not medd("cdc-2016", item("methadone", "intrathecal", 1, "mg/24h")).methadone


@pytest.mark.parametrize("drug", ["ketamine", "gabapentin", "clonidine", "paracetamol"])
def test_an_adjuvant_is_recorded_and_leaves_the_total_complete(drug):
    converted = medd("cdc-2022", item("morphine", "oral", 60), item(drug, "oral", 300, per_day=3))
    assert (converted.total_mg, converted.complete) == (60, True)
    assert converted.items[1].reason == "not an opioid: recorded, not converted"
    assert converted.items[1].factor is converted.items[1].mg is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (item("morphine", "oral", 30, "mg", 2), item("morphine", "oral", 30_000, "mcg", 2)),
        (item("morphine", "subcutaneous", 24), item("morphine", "subcutaneous", 1, "mg/h")),
        (item("morphine", "subcutaneous", 24), item("morphine", "subcutaneous", 1000, "mcg/h")),
        (item("morphine", "subcutaneous", 24), item("morphine", "subcutaneous", 24, "mg/24h")),
        (item("fentanyl", "intravenous", 1.2), item("fentanyl", "intravenous", 50, "mcg/h")),
        (
            item("fentanyl", "intravenous", 1200, "mcg"),
            item("fentanyl", "intravenous", 1200, "mcg/24h"),
        ),
        (
            item("fentanyl", "transdermal", 75, "mcg/h"),
            item("fentanyl", "transdermal", 1.8, "mg/24h"),
        ),
        (item("morphine", "oral", 60), item("morphine", "oral", 60, "mg/24h", 5)),
    ],
)
def test_one_dose_in_two_units_is_one_dose(one, other):
    assert total("anzca-2021", one) == total("anzca-2021", other) > 0


def test_a_patch_without_a_rate_is_not_guessed():
    converted = medd("cdc-2022", item("fentanyl", "transdermal", 75, "mcg"))
    assert (converted.total_mg, converted.complete) == (0, False)
    assert "rate" in converted.items[0].reason


def test_an_unknown_table_is_refused_at_its_field():
    with pytest.raises(RuleViolation) as refused:
        conversion_table("cdc-2030")
    assert [p.field for p in refused.value.problems] == ["table"]
    assert "uk-fpm-2020" in refused.value.problems[0].message


doses = st.decimals("0.1", "500", places=1)
opioids = st.sampled_from(["morphine", "oxycodone", "hydromorphone", "codeine", "tapentadol"])
oral = st.builds(
    lambda drug, dose, n: item(drug, "oral", dose, per_day=n), opioids, doses, st.integers(1, 8)
)
patches = st.builds(lambda dose: item("fentanyl", "transdermal", dose, "mcg/h"), doses)
methadone = st.builds(lambda dose: item("methadone", "oral", dose), doses)
unconverted = st.builds(lambda dose: item("levorphanol", "oral", dose), doses)
regimens = st.lists(oral | patches | methadone | unconverted, max_size=6)
tables = st.sampled_from(TABLES)


@given(regimens.flatmap(lambda r: st.tuples(st.just(r), st.permutations(r))), tables)
def test_the_order_of_items_does_not_matter(pair, table):
    one, other = medd(table, *pair[0]), medd(table, *pair[1])
    assert (one.total_mg, one.complete) == (other.total_mg, other.complete)


@given(st.lists(oral | patches, max_size=5), st.integers(1, 20), tables)
def test_an_unbanded_total_grows_with_the_dose(regimen, times, table):
    more = [item(i.drug, i.route, i.dose * times, i.unit, i.per_day) for i in regimen]
    assert total(table, *more) == times * total(table, *regimen)


@given(regimens, tables)
def test_shares_sum_to_the_total(regimen, table):
    converted = medd(table, *regimen)
    assert len(converted.items) == len(regimen)
    assert converted.total_mg == sum(c.mg for c in converted.items if c.mg is not None)
    assert converted.complete == all(c.mg is not None for c in converted.items)
    assert all(
        (c.mg is None) == (c.factor is None) == (c.reason is not None) for c in converted.items
    )


@given(regimens, doses)
def test_more_opioid_is_never_less_equivalent(regimen, dose):
    more = [*regimen, item("methadone", "oral", dose)]
    assert total("cdc-2016", *more) > total("cdc-2016", *regimen)
