"""How far does the conversion table change the answer? The same doses under each, side by side.

Tables are never mixed: each converts both ends of every change. MEDD describes a dose; it is not
for switching opioids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from registry.domain.windows import BASELINE, Window
from reports.doses import DoseFrame
from reports.frames import OutcomeFrame, medd, medd_complete
from reports.groups import Group, Grouping
from reports.stats.intervals import Floors, Quartiles, quartile_columns, read_quartiles
from reports.stats.tally import Row


@dataclass(frozen=True, slots=True)
class TableRow:
    """One group at one window under one conversion table; no neuraxial opioid among them.

    `recorded` have a regimen at both ends, `whole` of them are wholly converted at both by this
    table, and `common` by every table that is looked at: the same people under each, whose medians
    (`common_before`, `common_change`) differ by the table alone.
    """

    group: Group
    window: Window
    table_id: str
    recorded: int
    whole: int
    common: int
    before: Quartiles | None
    after: Quartiles | None
    change: Quartiles | None
    common_before: Quartiles | None
    common_change: Quartiles | None


@dataclass(frozen=True, slots=True)
class DosesByTable:
    """The change of dose by table, window by window, one row a group and table."""

    rows: tuple[TableRow, ...]


def doses_by_table(
    frame: OutcomeFrame,
    doses: DoseFrame,
    grouping: Grouping,
    windows: Sequence[Window],
    tables: Sequence[str],
    floors: Floors,
) -> DosesByTable:
    """Summarise paired doses in each group at each window under each table."""
    compared = frame.filter(~pl.col("neuraxial")).select("procedure_id", grouping.by)
    told = doses.filter(pl.col("table_id").is_in(list(tables))).join(
        compared, on="procedure_id", how="inner"
    )
    return DosesByTable(
        tuple(
            _row(group, window, table_id, found.get((group.slug, table_id)), floors)
            for window in windows
            for found in (_tally(told, grouping.by, window, len(tables)),)
            for group in grouping.groups
            for table_id in tables
        )
    )


def _tally(told: pl.DataFrame, by: str, window: Window, tables: int) -> dict[tuple[str, str], Row]:
    """Aggregate one window by group and table."""
    before, after = pl.col(medd(BASELINE)), pl.col(medd(window))
    ends = [pl.col(medd_complete(w)) for w in (BASELINE, window)]
    recorded = ends[0].is_not_null() & ends[1].is_not_null()
    is_whole = ends[0].fill_null(value=False) & ends[1].fill_null(value=False)
    marked = told.select(
        by,
        "table_id",
        recorded.alias("recorded"),
        is_whole.alias("whole"),
        (is_whole.sum().over("procedure_id") == tables).alias("common"),
        before.alias("before"),
        after.alias("after"),
    )
    whole, common = pl.col("whole"), pl.col("common")
    start, change = pl.col("before"), pl.col("after") - pl.col("before")
    found = marked.group_by(by, "table_id").agg(
        pl.col("recorded").sum(),
        whole.sum().alias("n_whole"),
        common.sum().alias("n_common"),
        **quartile_columns("before", start.filter(whole)),
        **quartile_columns("after", pl.col("after").filter(whole)),
        **quartile_columns("change", change.filter(whole)),
        **quartile_columns("common_before", start.filter(common)),
        **quartile_columns("common_change", change.filter(common)),
    )
    return {(row[by], row["table_id"]): row for row in found.to_dicts()}


def _row(group: Group, window: Window, table_id: str, row: Row | None, floors: Floors) -> TableRow:
    """Read one row; no regimen at all under a table: nothing to count."""
    if row is None:
        return TableRow(group, window, table_id, 0, 0, 0, None, None, None, None, None)
    whole, common = row["n_whole"], row["n_common"]
    return TableRow(
        group,
        window,
        table_id,
        recorded=row["recorded"],
        whole=whole,
        common=common,
        before=read_quartiles(row, "before", whole, floors),
        after=read_quartiles(row, "after", whole, floors),
        change=read_quartiles(row, "change", whole, floors),
        common_before=read_quartiles(row, "common_before", common, floors),
        common_change=read_quartiles(row, "common_change", common, floors),
    )
