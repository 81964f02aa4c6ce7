"""Every number over time, counted again from the exported outcome rows.

Charts are drawn by the words of the definitions on the page and of Provost & Murray (2011), in
plain Python; it shares nothing with `reports`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import sqrt
from typing import Any

import pandas as pd
import pytest

from registry.domain.windows import WINDOWS
from reports.catalogue.over_time import OVER_TIME
from reports.page import Asked
from tests.reports.by_hand import (
    DEFINITIONS,
    LAST_DAY,
    alive_and_due,
    answers,
    assessed,
    differences,
    last_day_of,
    treatments,
)
from tests.reports.demonstration import TODAY, Demonstration

# One process makes the demonstration once for all of these.
pytestmark = pytest.mark.xdist_group("demonstration")

Line = dict[str, Any]
Stretches = list[tuple[str, str, pd.Series]]
"""First month, last month, and the values of everybody counted in them."""
TEN = 10
"""So many points make limits, and so many people a point."""
Limits = tuple[float, float, float]


@pytest.fixture
def told(demonstration: Demonstration) -> Callable[..., list[Line]]:
    def told(block: str, when: str = "28d", definition: str = "nrs30") -> list[Line]:
        windows = tuple(w for w in WINDOWS if w.slug == when)
        asked = Asked(windows=windows, definition=definition)
        return list(demonstration.alone(OVER_TIME, block, asked=asked).records)

    return told


@pytest.fixture
def treated(demonstration: Demonstration) -> pd.DataFrame:
    rows = treatments(demonstration.exported).copy()
    rows["month"] = rows["performed_on"].str[:7]
    return rows


# ------------------------------------------------------------------------------------ by hand


def stretches(rows: pd.DataFrame, values: pd.Series, when: str) -> Stretches:
    """Put due months together until ten are counted; a rest joins the stretch before it."""
    counted = values.groupby(rows["month"].loc[values.index])
    due = [m for m in sorted(set(rows["month"])) if is_due(m, when) and m in counted.groups]
    found: list[list[str]] = [[]]
    for month in due:
        if sum(map(len, map(counted.get_group, found[-1]))) >= TEN:
            found.append([])
        found[-1].append(month)
    if len(found) > 1 and sum(map(len, map(counted.get_group, found[-1]))) < TEN:
        found[-2:] = [found[-2] + found[-1]]
    return [
        (months[0], months[-1], pd.concat(map(counted.get_group, months)))
        for months in found
        if months
    ]


def is_due(month: str, when: str) -> bool:
    """A month is due once the window of its last day is over."""
    return (TODAY - last_day_of(month)).days > LAST_DAY[when]


def spelled(first: str, last: str) -> str:
    a, b = (pd.Timestamp(f"{month}-01") for month in (first, last))
    if first == last:
        return f"{a:%b %Y}"
    return f"{a:%b}-{b:%b %Y}" if a.year == b.year else f"{a:%b %Y}-{b:%b %Y}"


def xmr(values: Sequence[float]) -> list[Limits] | None:
    """Draw mean and 2.66 mean moving ranges."""
    if len(values) < TEN:
        return None
    middle = sum(values) / len(values)
    moved = [abs(b - a) for a, b in pairwise(values)]
    reach = 2.66 * sum(moved) / len(moved)
    return [(middle, middle - reach, middle + reach)] * len(values)


def p_limits(k: Sequence[int], n: Sequence[int]) -> list[Limits] | None:
    """Draw the pooled proportion and three binomial standard errors."""
    if len(n) < TEN:
        return None
    middle = sum(k) / sum(n)
    reach = [3 * sqrt(middle * (1 - middle) / size) for size in n]
    return [(middle, middle - r, middle + r) for r in reach]


def rules(values: Sequence[float], lines: list[Limits] | None, *, trend: bool) -> list[set[str]]:
    """Mark every point with the rules that it is a part of."""
    marks: list[set[str]] = [set() for _ in values]
    if lines is None:
        return marks

    def mark(rule: str, at: Sequence[int]) -> None:
        for i in at:
            marks[i].add(rule)

    apart = [v - middle for v, (middle, _, _) in zip(values, lines, strict=True)]
    mark("beyond_limits", [i for i, v in enumerate(values) if beyond(v, lines[i], 1)])
    mark("shift", [i for run in runs(apart, 8) for i in run])
    for i in range(len(values) - 2):
        for side in (1, -1):
            near = range(i, i + 3)
            out = [j for j in near if side * apart[j] > 0 and beyond(values[j], lines[j], 2 / 3)]
            mark("two_of_three", out if len(out) > 1 else [])
    if trend:
        steps = runs([b - a for a, b in pairwise(values)], 5)
        mark("trend", [i for run in steps for i in (run[0], *(step + 1 for step in run))])
    return marks


def beyond(value: float, lines: Limits, share: float) -> bool:
    """Say whether a value lies further out than a share of the way to the limits."""
    middle, _, high = lines
    return abs(value - middle) > share * (high - middle) + 1e-9


def runs(steps: Sequence[float], least: int) -> list[list[int]]:
    """Find runs to one side, so long at the least; what is on the line doesn't count."""
    told = [i for i, step in enumerate(steps) if abs(step) > 1e-9]
    signs = "".join("+" if steps[i] > 0 else "-" for i in told)
    long = re.finditer(rf"\+{{{least},}}|-{{{least},}}", signs)
    return [told[run.start() : run.end()] for run in long]


def chart(
    found: Stretches, counts: Sequence[int | None], lines: list[Limits] | None, *, trend: bool
) -> dict[Any, Line]:
    """Make what is told of each point, its limits no further than a share can go."""
    values = [float(people.mean()) for _, _, people in found]
    fired = rules(values, lines, trend=trend)
    return {
        first: {
            "months": spelled(first, last),
            "last": last,
            "n": len(people),
            "k": k,
            "value": values[i],
            "centre": lines[i][0] if lines else None,
            "low": (max(lines[i][1], 0.0) if k is not None else lines[i][1]) if lines else None,
            "high": (min(lines[i][2], 1.0) if k is not None else lines[i][2]) if lines else None,
            "rules": fired[i],
            "judged": True,
        }
        for i, ((first, last, people), k) in enumerate(zip(found, counts, strict=True))
    }


def shares(rows: pd.DataFrame, values: pd.Series, when: str) -> dict[Any, Line]:
    found = stretches(rows, values, when)
    ks = [int(people.sum()) for _, _, people in found]
    lines = p_limits(ks, [len(people) for _, _, people in found])
    return chart(found, ks, lines, trend=False)


def by_month(records: list[Line]) -> dict[Any, Line]:
    return {r["first"]: {**r, "rules": set(r["rules"])} for r in records}


# --------------------------------------------------------------------------------- the promises


def test_procedures_a_month(told: Any, treated: pd.DataFrame) -> None:
    records = told("volume")
    first, today = min(treated["month"]), f"{TODAY:%Y-%m}"
    months = pd.period_range(first, today, freq="M").astype(str).tolist()
    counts = [int((treated["month"] == month).sum()) for month in months]
    whole = [i for i, m in enumerate(months) if m != first and last_day_of(m) < TODAY]
    lines = xmr([counts[i] for i in whole])
    fired = rules([counts[i] for i in whole], lines, trend=True)
    assert lines is not None

    by_hand: dict[Any, Line] = {}
    for i, month in enumerate(months):
        middle, low, high = lines[whole.index(i)] if i in whole else (None, None, None)
        by_hand[month] = {
            **{"months": spelled(month, month), "last": month, "judged": i in whole},
            **{"n": counts[i], "k": None, "value": counts[i], "centre": middle, "high": high},
            "low": low if low is not None and low > 0 else None,
            "rules": fired[whole.index(i)] if i in whole else set(),
        }
    assert sum(r["n"] for r in records) == len(treated)
    assert len(records) == len(months) >= 18
    assert differences(by_month(records), by_hand) == []


@pytest.mark.parametrize("when", LAST_DAY)
def test_responders_over_time(told: Any, treated: pd.DataFrame, when: str) -> None:
    for definition in DEFINITIONS:
        records = told("responders-over-time", when, definition)
        by_hand = shares(treated, answers(treated, definition, when), when)
        assert len(records) == len(by_hand) >= 3
        assert differences(by_month(records), by_hand) == []


@pytest.mark.parametrize("when", LAST_DAY)
def test_follow_up_over_time(told: Any, treated: pd.DataFrame, when: str) -> None:
    due = alive_and_due(treated, when)
    records = told("completeness-over-time", when)
    by_hand = shares(treated, assessed(treated, when)[due].astype(int), when)
    assert len(records) == len(by_hand) >= 5
    assert differences(by_month(records), by_hand) == []


@pytest.mark.parametrize("when", LAST_DAY)
def test_change_of_pain_over_time(told: Any, treated: pd.DataFrame, when: str) -> None:
    records = told("pain-over-time", when)
    change = (treated[f"nrs_{when}"] - treated["nrs_baseline"])[assessed(treated, when)]
    found = stretches(treated, change, when)
    lines = xmr([people.mean() for _, _, people in found])
    by_hand = chart(found, [None] * len(found), lines, trend=True)
    assert len(records) == len(by_hand) >= 3
    assert differences(by_month(records), by_hand) == []


def test_the_demonstration_has_points_with_limits_and_without_and_a_signal(told: Any) -> None:
    limited = {
        when: any(r["centre"] is not None for r in told("pain-over-time", when))
        for when in LAST_DAY
    }
    assert limited["28d"] and not limited["180d"]
    assert any(r["rules"] for r in told("completeness-over-time"))
