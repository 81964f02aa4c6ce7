"""What recounts share: the definitions of docs/glossary.md in pandas and plain Python.

Nothing here comes from `reports`, whose numbers it is held against.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, timedelta
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd

from tests.reports.demonstration import Demonstration

LAST_DAY = {"48h": 3, "7d": 10, "28d": 38, "90d": 111, "180d": 210}
"""The last day of each follow-up window, counted from the procedure."""
DEFINITIONS = ("nrs30", "nrs50", "nrs2", "composite", "icpre2012", "medd30", "medd50")
COURSE = ("disease-progression", "unrelated-death")
"""What is recorded as an event, and is no harm of a procedure."""


def treatments(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep what a comparison speaks of: no test blocks and no upkeep of devices."""
    return rows[rows["intent"].isin(["therapeutic", "repeat", "implant"])]


def groups_of(rows: pd.DataFrame, by: str) -> dict[Any, pd.DataFrame]:
    return dict(list(rows.groupby(by)))


def assessed(rows: pd.DataFrame, when: str) -> pd.Series:
    return rows[f"state_{when}"].isin(["responder", "non_responder"])


def alive_and_due(rows: pd.DataFrame, when: str) -> pd.Series:
    return assessed(rows, when) | (rows[f"state_{when}"] == "alive_not_assessed")


def answers(rows: pd.DataFrame, definition: str, when: str) -> pd.Series:
    """Say 1 or 0 of everybody whom a definition can judge: does pain, or dose, respond?"""
    before, after = (rows[f"nrs_{at}"][assessed(rows, when)] for at in ("baseline", when))
    by_pain = {
        "nrs30": 10 * after <= 7 * before,
        "nrs50": 2 * after <= before,
        "nrs2": before - after >= 2,
    }
    if definition in by_pain:
        return by_pain[definition].astype(int)
    said = rows[f"{definition}_{when}"].dropna()
    yes = said.isin(["complete", "partial"]) if definition == "icpre2012" else said.astype(bool)
    return yes.astype(int)


def harms(demonstration: Demonstration) -> pd.DataFrame:
    """Read the events of treatments that stand, each with whether it is a `harm`."""
    rows = demonstration.read("select * from adverse_event where voided_at is null")
    rows["harm"] = ~rows["expected"].astype(bool) & ~rows["complication"].isin(COURSE)
    own = treatments(demonstration.exported)["procedure_id"]
    return rows[rows["procedure_id"].isin(own)]


def severely_harmed(demonstration: Demonstration) -> set[str]:
    """Name the procedures with a harm of grade 3 or more, by any scheme."""
    rows = harms(demonstration)
    return set(rows["procedure_id"][rows["harm"] & (rows["grade"] >= 3)])


def last_day_of(month: str) -> date:
    first = date.fromisoformat(f"{month}-01")
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def quartiles(values: pd.Series) -> dict[str, float | None] | None:
    """Give median and quartiles by R's type 7, the quartiles from ten observations on."""
    if not len(values):
        return None
    low, median, high = np.percentile(values.to_numpy(), (25, 50, 75)).tolist()
    enough = len(values) >= 10
    return {"low": low if enough else None, "median": median, "high": high if enough else None}


def wilson(k: int, n: int) -> tuple[float, float]:
    """Solve Wilson's quadratic for the two proportions that k of n lies at the edge of."""
    z = 1.959963984540054
    p, z2 = k / n, z * z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    reach = z / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return middle - reach, middle + reach


def proportion(k: int, n: int) -> dict[str, float | None]:
    """Give k of n with Wilson's interval, which ten are needed for."""
    low, high = wilson(k, n) if n >= 10 else (None, None)
    return {"k": k, "n": n, "value": k / n if n else None, "low": low, "high": high}


def close(found: object, expected: object, within: float = 1e-9) -> bool:
    """Say whether two numbers, or objects of numbers, are the same; None only is None."""
    if isinstance(expected, dict) and isinstance(found, dict):
        keys = found.keys() | expected.keys()
        return all(close(found.get(key), expected.get(key), within) for key in keys)
    if isinstance(found, int | float) and isinstance(expected, int | float):
        return abs(found - expected) <= within * max(1.0, abs(expected))
    return found == expected


def differences(
    found: dict[Hashable, dict[str, Any]],
    expected: dict[Hashable, dict[str, Any]],
    within: float = 1e-9,
) -> list[str]:
    """Name every number that is in one and not in the other, or isn't the same in both."""
    return [
        f"{key}, {name}: told {found.get(key, {}).get(name, '-')}, by hand {value}"
        for key in {**expected, **found}
        for name, value in expected.get(key, {"": "nothing"}).items()
        if not close(found.get(key, {}).get(name, "-"), value, within)
    ]
