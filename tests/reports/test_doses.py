"""What the opioid report counts, against R and worked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.windows import BASELINE, WINDOWS
from reports.doses import DOSE_SCHEMA, DoseFrame
from reports.frames import OutcomeFrame
from reports.groups import grouping
from reports.stats.doses import DoseRow, doses
from reports.stats.doses_by_table import TableRow, doses_by_table
from reports.stats.doses_change import (
    COMPARED,
    METHADONE,
    NEURAXIAL,
    WITHOUT_METHADONE,
    ChangeRow,
    dose_change,
)
from reports.stats.doses_paths import dose_paths
from reports.stats.intervals import Floors, Quartiles
from tests.reports.cases import AT_28, CATEGORIES, dosed, frame, made_up

BEFORE = (0, 0, 30, 60, 60, 90, 120, 120, 240, 480, 600, 20)
AFTER = (0, 40, 0, 60, 42, 63, 60, 84.5, 240, 240, 900, 14)
PAIRS = frame([dosed(b, a) for b, a in zip(BEFORE, AFTER, strict=True)])
CUT_OFF = date(2026, 11, 3)
TABLES = ("cdc-2022", "anzca-2021")
SERIES = st.builds(made_up, st.integers(0, 200), st.just({"celiac": 40, "iddss": 12, "plane": 3}))


def levels(rows: OutcomeFrame, cut_off: date = CUT_OFF) -> tuple[DoseRow, ...]:
    return doses(rows, grouping(rows, "category", CATEGORIES), Floors(), cut_off).rows


def changes(rows: OutcomeFrame) -> dict[str, ChangeRow]:
    found = dose_change(rows, grouping(rows, "category", CATEGORIES), [AT_28], Floors())
    return {row.people: row for row in found.rows}


def told(values: Quartiles | None) -> tuple[float | None, ...] | None:
    return None if values is None else (values.low, values.median, values.high)


def test_levels_are_those_of_r() -> None:
    """Reference values from R 4.2.2; none took no opioid, ties, and a far tail.

    before <- c(0, 0, 30, 60, 60, 90, 120, 120, 240, 480, 600, 20)
    after  <- c(0, 40, 0, 60, 42, 63, 60, 84.5, 240, 240, 900, 14)
    quantile(c(before, 2 * before), c(.1, .25, .5, .75, .9), type = 7)  # 0 37.5 120 240 564
    quantile(after, c(.25, .5, .75), type = 7)                          # 33.5 60 123.375
    """
    first, *_ = levels(frame([dosed(b, b) for b in (*BEFORE, *(2 * b for b in BEFORE))]))
    after = next(row for row in levels(PAIRS) if row.window == AT_28)

    assert told(first.dose) == (37.5, 120, 240)
    assert (first.p10, first.p90) == pytest.approx((0, 564))
    assert told(after.dose) == (33.5, 60, 123.375)
    assert (after.p10, after.p90) == (None, None), "12 are too few for a tail"


def test_changes_and_shares_are_those_of_r() -> None:
    """Reference values from R 4.2.2 (before, after as above).

    some <- before > 0; change <- after - before
    quantile(change, c(.25, .5, .75))                             # -31.375 -12 0
    quantile(100 * change[some] / before[some], c(.25, .5, .75))  # -45 -30 -7.39583333333
    sum(10 * after[some] <= 7 * before[some])                     # 6 of 10
    sum(2 * after[some] <= before[some])                          # 3 of 10
    prop.test(6, 10, correct = FALSE)$conf.int                    # 0.312673769734 0.831819670294
    prop.test(3, 10, correct = FALSE)$conf.int                    # 0.107791267406 0.603221852539
    """
    row = changes(PAIRS)[COMPARED]

    assert (row.pairs, row.from_some) == (12, 10)
    assert told(row.change_mg) == (-31.375, -12, 0)
    assert told(row.change_percent) == pytest.approx((-45, -30, -7.39583333333))
    assert (row.medd30.k, row.medd50.k) == (6, 3)
    assert row.medd30.interval is not None
    assert row.medd50.interval is not None
    assert (row.medd30.interval.low, row.medd30.interval.high) == pytest.approx(
        (0.312673769734, 0.831819670294), abs=1e-9
    )
    assert (row.medd50.interval.low, row.medd50.interval.high) == pytest.approx(
        (0.107791267406, 0.603221852539), abs=1e-9
    )


def test_everybody_treated_is_somewhere_whatever_is_missing() -> None:
    died, late = {"days_to_death": 12}, {"performed_on": CUT_OFF - timedelta(days=38)}
    incomplete = {"medd_28d": 10.0, "medd_complete_28d": False}
    rows = frame(
        [
            *(dosed(60, 30), dosed(60, 30) | {"days_to_death": 36}, died, late, {}, incomplete),
            *(dosed(100, 0) | {"neuraxial": True}, {"medd_28d": 20.0, "medd_complete_28d": True}),
        ]
    )
    row = next(row for row in levels(rows) if row.window == AT_28)

    assert (row.whole, row.paired, row.incomplete, row.neuraxial) == (3, 2, 1, 1)
    assert (row.died, row.not_due, row.unasked) == (1, 1, 1)
    assert row.dead == 2, "one died later in the window than the dose was asked"
    assert told(row.paired_before) == (None, 60, None)
    assert told(row.dose) == (None, 30, None)


@given(SERIES)
def test_the_parts_are_always_all_treated_and_quantiles_are_in_order(rows: OutcomeFrame) -> None:
    for row in levels(rows):
        parts = (row.neuraxial, row.whole, row.incomplete, row.died, row.not_due, row.unasked)
        assert sum(parts) == rows.filter(pl.col("category") == row.group.slug).height
        assert row.paired <= row.whole
        ends = (row.p10, *(told(row.dose) or ()), row.p90)
        known = [end for end in ends if end is not None]
        assert known == sorted(known)
        if row.window == BASELINE:
            assert row.paired == row.whole
            assert row.died == row.not_due == row.dead == 0


@given(SERIES)
def test_those_on_methadone_and_the_others_are_all_compared(rows: OutcomeFrame) -> None:
    found = dose_change(rows, grouping(rows, "category", CATEGORIES), WINDOWS, Floors()).rows
    by_people = {(row.group, row.window, row.people): row for row in found}
    for (group, window, people), row in by_people.items():
        assert row.medd50.k <= row.medd30.k <= row.from_some <= row.pairs
        if people == COMPARED:
            split = [by_people[group, window, p] for p in (METHADONE, WITHOUT_METHADONE)]
            assert sum(part.pairs for part in split) == row.pairs
            assert sum(part.medd30.k for part in split) == row.medd30.k


def test_a_pump_is_no_opioid_saved() -> None:
    rows = frame([dosed(100, 90)] * 3 + [dosed(300, 0) | {"neuraxial": True}] * 3)
    found = changes(rows)

    assert told(found[COMPARED].change_mg) == (None, -10, None)
    assert (found[COMPARED].pairs, found[COMPARED].medd50.k) == (3, 0)
    assert told(found[NEURAXIAL].change_mg) == (None, -300, None)


def test_a_fall_of_just_30_percent_counts_whatever_floats_make_of_it() -> None:
    rows = frame([dosed(before, after) for before, after in ((141.0, 98.7), (0.3, 0.21), (10, 7))])

    assert changes(rows)[COMPARED].medd30.k == 3


def by_table(
    outcomes: OutcomeFrame, rows: Sequence[dict[str, Any]], tables: Sequence[str] = TABLES
) -> list[TableRow]:
    full = [{**dict.fromkeys(DOSE_SCHEMA), **row} for row in rows]
    dose_frame = DoseFrame(pl.DataFrame(full, schema=DOSE_SCHEMA))
    groups = grouping(outcomes, "category", CATEGORIES)
    found = doses_by_table(outcomes, dose_frame, groups, [AT_28], tables, Floors())
    return list(found.rows)


def under(table_id: str, of: int, **changes: Any) -> dict[str, Any]:
    return {"procedure_id": str(of), "table_id": table_id, **changes}


def test_each_table_speaks_of_whom_it_converts_and_of_the_same_people_beside() -> None:
    """Two on morphine; one on methadone, which ANZCA doesn't convert; one with a pump."""
    outcomes = frame([{}, {}, {"methadone": True}, {"neuraxial": True}])
    part = {"medd_complete_baseline": False, "medd_baseline": 0.0} | {
        "medd_complete_28d": False,
        "medd_28d": 0.0,
    }
    rows = [
        *(under("cdc-2022", i, **dosed(100, 80)) for i in range(2)),
        *(under("anzca-2021", i, **dosed(100, 90)) for i in range(2)),
        under("cdc-2022", 2, **dosed(188, 47)),
        under("anzca-2021", 2, **part),
        *(under(t, 3, **dosed(500, 0)) for t in TABLES),
    ]
    cdc, anzca = by_table(outcomes, rows)

    assert (cdc.recorded, cdc.whole, cdc.common) == (3, 3, 2)
    assert (anzca.recorded, anzca.whole, anzca.common) == (3, 2, 2)
    assert told(cdc.change) == (None, -20, None)
    assert told(cdc.before) == (None, 100, None)
    assert told(cdc.common_change) == (None, -20, None)
    assert told(anzca.change) == told(anzca.common_change) == (None, -10, None)


def test_without_any_regimen_every_table_has_its_row_of_nobody() -> None:
    found = by_table(frame([{}]), [])

    assert [(row.table_id, row.recorded, row.whole) for row in found] == [
        (table, 0, 0) for table in TABLES
    ]


def test_single_lines_are_every_so_manieth_and_never_more_than_asked() -> None:
    rows = frame([dosed(float(i), 0) for i in range(40)] + [{"category": "plane"}])
    whole = dose_paths(rows, grouping(rows, "category", CATEGORIES), 300).rows
    thinned = dose_paths(rows, grouping(rows, "category", CATEGORIES), 20).rows

    assert (len(whole[0].paths), whole[0].every, whole[0].eligible) == (40, 1, 40)
    assert (len(thinned[0].paths), thinned[0].every) == (10, 4)
    assert whole[1].paths == ()
    assert thinned[0].paths[0] == (0.0, None, None, 0.0, None, None)
