"""Harm, sites and operators, counted again from the exported outcome rows and the events' table.

What counts here is written from docs/glossary.md and the definitions on the pages alone, in pandas
and plain Python; it shares nothing with `reports`.
"""

from __future__ import annotations

import math
import uuid
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from scipy.stats import beta
from sqlalchemy import text

from reports.catalogue import SAFETY, UNITS
from reports.page import Asked
from tests.reports.demonstration import Demonstration

# One process makes the demonstration once for all of these.
pytestmark = pytest.mark.xdist_group("demonstration")

COURSE = ("disease-progression", "unrelated-death")


def treated(demonstration: Demonstration) -> pd.DataFrame:
    rows = demonstration.exported
    return rows[rows["intent"].isin(["therapeutic", "repeat", "implant"])]


def events(demonstration: Demonstration) -> pd.DataFrame:
    """Read the events that stand, each with whether it is a harm."""
    wanted = "select * from adverse_event where voided_at is null"
    with demonstration.engine.connect() as connection:
        rows = pd.read_sql(text(wanted), connection)
    rows["procedure_id"] = [str(uuid.UUID(str(found))) for found in rows["procedure_id"]]
    rows["harm"] = ~rows["expected"].astype(bool) & ~rows["complication"].isin(COURSE)
    return rows[rows["procedure_id"].isin(treated(demonstration)["procedure_id"])]


def clopper_pearson(k: int, n: int) -> tuple[float, float]:
    low = 0.0 if k == 0 else float(beta.ppf(0.025, k, n - k + 1))
    high = 1.0 if k == n else float(beta.ppf(0.975, k + 1, n - k))
    return low, high


@pytest.mark.parametrize("by", ["category", "technique"])
def test_rates_of_harm_are_what_the_events_say(demonstration: Demonstration, by: Any) -> None:
    told = {r["group"]: r for r in demonstration.records(SAFETY, "harm-rates", asked=Asked(by=by))}
    rows, recorded = treated(demonstration), events(demonstration)
    groups = {**dict(list(rows.groupby(by))), "_all": rows}

    assert set(told) == set(groups)
    assert told["_all"]["severe"]["k"] > 10
    for group, found in groups.items():
        own = recorded[recorded["harm"] & recorded["procedure_id"].isin(found["procedure_id"])]
        counts = {"harmed": own, "severe": own[own["grade"] >= 3]}
        for name, which in counts.items():
            k, n = which["procedure_id"].nunique(), len(found)
            share = told[group][name]
            assert (share["k"], share["n"]) == (k, n)
            if n >= 10:
                low, high = clopper_pearson(k, n)
                assert (share["low"], share["high"]) == pytest.approx((low, high), abs=1e-9)
            else:
                assert share["low"] is share["high"] is None


def test_harms_by_grade_are_what_the_events_say(demonstration: Demonstration) -> None:
    recorded = events(demonstration)
    told = demonstration.records(SAFETY, "grades")
    harms = recorded[recorded["harm"]]
    schemes = {"CTCAE 5.0": "ctcae", "SIR 2017": "sir", "Clavien-Dindo 2004": "clavien-dindo"}

    assert {r["scheme"] for r in told} == {*schemes, "Not graded"}
    assert sum(r["harms"] for r in told) == len(harms)
    for label, scheme in schemes.items():
        for grade in range(1, 6):
            by_hand = ((harms["scheme"] == scheme) & (harms["grade"] == grade)).sum()
            assert sum(r[f"grade_{grade}"] for r in told if r["scheme"] == label) == by_hand
    assert sum(r["not_graded"] for r in told if "not_graded" in r) == harms["grade"].isna().sum()


def test_what_is_counted_apart_is_what_the_events_say(demonstration: Demonstration) -> None:
    recorded = events(demonstration)
    told = demonstration.records(SAFETY, "expected-effects")
    category = treated(demonstration).set_index("procedure_id")["category"]
    expected = recorded[recorded["expected"].astype(bool)]

    by_hand = {
        (category[p], c)
        for p, c in zip(expected["procedure_id"], expected["complication"], strict=True)
    }
    assert by_hand == {(r["group"], r["what"]) for r in told if r["kind"] == "expected"}
    for record in told:
        if record["kind"] == "expected":
            own = expected[expected["complication"] == record["what"]]
            inside = [p for p in own["procedure_id"].unique() if category[p] == record["group"]]
            assert record["share"]["k"] == len(inside)
    for kind, slug in zip(("progression", "unrelated-death"), COURSE, strict=True):
        (record,) = (r for r in told if r["kind"] == kind)
        found = recorded[recorded["complication"] == slug]
        assert record["share"]["k"] == found["procedure_id"].nunique() > 0


def test_what_lies_between_severe_harms_is_what_the_events_say(
    demonstration: Demonstration,
) -> None:
    recorded = events(demonstration)
    severe = set(recorded[recorded["harm"] & (recorded["grade"] >= 3)]["procedure_id"])
    rows = treated(demonstration).sort_values(["performed_on", "procedure_id"])
    at = [i for i, p in enumerate(rows["procedure_id"]) if p in severe]
    days = pd.to_datetime(rows["performed_on"]).iloc[at]
    gaps = [b - a - 1 for a, b in pairwise(at)]
    told = demonstration.records(SAFETY, "rare-events")

    assert [r["since_the_one_before"] for r in told if r["chart"] == "g"] == gaps
    days_between = days.diff().dt.days.dropna().tolist()
    assert [r["since_the_one_before"] for r in told if r["chart"] == "t"] == days_between
    mean = sum(gaps) / len(gaps)
    limit = mean + 3 * math.sqrt(mean * (mean + 1))
    for record in told:
        if record["chart"] == "g":
            assert record["high"] == pytest.approx(limit)
            out = record["since_the_one_before"] > limit
            assert ("beyond_limits" in record["rules"]) == out


def limit(n: int, share: float, tail: float) -> float:
    """Add up the binomial until it is over a tail, and go back by the part that is too much."""
    total = 0.0
    for r in range(n + 1):
        here = math.comb(n, r) * share**r * (1 - share) ** (n - r)
        total += here
        if total > tail:
            return min(max((r - (total - tail) / here) / n, 0.0), 1.0)
    return 1.0


@pytest.mark.parametrize("unit", ["site", "operator"])
@pytest.mark.parametrize("block", ["response-funnel", "follow-up-funnel", "harm-funnel"])
def test_funnels_are_what_the_export_says(
    demonstration: Demonstration, unit: Any, block: str
) -> None:
    told = demonstration.records(UNITS, block, asked=Asked(unit=unit))
    rows, recorded = treated(demonstration), events(demonstration)
    seen = rows["state_28d"].isin(["responder", "non_responder"])
    severe = recorded[recorded["harm"] & (recorded["grade"] >= 3)]["procedure_id"]
    k, n = {
        "response-funnel": (rows["state_28d"] == "responder", seen),
        "follow-up-funnel": (seen, seen | (rows["state_28d"] == "alive_not_assessed")),
        "harm-funnel": (rows["procedure_id"].isin(severe), rows["procedure_id"].notna()),
    }[block]
    by_hand = pd.DataFrame({"unit": rows[unit], "k": k, "n": n}).groupby("unit").sum()
    target = by_hand["k"].sum() / by_hand["n"].sum()

    assert sorted((r["k"], r["n"]) for r in told) == sorted(by_hand.itertuples(index=False))
    if unit == "operator":
        assert {r["unit"] for r in told} == set(by_hand.index)
    for record in told:
        assert record["target"] == pytest.approx(target)
        for name, tail in (("low_99_8", 0.001), ("low_95", 0.025), ("high_95", 0.975)):
            assert record[name] == pytest.approx(limit(record["n"], target, tail), abs=1e-9)


def test_the_demonstration_has_an_operator_whose_follow_up_stands_out(
    demonstration: Demonstration,
) -> None:
    shown = demonstration.shown(UNITS, asked=Asked(unit="operator"))

    assert "Dr Gupta" in shown["follow-up-funnel"].answer
    assert "below, beyond" in shown["follow-up-funnel"].answer


def test_who_reads_no_records_sees_the_same_harm_rounded(demonstration: Demonstration) -> None:
    exact = {r["group"]: r for r in demonstration.records(SAFETY, "harm-rates")}
    told = demonstration.records(SAFETY, "harm-rates", by="quality")

    assert any(record["held_back"] for record in told)
    for record in told:
        for name in ("harmed", "severe"):
            share = record[name]
            if share is not None and record["group"] in exact and record["group"] != "_all":
                assert abs(share["k"] - exact[record["group"]][name]["k"]) <= 2
                assert share["k"] == 0 or share["k"] >= 11
    blocks = demonstration.shown(SAFETY, by="quality")
    assert blocks["harm-list"].detail is None
    assert blocks["rare-events"].records == ()
