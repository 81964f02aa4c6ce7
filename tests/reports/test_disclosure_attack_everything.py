"""What one report holds back no other gives away: all reports of a page, or of two, together.

`ASSUAGE_ATTACK_SEEDS=1000:2000` attacks those made-up registries instead of the few of every day.
"""

from __future__ import annotations

import pytest

from reports.catalogue import CATALOGUE
from reports.disclosure import Policy, alone, releasing, rounding
from tests.reports.attack import seeds
from tests.reports.attack_everything import READERS, a_case

FEW = (4, 7, 10, 36, 37, 40, 42)
"""Made-up registries that are attacked every day."""


@pytest.mark.parametrize("seed", seeds(FEW))
def test_all_reports_together_tell_no_small_number(seed: int) -> None:
    """One page, two groupings, or two filters: all that a quality lead could lay together."""
    assert a_case(seed).pinned() == []


def test_exact_numbers_of_all_reports_would_tell_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Policy, "nearest", lambda self, count: count)
    monkeypatch.setattr(rounding, "_beside", lambda policy, count, wanted: count)
    for module in (rounding, releasing, alone):
        monkeypatch.setattr(module, "close", lambda policy, whole, parts: list(parts))

    assert a_case(40, "site").pinned(blur=0, spares=(250,))


NOT_COUNTS = {"rare-events", "harm-list"}
"""Blocks of single records, which this reader never sees."""
COVERED = {
    "base": {"completeness", "states", "pain"},
    "sites": {"by-site"},
    "months": {"by-month", "reasons"},
    "responses": {"responders", "curve"},
    "pairs": {"medd-change"},
    "adjusted": {"ancova", "baseline"},
    "relief": {"relief", "survival"},
    "safety": {"harm-rates", "grades", "expected-effects"},
    "units": {"response-funnel", "follow-up-funnel", "harm-funnel"},
    "over time": {
        "volume",
        "responders-over-time",
        "completeness-over-time",
        "pain-over-time",
    },
    "work": {"what", "waiting"},
    "crosses": {"who", "distance-from-death", "access"},
    "doses": {"dose-distribution", "dose-change", "dose-by-table"},
}
NOT_YET = {"over-windows"}
"""The course over windows shows the same sizes as the comparison at one window."""


def test_every_report_of_the_catalogue_is_in_the_attack() -> None:
    blocks = {block.slug for report in CATALOGUE for block in report.blocks}

    assert set(COVERED) == set(READERS)
    assert set().union(*COVERED.values()) | NOT_COUNTS | NOT_YET == blocks
