from __future__ import annotations

import polars as pl
import pytest

from reports.frames import SCHEMA, FrameError, check, empty_frame
from reports.groups import Group, grouping
from tests.reports.cases import assessed, dosed, frame


def test_an_empty_frame_keeps_the_contract() -> None:
    checked = check(empty_frame())

    assert checked.height == 0
    assert dict(checked.schema) == SCHEMA


def test_a_plain_frame_of_dicts_is_cast_to_the_contract() -> None:
    whole = frame([assessed(8, 3) | dosed(60, 30)]).with_columns(
        pl.col("nrs_baseline").cast(pl.Int64),
        pl.col("category").cast(pl.Categorical),
        pl.lit(None).alias("sex"),
        pl.lit("not ours").alias("extra"),
    )

    checked = check(whole)

    assert dict(checked.schema) == SCHEMA
    assert checked["nrs_baseline"].to_list() == [8]


@pytest.mark.parametrize(
    ("column", "broken"),
    [
        ("nrs_28d", pl.lit(11, pl.Int32)),
        ("nrs_baseline", pl.lit(-1, pl.Int32)),
        ("nrs_7d", pl.lit("7")),
        ("medd_baseline", pl.lit(-0.5)),
        ("state_90d", pl.lit("lost")),
        ("state_48h", pl.lit("responder")),
        ("category", pl.lit(None, pl.String)),
        ("methadone", pl.lit(None, pl.Boolean)),
        ("performed_on", pl.lit("2026-01-05")),
        ("medd_complete_180d", pl.lit(value=True)),
        ("medd_complete_baseline", pl.lit(value=True)),
        ("procedure_id", pl.lit("the same")),
        ("worst_28d", pl.lit(11, pl.Int32)),
        ("ecog", pl.lit(5, pl.Int32)),
        ("pgic_7d", pl.lit(0, pl.Int32)),
        ("icpre2012_28d", pl.lit("lost")),
        ("nrs30_28d", pl.lit(value=True)),
        ("first_window", pl.lit("lost")),
        ("further_days", pl.lit(-1, pl.Int32)),
        ("relief_days", pl.lit(-1, pl.Int32)),
        ("relief_end", pl.lit("lost")),
        ("relief_end", pl.lit("death")),
    ],
)
def test_a_broken_column_is_named_and_its_values_are_not(column: str, broken: pl.Expr) -> None:
    rows = frame([{"nrs_baseline": 7}, {"nrs_baseline": 7}])

    with pytest.raises(FrameError, match=rf"column {column}: ") as told:
        check(rows.with_columns(broken.alias(column)))

    assert told.value.column == column
    assert "lost" not in str(told.value)
    assert "the same" not in str(told.value)


@pytest.mark.parametrize("flag", [None, False])
def test_an_answer_that_contradicts_the_state_is_refused(flag: bool | None) -> None:
    rows = frame([assessed(8, 2)])

    with pytest.raises(FrameError, match="column nrs30_28d: contradicts the state"):
        check(rows.with_columns(pl.lit(flag, pl.Boolean).alias("nrs30_28d")))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(FrameError, match="column akps: is missing"):
        check(empty_frame().drop("akps"))


def test_groups_come_in_the_order_of_the_tree_and_only_if_they_occur() -> None:
    rows = frame([{"category": "cement"}, {"category": "celiac"}])
    order = [Group("celiac", "Coeliac"), Group("impar", "Impar"), Group("cement", "Cement")]

    assert [g.slug for g in grouping(rows, "category", order).groups] == ["celiac", "cement"]


def test_a_group_that_the_order_does_not_know_is_refused() -> None:
    with pytest.raises(FrameError, match="category"):
        grouping(frame([{"category": "unheard"}]), "category", [Group("celiac", "Coeliac")])
