"""How a piece of work is timed, and how what was measured is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

RESULTS = Path(__file__).parent / "results.json"


@dataclass(frozen=True, slots=True)
class Result:
    """One measurement: how long a piece of work took, and a bare reference in the same run.

    `ratio` is value / reference: it travels between machines, the seconds don't. `met` says whether
    the ratio is within `target`; both are None where there is none.
    """

    name: str
    rows: int
    value: float
    unit: str
    reference: float | None = None
    ratio: float | None = None
    target: float | None = None
    met: bool | None = None


def in_turn(
    work: Callable[[], object], bare: Callable[[], object], runs: int
) -> tuple[float, float]:
    """Time two pieces of work in turn, so that a slow moment hits both; gives each one's best."""
    once(work), once(bare)
    pairs = [(once(work), once(bare)) for _ in range(runs)]
    return min(a for a, _ in pairs), min(b for _, b in pairs)


def once(work: Callable[[], object]) -> float:
    """Time one run, in seconds."""
    start = perf_counter()
    work()
    return perf_counter() - start


def keep(results: Iterable[Result], prefix: str) -> None:
    """Write results down, in place of earlier ones whose name begins alike."""
    known = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else []
    others = [result for result in known if not result["name"].startswith(prefix)]
    told = [*others, *map(asdict, results)]
    RESULTS.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
