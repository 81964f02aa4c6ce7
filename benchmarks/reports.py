"""How long each report takes as a registry grows: `python -m benchmarks.reports [ROWS ...]`.

Beside each stands the bare polars aggregation of the same columns: what reading and grouping them
costs before anything is asked. Frames are in memory on both sides.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import polars as pl

from benchmarks.made_up import CUT_OFF, make_data
from benchmarks.timing import Result, in_turn, keep
from registry.services.reports import groups_of
from reports.catalogue import CATALOGUE
from reports.disclosure import Policy
from reports.frames import SCHEMA
from reports.page import Asked, Data, prepare
from reports.report import Report
from reports.run import run
from reports.scope import Scope

SIZES = (1_000, 10_000, 100_000, 1_000_000)
PREFIX = "report "
SCOPE = Scope("Made-up procedures", CUT_OFF, synthetic=True)


def answer(report: Report, data: Data) -> None:
    """Run a report whole: statistics, release, figures as JSON, tables and words."""
    asked = Asked()
    page = prepare(data, asked, groups_of(asked.by), Policy(11), SCOPE)
    for _, shown in run(report, page).blocks:
        for figure in shown.figures:
            figure.json()


def bare(data: Data) -> None:
    """Aggregate by category what the reports read of an outcome row: counts and quartiles."""
    told = [name for name, kind in SCHEMA.items() if kind.is_numeric()]
    words = [name for name in SCHEMA if name.startswith("state_")]
    data.outcomes.group_by("category").agg(
        *(
            pl.col(name).quantile(q, interpolation="linear").alias(f"{name} {q}")
            for name in told
            if name.endswith(("28d", "baseline"))
            for q in (0.25, 0.5, 0.75)
        ),
        *((pl.col(name) == "responder").sum() for name in words),
    )


def measure(rows: int) -> Iterator[Result]:
    """Time every report at a size."""
    data, runs = make_data(rows), 7 if rows <= 100_000 else 3
    for report in CATALOGUE:
        value, reference = in_turn(lambda r=report: answer(r, data), lambda: bare(data), runs)
        name = f"{PREFIX}{report.slug}"
        yield Result(name, rows, value, "s", reference, round(value / reference, 2))


def main() -> None:
    """Print a table a size, and keep the numbers."""
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    results = []
    print("| report | procedures | time | bare aggregation | ratio |")
    print("|---|---|---|---|---|")
    for rows in sizes:
        for found in measure(rows):
            results.append(found)
            print(
                f"| {found.name.removeprefix(PREFIX)} | {rows:,} | {1000 * found.value:.0f} ms "
                f"| {1000 * (found.reference or 0):.1f} ms | {found.ratio} x |",
                flush=True,
            )
    keep(results, PREFIX)


if __name__ == "__main__":
    main()
