from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.stats import (
    BaselineRow,
    CategorySummary,
    NumberSummary,
    baseline_table,
    smd_categories,
    smd_numbers,
    smd_share,
)

KN = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
SCORES = st.lists(st.integers(0, 10), min_size=2, max_size=30)
PAIRS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=6)


def test_differences_are_those_of_r() -> None:
    """By hand in R 4.2.2, the formulas of Yang & Dalton.

    options(digits = 12); a <- c(2, 4, 4, 5, 7, 9); b <- c(1, 1, 3, 10)
    (mean(a) - mean(b)) / sqrt((var(a) + var(b)) / 2)                       # 0.405452036388
    s <- function(k, n, l, m) { p <- k / n; q <- l / m
      (p - q) / sqrt((p * (1 - p) + q * (1 - q)) / 2) }
    s(3, 10, 7, 9)                                                          # -1.09202497334
    s(0, 10, 4, 8)                                                          # -1.41421356237
    m <- function(a, b) { p <- (a / sum(a))[-1]; q <- (b / sum(b))[-1]; k <- length(p)
      S <- (diag(p, k) - p %o% p + diag(q, k) - q %o% q) / 2
      sqrt(drop((p - q) %*% solve(S) %*% (p - q))) }
    m(c(12, 5, 3), c(4, 9, 7))                                              # 0.900553476243
    m(c(0, 5, 3), c(4, 9, 0))                                               # 1.445298892579
    m(c(7, 3), c(2, 7))                                                     # 1.092024973343
    m(c(5, 0, 0, 3), c(4, 9, 2, 1))                                         # 2.148344622118
    """
    assert smd_numbers([2, 4, 4, 5, 7, 9], [1, 1, 3, 10]) == pytest.approx(0.405452036388, abs=1e-9)
    assert smd_share(3, 10, 7, 9) == pytest.approx(-1.09202497334, abs=1e-9)
    assert smd_share(0, 10, 4, 8) == pytest.approx(-1.41421356237, abs=1e-9)
    for one, other, expected in (
        ([12, 5, 3], [4, 9, 7], 0.900553476243),
        ([0, 5, 3], [4, 9, 0], 1.445298892579),
        ([7, 3], [2, 7], 1.092024973343),
        ([5, 0, 0, 3], [4, 9, 2, 1], 2.148344622118),
    ):
        assert smd_categories(one, other) == pytest.approx(expected, abs=1e-9)


def test_where_no_spread_is_shared_there_is_no_number() -> None:
    assert smd_numbers([3, 3], [5, 5, 5]) is None
    assert smd_numbers([3, 3], [3, 3, 3]) == 0
    assert smd_numbers([3], [1, 2]) is None
    assert smd_numbers([0.1] * 3, [0.1] * 7) == 0
    assert smd_share(0, 5, 7, 7) is None
    assert smd_share(5, 5, 7, 7) == 0
    assert smd_share(0, 0, 7, 7) is None
    assert smd_categories([5, 3, 0, 0], [0, 0, 4, 4]) is None
    assert smd_categories([5, 3, 0], [0, 0, 4]) is None
    assert smd_categories([5, 0], [9, 0]) == 0
    assert smd_categories([0, 0], [9, 1]) is None


@settings(deadline=None, max_examples=50)
@given(SCORES, SCORES)
def test_a_difference_of_numbers_turns_round_and_ignores_the_unit(
    one: list[int], other: list[int]
) -> None:
    found, turned = smd_numbers(one, other), smd_numbers(other, one)
    scaled = smd_numbers([32 + 1.8 * x for x in one], [32 + 1.8 * x for x in other])

    assert (found is None) == (turned is None) == (scaled is None)
    if found is not None:
        assert turned == pytest.approx(-found)
        assert scaled == pytest.approx(found, abs=1e-9)


@settings(deadline=None, max_examples=50)
@given(KN, KN)
def test_two_categories_are_the_size_of_the_share(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    share = smd_share(*one, *other)
    turned = smd_share(*other, *one)
    (k, n), (j, m) = one, other
    found = smd_categories([n - k, k], [m - j, j])

    assert found == (None if share is None else pytest.approx(abs(share), abs=1e-6))
    assert turned == (None if share is None else pytest.approx(-share))


@settings(deadline=None, max_examples=50)
@given(PAIRS, st.randoms(use_true_random=False))
def test_neither_order_nor_empty_categories_matter(
    pairs: list[tuple[int, int]], chance: Any
) -> None:
    one, other = zip(*pairs, strict=True)
    found = smd_categories(one, other)
    shuffled = [*chance.sample(pairs, len(pairs)), (0, 0)]
    again = smd_categories(*zip(*shuffled, strict=True))

    for same in (again, smd_categories(other, one)):
        assert same == (None if found is None else pytest.approx(found, abs=1e-6))


def test_a_baseline_table_tells_who_was_treated_and_how_far_apart_groups_are() -> None:
    age = [60, 70, 80, 50, 60, None]
    columns = pl.DataFrame({"age": age, "sex": ["f", "m", "f", "m", None, "m"]})
    found = baseline_table(
        {"age": columns["age"], "sex": columns["sex"], "methadone": [True, False, False] * 2},
        ["block", "block", "block", "cordotomy", "cordotomy", "cordotomy"],
        reference="block",
        fewest=2,
    )

    smd = smd_numbers([50, 60], [60, 70, 80])
    assert found == (
        BaselineRow("age", "block", 3, 0, NumberSummary(70, 10), None),
        BaselineRow("age", "cordotomy", 2, 1, NumberSummary(55, 50**0.5), smd),
        BaselineRow("sex", "block", 3, 0, CategorySummary((("f", 2), ("m", 1))), None),
        BaselineRow("sex", "cordotomy", 2, 1, CategorySummary((("f", 0), ("m", 2))), 2.0),
        BaselineRow("methadone", "block", 3, 0, CategorySummary((("false", 2), ("true", 1))), None),
        BaselineRow(
            "methadone", "cordotomy", 3, 0, CategorySummary((("false", 2), ("true", 1))), 0.0
        ),
    )


def test_below_the_floor_a_baseline_table_has_counts_only() -> None:
    found = baseline_table(
        {"age": [60.0, float("nan"), 50.0], "flag": [True, None, False]},
        ["a", "a", "b"],
        reference="a",
    )

    assert [(r.n, r.missing, r.smd) for r in found] == [(1, 1, None), (1, 0, None)] * 2
    assert found[0].summary == NumberSummary(None, None)
    assert found[2].summary == CategorySummary((("false", 0), ("true", 1)))


def test_a_variable_that_nobody_recorded_is_all_missing() -> None:
    found = baseline_table({"akps": [None] * 4}, ["a", "a", "b", "b"], reference="a")

    assert [(r.n, r.missing) for r in found] == [(0, 2), (0, 2)]


def test_without_anyone_in_the_reference_there_is_no_difference() -> None:
    found = baseline_table({"age": [50, 60]}, ["a", "b"], reference="c", fewest=0)

    assert [r.smd for r in found] == [None, None]
    assert baseline_table({"age": []}, [], reference="c") == ()


def test_a_share_difference_is_signed_group_minus_reference() -> None:
    found = baseline_table(
        {"methadone": [True] * 8 + [False] * 2 + [True] * 3 + [False] * 7},
        ["a"] * 10 + ["b"] * 10,
        reference="b",
    )

    assert found[0].smd == smd_share(8, 10, 3, 10)
    assert found[1].smd is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"group": ["a", None]}, "group has missing"),
        ({"variables": {"age": [1]}}, "age must have one value a row"),
        ({"variables": {"age": [1, float("inf")]}}, "age has missing or infinite"),
        ({"variables": {"age": [[1], [2]]}}, "age must be"),
        ({"variables": {"age": [1, [2]]}}, "age must be"),
    ],
)
def test_bad_columns_are_refused(changes: dict[str, Any], says: str) -> None:
    given = {"variables": {"age": [1, 2]}, "group": ["a", "b"], "reference": "a"} | changes
    with pytest.raises(ValueError, match=says):
        baseline_table(given["variables"], given["group"], reference=given["reference"])


def test_bad_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="k of n"):
        smd_share(3, 2, 1, 2)
    with pytest.raises(ValueError, match="same categories"):
        smd_categories([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="whole"):
        smd_categories([-1], [1])
