"""Narrowing the outcome frame to the procedures that somebody asks about."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from reports.filters import Filters, narrow
from reports.frames import OutcomeFrame
from tests.reports.cases import assessed, frame


def rows() -> OutcomeFrame:
    return frame(
        [
            assessed(8, 2)
            | {
                "intent": intent,
                "performed_on": date(2026, 1, day),
                "mechanism": mechanism,
                "agent_classes": agents,
            }
            for day, intent, mechanism, agents in [
                (1, "therapeutic", "visceral", ["alcohol"]),
                (2, "repeat", "somatic", ["phenol", "steroid"]),
                (3, "prognostic", "visceral", ["local-anaesthetic"]),
                (4, "refill", None, []),
            ]
        ]
    )


def days(filters: Filters) -> list[int]:
    return [d.day for d in narrow(rows(), filters)["performed_on"]]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), [1, 2, 3, 4]),
        (Filters().for_comparison(), [1, 2]),
        (Filters(intent=("prognostic",)).for_comparison(), [3]),
        (Filters(mechanism=("visceral",)), [1, 3]),
        (Filters(mechanism=("visceral", "somatic")), [1, 2, 3]),
        (Filters(agent_class=("steroid",)), [2]),
        (Filters(agent_class=("steroid", "alcohol")), [1, 2]),
        (Filters(since=date(2026, 1, 2), until=date(2026, 1, 3)), [2, 3]),
        (Filters(mechanism=("visceral",), agent_class=("phenol",)), []),
    ],
)
def test_each_filter_lets_its_own_through(filters: Filters, expected: list[int]) -> None:
    assert days(filters) == expected


def test_nothing_asked_of_nothing_is_nothing() -> None:
    empty = OutcomeFrame(rows().filter(pl.lit(value=False)))
    assert narrow(empty, Filters().for_comparison()).height == 0
