"""How long deriving one patient's outcomes takes: `python -m benchmarks.derive_outcomes`.

Prints a line of a Markdown table: the best of many runs in ms, and how many times that of a bare
walk over the same events, timed in turn with it. The ratio travels between machines; the ms don't.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from time import perf_counter
from uuid import UUID

from registry.domain.opioids import DoseUnit, OpioidItem, Regimen, Route, conversion_table
from registry.domain.outcomes import OutcomeRules, derive_outcomes
from registry.domain.timeline import (
    AVERAGE_SELF,
    WORST_SELF,
    Assessment,
    PainScore,
    ProcedureEvent,
    Timeline,
)

DAY_0 = date(2026, 1, 5)
RUNS = 1_000


def three_lines(n: int) -> Regimen:
    return (
        OpioidItem("morphine", Route.ORAL, Decimal(n), DoseUnit.MG, Decimal(2)),
        OpioidItem("oxycodone", Route.ORAL, Decimal(5), DoseUnit.MG, Decimal(n % 5 + 1)),
        OpioidItem("fentanyl", Route.TRANSDERMAL, Decimal(25), DoseUnit.MCG_PER_H),
    )


def sixty_events() -> Timeline:
    """Make 6 procedures, 53 assessments with a regimen each of its own, and a death."""
    procedures = tuple(
        ProcedureEvent(UUID(int=n), DAY_0 + timedelta(days=40 * n), "x", "repeat", "x")
        for n in range(6)
    )
    assessments = tuple(
        Assessment(
            DAY_0 + timedelta(days=4 * n),
            (PainScore(AVERAGE_SELF, n % 11), PainScore(WORST_SELF, 10)),
            three_lines(n + 1),
            akps=50,
        )
        for n in range(53)
    )
    return Timeline(date(1950, 1, 1), procedures, assessments, died_on=DAY_0 + timedelta(days=300))


def walk(timeline: Timeline) -> dict[UUID, list[int]]:
    """Do the least that any derivation must: sort the events and count days from each procedure."""
    events = sorted(timeline.assessments, key=lambda a: a.on)
    return {
        p.id: [(a.on - p.on).days for a in events]
        for p in sorted(timeline.procedures, key=lambda p: (p.on, p.id))
    }


def timed(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def main() -> None:
    timeline = sixty_events()
    rules = OutcomeRules(conversion_table("cdc-2022"))
    runs = [
        (timed(lambda: derive_outcomes(timeline, rules)), timed(lambda: walk(timeline)))
        for _ in range(RUNS)
    ]
    derived, walked = (1000 * min(times) for times in zip(*runs, strict=True))
    print("| what | best of runs | against a bare walk of the same events |")
    print("|---|---|---|")
    print(f"| outcomes of a 60-event timeline | {derived:.2f} ms | {derived / walked:.0f} x |")


if __name__ == "__main__":
    main()
