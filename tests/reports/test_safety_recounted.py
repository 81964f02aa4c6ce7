"""Harm, counted again from the exported outcome rows and the events' table.

What counts here is written from docs/glossary.md and the definitions on the pages alone, in pandas
and plain Python; it shares nothing with `reports`.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from scipy.stats import beta

from reports.catalogue import SAFETY
from reports.page import Asked
from tests.reports.by_hand import COURSE, harms, treatments
from tests.reports.demonstration import Demonstration

# One process makes the demonstration once for all of these.
pytestmark = pytest.mark.xdist_group("demonstration")


def clopper_pearson(k: int, n: int) -> tuple[float, float]:
    low = 0.0 if k == 0 else float(beta.ppf(0.025, k, n - k + 1))
    high = 1.0 if k == n else float(beta.ppf(0.975, k + 1, n - k))
    return low, high


@pytest.mark.parametrize("by", ["category", "technique"])
def test_rates_of_harm_are_what_the_events_say(demonstration: Demonstration, by: Any) -> None:
    told = {r["group"]: r for r in demonstration.records(SAFETY, "harm-rates", asked=Asked(by=by))}
    rows, recorded = treatments(demonstration.exported), harms(demonstration)
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
    recorded = harms(demonstration)
    told = demonstration.records(SAFETY, "grades")
    harmful = recorded[recorded["harm"]]
    schemes = {"CTCAE 5.0": "ctcae", "SIR 2017": "sir", "Clavien-Dindo 2004": "clavien-dindo"}

    assert {r["scheme"] for r in told} == {*schemes, "Not graded"}
    assert sum(r["harms"] for r in told) == len(harmful)
    for label, scheme in schemes.items():
        for grade in range(1, 6):
            by_hand = ((harmful["scheme"] == scheme) & (harmful["grade"] == grade)).sum()
            assert sum(r[f"grade_{grade}"] for r in told if r["scheme"] == label) == by_hand
    assert sum(r["not_graded"] for r in told if "not_graded" in r) == harmful["grade"].isna().sum()


def test_what_is_counted_apart_is_what_the_events_say(demonstration: Demonstration) -> None:
    recorded = harms(demonstration)
    told = demonstration.records(SAFETY, "expected-effects")
    category = treatments(demonstration.exported).set_index("procedure_id")["category"]
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
    recorded = harms(demonstration)
    severe = set(recorded[recorded["harm"] & (recorded["grade"] >= 3)]["procedure_id"])
    rows = treatments(demonstration.exported).sort_values(["performed_on", "procedure_id"])
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
