"""Every number of the funnels, counted again from the exported outcome rows and the events' table.

Limits are added up by the words of Spiegelhalter (2005) and of the definitions on the page, in
plain Python; it shares nothing with `reports`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
import pytest

from registry.domain.windows import WINDOWS
from reports.catalogue.units import UNITS
from reports.page import Asked
from tests.reports.by_hand import (
    DEFINITIONS,
    LAST_DAY,
    alive_and_due,
    answers,
    assessed,
    differences,
    severely_harmed,
    treatments,
)
from tests.reports.demonstration import Demonstration

# One process makes the demonstration once for all of these.
pytestmark = pytest.mark.xdist_group("demonstration")

Line = dict[str, Any]
LIMITS = {"low_99_8": 0.001, "low_95": 0.025, "high_95": 0.975, "high_99_8": 0.999}
"""Each limit, and how much of the binomial lies below it."""
SITES = {"harbour": "Harbour Hospital", "hill": "Hill Hospice"}


@pytest.fixture
def told(demonstration: Demonstration) -> Callable[..., list[Line]]:
    def told(block: str, unit: Any, when: str = "28d", **how: Any) -> list[Line]:
        asked = Asked(unit=unit, windows=tuple(w for w in WINDOWS if w.slug == when), **how)
        return list(demonstration.alone(UNITS, block, asked=asked).records)

    return told


@pytest.fixture
def treated(demonstration: Demonstration) -> pd.DataFrame:
    rows = treatments(demonstration.exported).copy()
    rows["site"] = rows["site"].map(SITES)
    return rows


# ------------------------------------------------------------------------------------ by hand


def chances(n: int, share: float) -> list[float]:
    """Give the binomial chance of 0, 1 ... n."""
    return [math.comb(n, r) * share**r * (1 - share) ** (n - r) for r in range(n + 1)]


def limit(n: int, share: float, tail: float) -> float:
    """Add up the binomial until it is over a tail, and go back by the part that is too much."""
    total = 0.0
    for r, here in enumerate(chances(n, share)):
        total += here
        if total > tail:
            return (r - (total - tail) / here) / n
    return 1.0


def spread_of(units: pd.DataFrame, target: float) -> float:
    """Give phi: the mean of squared z-scores, those outermost drawn in to the 10 % at each end."""
    z = (units["k"] / units["n"] - target) / np.sqrt(target * (1 - target) / units["n"])
    low, high = np.percentile(z, [10, 90])
    return float((z.clip(low, high) ** 2).mean())


def beyond(k: int, n: int, target: float, limits: dict[str, float]) -> str:
    """Say which limits a unit lies outside of, by its line and by its exact tail alike."""
    all_chances = chances(n, target)
    tail = min(sum(all_chances[: k + 1]), sum(all_chances[k:]))
    for name, least in (("99_8", 0.001), ("95", 0.025)):
        if not limits[f"low_{name}"] <= k / n <= limits[f"high_{name}"] and tail <= least:
            return f"beyond_{name}"
    return "within"


def funnel(units: pd.DataFrame, *, widen: bool) -> dict[Any, Line]:
    """Draw the funnel of units, each `k` of `n`, about the proportion of all together."""
    units = units[units["n"] > 0]
    target = units["k"].sum() / units["n"].sum()
    phi = spread_of(units, target) if widen else 1.0
    stretch = math.sqrt(phi) if phi > 1 + 2 * math.sqrt(2 / len(units)) else 1.0
    found: dict[Any, Line] = {}
    for unit, k, n in units.itertuples():
        exact = {name: limit(n, target, tail) for name, tail in LIMITS.items()}
        wide = {
            name: min(max(target + stretch * (at - target), 0.0), 1.0) for name, at in exact.items()
        }
        numbers = {"k": k, "n": n, "value": k / n, "target": target, **wide}
        found[unit] = {**numbers, "beyond": beyond(k, n, target, wide)}
    return found


def counted(rows: pd.DataFrame, unit: str, yes: pd.Series) -> pd.DataFrame:
    """Count `yes`, 1 or 0 of everybody who counts, by unit."""
    by_unit = yes.astype(int).groupby(rows[unit].loc[yes.index])
    return pd.DataFrame({"k": by_unit.sum(), "n": by_unit.size()})


def check(records: list[Line], units: pd.DataFrame, *, widen: bool) -> None:
    assert differences({r["unit"]: r for r in records}, funnel(units, widen=widen)) == []
    assert len(records) == len(units) >= 2
    assert [r["n"] for r in records] == sorted((r["n"] for r in records), reverse=True)
    assert not any(r["several_spellings"] or r["held_back"] for r in records)


# --------------------------------------------------------------------------------- the promises

by_unit = pytest.mark.parametrize("unit", ["site", "operator"])


@by_unit
def test_funnels_of_response(told: Any, treated: pd.DataFrame, unit: str) -> None:
    """Every definition at 28 days and one at every other window, each second one widened."""
    others = {"48h": "nrs30", "7d": "medd30", "180d": "nrs50", "90d": "nrs2"}
    asked = [*(("28d", d) for d in DEFINITIONS), *others.items()]
    for (when, definition), widen in zip(asked, cycle([True, False]), strict=False):
        how = {"definition": definition, "overdispersion": widen}
        units = counted(treated, unit, answers(treated, definition, when))
        check(told("response-funnel", unit, when, **how), units, widen=widen)


@by_unit
def test_funnels_of_follow_up(told: Any, treated: pd.DataFrame, unit: str) -> None:
    for when, widen in [*zip(LAST_DAY, cycle([False, True]), strict=False), ("28d", True)]:
        seen = assessed(treated, when)[alive_and_due(treated, when)]
        records = told("follow-up-funnel", unit, when, overdispersion=widen)
        check(records, counted(treated, unit, seen), widen=widen)


@by_unit
def test_funnels_of_severe_harm(
    told: Any, treated: pd.DataFrame, demonstration: Demonstration, unit: str
) -> None:
    harmed = treated["procedure_id"].isin(severely_harmed(demonstration))
    for widen in (False, True):
        records = told("harm-funnel", unit, overdispersion=widen)
        assert sum(r["k"] for r in records) > 10
        check(records, counted(treated, unit, harmed), widen=widen)


def test_operators_lie_further_apart_than_chance_in_response_at_90_days(told: Any) -> None:
    asked = [
        told("response-funnel", "operator", "90d", definition="nrs2", overdispersion=widen)
        for widen in (False, True)
    ]
    exact, wide = ({r["unit"]: r["high_95"] for r in records} for records in asked)
    assert all(wide[unit] > exact[unit] for unit in exact)


def test_the_demonstration_has_an_operator_whose_follow_up_stands_out(
    demonstration: Demonstration,
) -> None:
    shown = demonstration.shown(UNITS, asked=Asked(unit="operator"))
    told = {r["unit"]: r["beyond"] for r in shown["follow-up-funnel"].records}

    assert "Dr Gupta" in shown["follow-up-funnel"].answer
    assert "below, beyond" in shown["follow-up-funnel"].answer
    assert told["Dr Gupta"] != "within"
    assert "within" in told.values()
