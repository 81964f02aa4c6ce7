"""The numbers of the reports, counted again from the exported outcome rows.

What counts here is written from docs/glossary.md and the codebook alone, in pandas and plain
Python; it shares nothing with `reports`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from reports.catalogue import RELIEF
from reports.page import Asked
from tests.reports.by_hand import treatments
from tests.reports.demonstration import Demonstration

# One process makes the demonstration once for all of these.
pytestmark = pytest.mark.xdist_group("demonstration")


# --------------------------------------------------------------------------- relief and survival

RELIEF_ENDS = ("relapse", "death", "further_procedure")
MEDIANS = (("days", "free"), ("low", "low"), ("high", "high"))


def relief_by_hand(rows: pd.DataFrame) -> dict[str, Any]:
    eligible = rows[rows["state_28d"] != "ineligible"]
    responded = eligible[eligible["relief_end"].notna()]
    seen = eligible["first_window"].notna() | eligible["relief_end"].notna()
    ends = list(zip(responded["relief_days"], responded["relief_end"], strict=True))
    counts = {"eligible": len(eligible), "assessed": int(seen.sum()), "responded": len(ends)}
    return {**counts, "ends": ends}


def lives_by_hand(rows: pd.DataFrame) -> list[tuple[float, str]]:
    first = rows.sort_values("performed_on", kind="stable").drop_duplicates("patient_id")
    return [
        (died, "death") if pd.notna(died) else (seen, "")
        for died, seen in zip(first["days_to_death"], first["last_seen_days"], strict=True)
    ]


def follow(ends: Sequence[tuple[float, str]], causes: Sequence[str], day: float) -> dict[str, Any]:
    """Walk from day to day: of those still there, who meets which end."""
    free, variance, met = 1.0, 0.0, dict.fromkeys(causes, 0.0)
    for t in sorted({t for t, _ in ends if t <= day}):
        there = sum(s >= t for s, _ in ends)
        lost = [end for s, end in ends if s == t and end in causes]
        for end in lost:
            met[end] += free / there
        free *= 1 - len(lost) / there
        if free:
            variance += len(lost) / (there * (there - len(lost)))
    return {"free": free, **met, **limits(free, variance, len(ends))}


def limits(free: float, variance: float, n: int) -> dict[str, float | None]:
    """Give the 95 % interval on the scale of log(-log), none below ten or at 0 and 1."""
    if n < 10 or free <= 1e-12 or free >= 1 - 1e-12:
        return {"low": None, "high": None}
    width = 1.959963984540054 * math.sqrt(variance) / abs(math.log(free))
    return {"low": free ** math.exp(width), "high": free ** math.exp(-width)}


def is_known(ends: Sequence[tuple[float, str]], causes: Sequence[str], day: float) -> bool:
    """A curve goes on to the last day anybody was followed, or for good once all met their end."""
    return day <= max(t for t, _ in ends) or follow(ends, causes, day)["free"] < 1e-12


def by_half(ends: Sequence[tuple[float, str]], causes: Sequence[str], of: str) -> float | None:
    """Give the day by which half have met their end; the middle of a stretch at exactly a half."""
    days = sorted({t for t, _ in ends})
    seen = [(t, follow(ends, causes, t)[of]) for t in days]
    at = [t for t, value in seen if value is not None and value <= 0.5 + 1e-9]
    under = [t for t, value in seen if value is not None and value < 0.5 - 1e-9]
    return None if not at else (at[0] + under[0]) / 2 if under else at[0]


def close(found: object, expected: float | None) -> bool:
    return found is None if expected is None else found == pytest.approx(expected, abs=1e-9)


def by_group(rows: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["group"], []).append(row)
    return found


@pytest.mark.parametrize("by", ["category", "technique"])
def test_relief_is_what_the_export_says(demonstration: Demonstration, by: Any) -> None:
    told = by_group(demonstration.records(RELIEF, "relief", asked=Asked(by=by)))
    groups = dict(list(treatments(demonstration.exported).groupby(by)))

    assert set(told) == set(groups)
    for group, records in told.items():
        hand = relief_by_hand(groups[group])
        ends = hand["ends"]
        for name in ("eligible", "assessed", "responded"):
            assert records[0][name] == hand[name]
        for name, of in MEDIANS:
            assert close(records[0][f"median_{name}"], by_half(ends, RELIEF_ENDS, of))
        for record in records:
            day = record["day"]
            assert record["at_risk"] == sum(t >= day for t, _ in ends)
            if not is_known(ends, RELIEF_ENDS, day):
                assert record["in_relief"] is record["relapse"] is record["low"] is None
                continue
            at = follow(ends, RELIEF_ENDS, day)
            share = at["free"] * hand["responded"] / hand["eligible"]
            assert close(record["in_relief"], at["free"])
            assert close(record["in_relief_of_eligible"], share)
            assert all(close(record[n], at[n]) for n in (*RELIEF_ENDS, "low", "high"))


@pytest.mark.parametrize("by", ["category", "technique"])
def test_survival_is_what_the_export_says(demonstration: Demonstration, by: Any) -> None:
    told = by_group(demonstration.records(RELIEF, "survival", asked=Asked(by=by)))
    groups = dict(list(treatments(demonstration.exported).groupby(by)))

    assert set(told) == set(groups)
    for group, records in told.items():
        lives = lives_by_hand(groups[group])
        assert records[0]["patients"] == groups[group]["patient_id"].nunique() == len(lives)
        assert records[0]["deaths"] == sum(end == "death" for _, end in lives)
        for name, of in MEDIANS:
            assert close(records[0][f"median_{name}"], by_half(lives, ["death"], of))
        for record in records:
            day = record["day"]
            assert record["at_risk"] == sum(t >= day for t, _ in lives)
            if not is_known(lives, ["death"], day):
                assert record["alive"] is None
                continue
            at = follow(lives, ["death"], day)
            assert close(record["alive"], at["free"])
            assert close(record["low"], at["low"])
            assert close(record["high"], at["high"])


def test_who_reads_no_records_sees_the_same_relief_rounded(demonstration: Demonstration) -> None:
    groups = dict(list(treatments(demonstration.exported).groupby("category")))
    told = demonstration.records(RELIEF, "relief", by="quality")
    alone = [r for r in told if r["group"] in groups and r["responded"] is not None]

    assert any(record["in_relief"] is not None for record in alone)
    for record in alone:
        hand = relief_by_hand(groups[record["group"]])
        assert abs(record["responded"] - hand["responded"]) <= 2
        if record["in_relief"] is not None:
            exact = follow(hand["ends"], RELIEF_ENDS, record["day"])["free"]
            assert abs(record["in_relief"] - exact) <= 2.5 / record["responded"] + 1e-9
