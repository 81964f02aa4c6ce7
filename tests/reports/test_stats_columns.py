"""Lists, numpy arrays and polars Series are read alike; refusals name a column, never a value."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reports.stats
from reports.stats.columns import counts, distinct_by, labels, numbers, same_length
from reports.stats.refusal import Reason, Refusal


def test_what_is_exported_is_there() -> None:
    for name in reports.stats.__all__:
        assert getattr(reports.stats, name).__doc__


@pytest.mark.parametrize(
    "column",
    [
        [1, 2.5, True],
        (1, 2.5, 1),
        np.array([1, 2.5, 1]),
        pl.Series([1.0, 2.5, 1.0]),
        pl.Series([1.0, 2.5, 1.0], dtype=pl.Float32),
    ],
)
def test_numbers_come_in_many_coats(column: Any) -> None:
    assert numbers("score", column).tolist() == [1, 2.5, 1]


@pytest.mark.parametrize(
    "column",
    [
        [1, None],
        [None, None],
        [1, float("nan")],
        [1, float("-inf")],
        pl.Series([1, None]),
        np.array([1, np.nan]),
        ["a 1234 b", "2"],
        [date(2024, 5, 6)],
        [10**400],
        [[1], [2]],
        [object()],
        ["2", "3"],
    ],
)
def test_a_bad_column_is_refused_by_name_and_holds_no_value(column: Any) -> None:
    with pytest.raises(ValueError, match=r"^score ") as refused:
        numbers("score", column)

    assert not any(digit in str(refused.value) for digit in "123456")
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("column", [[-1], [0.5], [None]])
def test_counts_are_whole_and_not_negative(column: Any) -> None:
    with pytest.raises(ValueError, match=r"^n "):
        counts("n", column)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(["b", "a", "Z", "é", ""]), min_size=1))
def test_labels_are_sorted_and_read_back(words: list[str]) -> None:
    found = labels("group", words)

    assert found.levels == tuple(sorted(set(words)))
    assert [found.levels[code] for code in found.codes] == words
    assert found.sizes().tolist() == [words.count(level) for level in found.levels]


def test_ids_may_be_numbers_or_categories() -> None:
    assert labels("patient", [7, 7, 30]).levels == ("30", "7")
    assert labels("site", pl.Series(["x", "y", "x"], dtype=pl.Enum(["z", "y", "x"]))).levels == (
        "x",
        "y",
    )


@pytest.mark.parametrize("column", [["a", None], [["a"], ["b"]], [object(), object()]])
def test_words_that_are_missing_or_no_words_are_refused(column: Any) -> None:
    with pytest.raises(ValueError, match=r"^group "):
        labels("group", column)


def test_a_patient_in_two_groups_counts_in_both() -> None:
    group, patient = labels("group", list("aabb")), labels("patient", [1, 1, 1, 2])

    assert distinct_by(group, patient) == {"a": 1, "b": 2}


def test_columns_of_unequal_length_are_refused() -> None:
    assert same_length({"x": [1, 2], "y": (3, 4)}) == 2
    with pytest.raises(ValueError, match="x, y must have one value a row"):
        same_length({"x": [1], "y": [1, 2]})
    assert same_length({"x": []}) == 0


@pytest.mark.parametrize("reason", list(Reason))
def test_every_refusal_says_why_in_a_sentence(reason: Reason) -> None:
    words = Refusal(reason, about=("site", "technique"), floor=20).words

    assert words[0].isupper()
    assert words.endswith(".")
    assert "{" not in words
    named = reason in (Reason.SMALL_GROUP, Reason.COLLINEAR, Reason.NO_REFERENCE)
    assert ("site, technique" in words) == named
    floored = reason in (Reason.SMALL_GROUP, Reason.FEW_PATIENTS)
    assert ("20" in words) == floored
