"""A made-up series with all that an adjusted comparison must bear, computed alike in R."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reports.frames import OutcomeFrame
from tests.reports.cases import assessed, frame

GROUPS = ("celiac", "cordotomy", "plane")


def rows() -> list[dict[str, Any]]:
    """Make 80 procedures of 53 patients at two sites, nine without AKPS, six more unassessed."""
    return [_row(i) for i in range(80)] + [_unassessed(j) for j in range(6)]


def _row(i: int) -> dict[str, Any]:
    p = (i * 11) % 53
    before = 4 + (i * 5) % 7
    after = min(10, max(0, before - 1 - p % 3 + (i * i + p) % 5 - 2))
    week = min(10, max(0, after + (i * 3) % 4 - 1))
    return {
        "patient_id": f"p{p}",
        "category": GROUPS[p % 3],
        "site": "south" if (i // 4) % 2 else "north",
        "akps": None if i % 9 == 4 else 20 + 10 * ((i * i + p) % 6),
        "sex": "female" if p % 2 else "male",
        "age_years": 50 + p % 30,
        "diagnosis_group": ("lung", "breast", "pancreas")[p % 5 % 3],
        "worst_baseline": min(10, before + 1),
        "medd_baseline": 5.0 * (p % 20),
        "medd_complete_baseline": p % 4 != 0,
        **assessed(before, after),
        **(assessed(before, week, "7d") if i % 5 != 2 else {}),
    }


def _unassessed(j: int) -> dict[str, Any]:
    return {
        "patient_id": f"p{100 + j}",
        "category": GROUPS[j % 2],
        "akps": 40,
        "nrs_baseline": 5 + j % 3,
        "state_28d": "alive_not_assessed",
    }


def without(found: Iterable[Mapping[str, Any]], slug: str, every: int) -> list[dict[str, Any]]:
    """Forget the score of every so manieth of the assessed at a window (R's `i %% 7 != 3`)."""
    return [
        {**row, f"nrs_{slug}": None, f"state_{slug}": "alive_not_assessed"}
        if i < 80 and i % every == 3
        else dict(row)
        for i, row in enumerate(found)
    ]


SERIES: OutcomeFrame = frame(rows())
