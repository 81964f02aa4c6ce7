"""Is less opioid taken? The paired change of systemic MEDD, with those apart whose doses mislead.

MEDD describes a dose. It is not for switching opioids. Quantiles are of type 7 (R's default).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from registry.domain.windows import BASELINE, Window
from reports.frames import OutcomeFrame, medd, medd_complete
from reports.groups import Group, Grouping
from reports.stats.doses import whole
from reports.stats.intervals import (
    Floors,
    Proportion,
    Quartiles,
    proportion,
    quartile_columns,
    read_quartiles,
)
from reports.stats.tally import Row, tally

COMPARED = "compared"
WITHOUT_METHADONE = "without_methadone"
METHADONE = "methadone"
NEURAXIAL = "neuraxial"
PEOPLE = (COMPARED, WITHOUT_METHADONE, METHADONE, NEURAXIAL)
"""Whose change is told: all that are compared, of these without and with methadone (whose banded
factors jump), and, never among the compared, those with any neuraxial opioid."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """The paired change of systemic MEDD of some `people` of one group at one window.

    `pairs` have a wholly converted regimen at both ends. `from_some` of them took an opioid before:
    percent change, and the shares with at least 30 % and 50 % less (`medd30`, `medd50`), are of
    these. `incomplete` have a regimen at both ends, not wholly converted at one: they are left out.
    """

    group: Group
    window: Window
    people: str
    pairs: int
    from_some: int
    incomplete: int
    before: Quartiles | None
    after: Quartiles | None
    change_mg: Quartiles | None
    change_percent: Quartiles | None
    medd30: Proportion
    medd50: Proportion


@dataclass(frozen=True, slots=True)
class DoseChange:
    """Change of dose, window by window, four rows a group."""

    rows: tuple[ChangeRow, ...]


def dose_change(
    frame: OutcomeFrame, grouping: Grouping, windows: Sequence[Window], floors: Floors
) -> DoseChange:
    """Summarise the change of dose in each group at each window, for each sort of people."""
    found = tally(frame, grouping, windows, _change_columns)
    return DoseChange(
        tuple(
            _change_row(group, window, people, row, floors)
            for group, window, row in found
            for people in PEOPLE
        )
    )


def is_less(percent: int, before: pl.Expr, after: pl.Expr) -> pl.Expr:
    """Select doses that fell by at least so many percent, of those above 0.

    Doses are sums of products of decimals with a few places: what differs by less than a millionth
    of a milligram is the same.
    """
    return (before > 0) & (100 * after <= (100 - percent) * before + 1e-4)


def _change_columns(window: Window) -> dict[str, pl.Expr]:
    apart, taker = pl.col("neuraxial"), pl.col("methadone")
    sorts = {
        COMPARED: ~apart,
        WITHOUT_METHADONE: ~apart & ~taker,
        METHADONE: ~apart & taker,
        NEURAXIAL: apart,
    }
    ends = pl.col(medd_complete(BASELINE)), pl.col(medd_complete(window))
    recorded = ends[0].is_not_null() & ends[1].is_not_null()
    complete = whole(BASELINE) & whole(window)
    columns: dict[str, pl.Expr] = {}
    for people, belongs in sorts.items():
        columns |= {
            f"{people}_incomplete": (belongs & recorded & ~complete).sum(),
            **_of_pairs(people, belongs & complete, window),
        }
    return columns


def _of_pairs(people: str, pairs: pl.Expr, window: Window) -> dict[str, pl.Expr]:
    before, after = pl.col(medd(BASELINE)), pl.col(medd(window))
    from_some = pairs & (before > 0)
    percent = 100 * (after - before) / before
    return {
        f"{people}_pairs": pairs.sum(),
        f"{people}_from_some": from_some.sum(),
        f"{people}_medd30": (pairs & is_less(30, before, after)).sum(),
        f"{people}_medd50": (pairs & is_less(50, before, after)).sum(),
        **quartile_columns(f"{people}_before", before.filter(pairs)),
        **quartile_columns(f"{people}_after", after.filter(pairs)),
        **quartile_columns(f"{people}_mg", (after - before).filter(pairs)),
        **quartile_columns(f"{people}_percent", percent.filter(from_some)),
    }


def _change_row(group: Group, window: Window, people: str, row: Row, floors: Floors) -> ChangeRow:
    def count(name: str) -> int:
        return int(row[f"{people}_{name}"])

    def quartiles(name: str, n: int) -> Quartiles | None:
        return read_quartiles(row, f"{people}_{name}", n, floors)

    pairs, from_some = count("pairs"), count("from_some")
    return ChangeRow(
        group,
        window,
        people,
        pairs=pairs,
        from_some=from_some,
        incomplete=count("incomplete"),
        before=quartiles("before", pairs),
        after=quartiles("after", pairs),
        change_mg=quartiles("mg", pairs),
        change_percent=quartiles("percent", from_some),
        medd30=proportion(count("medd30"), from_some, floors),
        medd50=proportion(count("medd50"), from_some, floors),
    )
