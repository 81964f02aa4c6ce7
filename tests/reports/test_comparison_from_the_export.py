"""Every number of the comparison and of follow-up, from the exported rows, in pandas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from registry.domain.windows import WINDOWS
from reports.catalogue import find
from reports.page import Asked
from tests.reports import by_hand
from tests.reports.by_hand import quartiles, treatments, wilson
from tests.reports.demonstration import Demonstration

Ask = Callable[[str, str, str], list[dict[str, Any]]]

WHEN = [w.slug for w in WINDOWS]
STATES = [
    *("responder", "non_responder", "died_before", "alive_not_assessed"),
    *("not_due", "ineligible"),
]
# One process makes the demonstration once for all of these.
pytestmark = [
    pytest.mark.xdist_group("demonstration"),
    pytest.mark.parametrize("when", WHEN),
]


@pytest.fixture
def ask(demonstration: Demonstration) -> Ask:
    """Give a function that asks a block of a report as the clinician, who sees it all."""

    def ask(report: str, block: str, when: str) -> list[dict[str, Any]]:
        asked = Asked(windows=tuple(w for w in WINDOWS if w.slug == when))
        return demonstration.records(find(report), block, asked=asked)

    return ask


@pytest.fixture
def treated(demonstration: Demonstration) -> pd.DataFrame:
    """Keep what a comparison speaks of: treatments, no test blocks and no upkeep of devices."""
    return treatments(demonstration.exported)


def group_of(rows: pd.DataFrame, slug: str) -> pd.DataFrame:
    return rows if slug == "_all" else rows[rows["category"] == slug]


def assessed(rows: pd.DataFrame, when: str) -> pd.DataFrame:
    return rows[by_hand.assessed(rows, when)]


def test_the_six_states(ask: Ask, treated: pd.DataFrame, when: str) -> None:
    records = ask("compare", "states", when)
    assert {r["group"] for r in records} == {*treated["category"], "_all"}
    for record in records:
        rows = group_of(treated, record["group"])
        counted = rows[f"state_{when}"].value_counts()
        assert {s: record[s] for s in STATES} == {s: counted.get(s, 0) for s in STATES}
        assert record["treated"] == len(rows)


def test_completeness_of_follow_up(ask: Ask, treated: pd.DataFrame, when: str) -> None:
    records = ask("compare", "completeness", when)
    for record in (r for r in records if r["window"] == when):
        state = group_of(treated, record["group"])[f"state_{when}"]
        seen = state.isin(["responder", "non_responder"]).sum()
        alive_and_due = seen + (state == "alive_not_assessed").sum()
        assert (record["assessed"], record["alive_and_due"]) == (seen, alive_and_due)
        assert record["of_treated"] == pytest.approx(seen / len(state))
        if alive_and_due:
            assert record["of_alive_and_due"] == pytest.approx(seen / alive_and_due)


def test_pain_before_and_after(ask: Ask, treated: pd.DataFrame, when: str) -> None:
    for record in ask("compare", "pain", when):
        kind = {"average": "nrs", "worst": "worst"}[record["pain"]]
        ends = [f"{kind}_baseline", f"{kind}_{when}"]
        rows = assessed(group_of(treated, record["group"]), when).dropna(subset=ends)
        assert record["n"] == len(rows)
        if len(rows):
            before, after = rows[ends[0]], rows[ends[1]]
            assert record["before"] == pytest.approx(quartiles(before))
            assert record["after"] == pytest.approx(quartiles(after))
            assert record["change"] == pytest.approx(quartiles(after - before))


def test_responders_by_the_pain_definitions(ask: Ask, treated: pd.DataFrame, when: str) -> None:
    responds = {
        "nrs30": lambda b, a: 10 * a <= 7 * b,
        "nrs50": lambda b, a: 2 * a <= b,
        "nrs2": lambda b, a: b - a >= 2,
    }
    seen = 0
    for record in ask("compare", "responders", when):
        if record["definition"] not in responds:
            continue
        rows = assessed(group_of(treated, record["group"]), when)
        k = int(responds[record["definition"]](rows["nrs_baseline"], rows[f"nrs_{when}"]).sum())
        told = record["response"]
        assert (told["k"], told["n"]) == (k, len(rows))
        if len(rows) >= 10:
            assert (told["low"], told["high"]) == pytest.approx(wilson(k, len(rows)), abs=1e-9)
        seen += 1
    assert seen >= 3


def test_change_of_opioid_dose(ask: Ask, treated: pd.DataFrame, when: str) -> None:
    for record in ask("compare", "medd-change", when):
        rows = group_of(treated, record["group"])
        spared = rows[~rows["neuraxial"].astype(bool)]
        both = spared.dropna(subset=["medd_baseline", f"medd_{when}"])
        whole = both[
            both["medd_complete_baseline"].astype(bool) & both[f"medd_complete_{when}"].astype(bool)
        ]
        assert record["neuraxial"] == rows["neuraxial"].sum()
        assert record["no_regimen"] == len(spared) - len(both)
        assert record["treated"] == len(rows)
        assert (record["complete"], record["incomplete"]) == (len(whole), len(both) - len(whole))
        if len(whole):
            change = whole[f"medd_{when}"] - whole["medd_baseline"]
            assert record["change_mg"] == pytest.approx(quartiles(change))
            had = whole["medd_baseline"] > 0
            percent = 100 * change[had] / whole["medd_baseline"][had]
            if had.any():
                assert record["change_percent"] == pytest.approx(quartiles(percent))


def test_responders_by_the_definitions_that_need_doses(
    ask: Ask, treated: pd.DataFrame, when: str
) -> None:
    seen = 0
    for record in ask("compare", "responders", when):
        slug = record["definition"]
        if slug.startswith("nrs"):
            continue
        said = group_of(treated, record["group"])[f"{slug}_{when}"].dropna()
        yes = said.isin(["complete", "partial"]) if slug == "icpre2012" else said.astype(bool)
        k, n = int(yes.sum()), len(said)
        assert (record["n"], record["response"]["k"], record["response"]["n"]) == (n, k, n)
        if n >= 10:
            told = record["response"]
            assert (told["low"], told["high"]) == pytest.approx(wilson(k, n), abs=1e-9)
        seen += 1
    assert seen >= 4


def test_the_whole_responder_curve(ask: Ask, treated: pd.DataFrame, when: str) -> None:
    records = ask("compare", "curve", when)
    ends = ["nrs_baseline", f"nrs_{when}"]
    for slug in {record["group"] for record in records}:
        group = group_of(treated, slug)
        before, after = assessed(group, when)[ends].to_numpy().T
        absent = (group[f"state_{when}"] == "alive_not_assessed").sum()
        for record in (r for r in records if r["group"] == slug):
            fell = 100 * (before - after) >= record["percent"] * before
            assert (record["n"], record["reached"]) == (len(before), fell.sum())
            if len(before):
                assert record["of_assessed"] == pytest.approx(fell.mean())
                share = fell.sum() / (len(before) + absent)
                assert record["of_alive_and_due"] == pytest.approx(share)
    assert len(records) >= 150


def test_completeness_by_site(ask: Ask, treated: pd.DataFrame, when: str) -> None:
    records = ask("completeness", "by-site", when)
    assert {r["group"] for r in records} >= set(treated["site"])
    for record in (r for r in records if r["window"] == when):
        site = record["group"]
        rows = treated if site == "_all" else treated[treated["site"] == site]
        state = rows[f"state_{when}"]
        seen = state.isin(["responder", "non_responder"]).sum()
        due = seen + (state == "alive_not_assessed").sum()
        assert (record["treated"], record["assessed"], record["alive_and_due"]) == (
            len(rows),
            seen,
            due,
        )


def test_completeness_by_month(ask: Ask, treated: pd.DataFrame, when: str) -> None:
    records = ask("completeness", "by-month", when)
    told = 0
    for record in records:
        month = pd.to_datetime(treated["performed_on"]).dt.to_period("M").astype(str)
        rows = treated[month.between(record["first"][:7], record["last"][:7])]
        state = rows[f"state_{when}"]
        seen = state.isin(["responder", "non_responder"]).sum()
        due = seen + (state == "alive_not_assessed").sum()
        assert (record["assessed"], record["alive_and_due"]) == (seen, due)
        told += due
    everybody = treated[f"state_{when}"].isin(["responder", "non_responder", "alive_not_assessed"])
    assert told == everybody.sum()


def test_reasons_for_missing_follow_up(ask: Ask, treated: pd.DataFrame, when: str) -> None:
    missing = treated[treated[f"state_{when}"] == "alive_not_assessed"]
    reasons = missing[f"missed_{when}"].fillna("none").value_counts()
    for record in ask("completeness", "reasons", when):
        if record["window"] == when:
            assert record["count"] == reasons.get(record["reason"], 0)
            assert record["unassessed"] == len(missing)
