"""Sites choose their own conversion tables; a comparison is told by one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.outcomes.responders import judge
from reports.doses import DOSE_SCHEMA, Conversion, DoseFrame
from reports.frames import check
from reports.one_table import by_one_table
from tests.reports.cases import dosed, frame

SCORE = st.none() | st.integers(0, 10)
DOSE = st.decimals(0, 300, places=2)
CASE = st.fixed_dictionaries(
    {
        "before": DOSE,
        "after": DOSE,
        "whole": st.booleans(),
        "worst": st.tuples(SCORE, SCORE),
        "floor": st.integers(0, 6),
    }
)
FALLS = st.sampled_from(["0.7", "0.5", "0.75", "1.25", "1"])


def doses(*rows: dict[str, Any]) -> DoseFrame:
    full = [{**dict.fromkeys(DOSE_SCHEMA), **row} for row in rows]
    return DoseFrame(pl.DataFrame(full, schema=DOSE_SCHEMA))


@given(CASE, st.none() | FALLS)
def test_definitions_are_judged_as_the_registry_judges_them(
    case: dict[str, Any], fall: str | None
) -> None:
    """At random and on the very edge of each definition."""
    before, after = case["before"], case["after"]
    if fall is not None:
        after = before * Decimal(fall)
    rows = frame(
        [{"worst_baseline": case["worst"][0], "worst_28d": case["worst"][1], **dosed(1, 1)}]
    )
    told = doses(
        {"procedure_id": "0", "table_id": "anzca-2021"}
        | dosed(float(before), float(after))
        | {"medd_complete_28d": case["whole"]}
    )
    (row,) = by_one_table(rows, told, "anzca-2021", {"north": case["floor"]}).to_dicts()
    worst = None if None in case["worst"] else case["worst"]
    expected = judge(None, worst, (before, after) if case["whole"] else None, case["floor"])

    for name in ("medd30", "medd50", "composite", "icpre2012"):
        assert row[f"{name}_28d"] == getattr(expected, name), name


def test_doses_are_those_of_the_table_and_the_frame_still_keeps_its_contract() -> None:
    rows = frame([dosed(100, 50), {}])
    told = doses(
        {"procedure_id": "0", "table_id": "cdc-2016", **dosed(120, 60)},
        {"procedure_id": "0", "table_id": "uk-fpm-2020", **dosed(80, 70)},
    )
    found = by_one_table(rows, told, "uk-fpm-2020", {"north": 4})

    assert found["medd_baseline"].to_list() == [80.0, None]
    assert found["medd_28d"].to_list() == [70.0, None]
    assert found["procedure_id"].to_list() == rows["procedure_id"].to_list()
    assert check(found).equals(found)


def test_who_had_a_pump_is_judged_only_where_none_ran() -> None:
    own = {"neuraxial": True, "worst_baseline": 8, "worst_28d": 2, **dosed(100, 50)}
    rows = frame([own, own | {"medd30_28d": True}])
    told = doses(
        *({"procedure_id": i, "table_id": "cdc-2016", **dosed(100, 50)} for i in ("0", "1"))
    )
    found = by_one_table(rows, told, "cdc-2016", {"north": 4})

    assert found["medd50_28d"].to_list() == [None, True]


def test_it_is_said_when_a_sites_own_table_is_another() -> None:
    assert Conversion().note == "Doses are converted by CDC 2022."
    mixed = Conversion("cdc-2022", ("anzca-2021",))
    assert "for all sites" in mixed.note
    assert "ANZCA 2021" in mixed.note
    assert "never mixed" in mixed.note
