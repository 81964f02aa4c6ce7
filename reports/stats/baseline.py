"""Who was treated in each group? A baseline table with standardised differences beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from reports.stats.balance import smd_categories, smd_numbers, smd_share
from reports.stats.columns import (
    Column,
    Labels,
    Numbers,
    as_series,
    as_words,
    is_words,
    labels,
    numbers,
)


@dataclass(frozen=True, slots=True)
class NumberSummary:
    """Mean and standard deviation (n - 1), in the variable's unit; None below the floor."""

    mean: float | None
    sd: float | None


@dataclass(frozen=True, slots=True)
class CategorySummary:
    """Rows of each category, every category of the variable named, sorted."""

    counts: tuple[tuple[str, int], ...]


Summary = NumberSummary | CategorySummary


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """One variable in one group: who has it, who lacks it, and how far from the reference.

    `smd` is None for the reference itself, below the floor in either group, and where it is
    undefined. For numbers and flags it is signed (group minus reference), for categories 0 or more.
    """

    variable: str
    group: str
    n: int
    missing: int
    summary: Summary
    smd: float | None


def baseline_table(
    variables: Mapping[str, Column], group: Column, *, reference: str, fewest: int = 10
) -> tuple[BaselineRow, ...]:
    """Summarise every variable in every group, groups sorted by name.

    Numbers by mean and standard deviation, words and flags by counts; missing values are counted
    and left out. Below `fewest` values a group has counts, but neither mean nor difference.
    Without anyone in `reference` there is no difference. Raises `ValueError` for columns of unequal
    length or a missing group.
    """
    groups = labels("group", group)
    for name, values in variables.items():
        if len(values) != len(groups.codes):
            raise ValueError(f"{name} must have one value a row")
    home = groups.levels.index(reference) if reference in groups.levels else None
    rows: list[BaselineRow] = []
    for name, values in variables.items():
        variable = _variable(name, values, groups)
        for i, level in enumerate(groups.levels):
            n, smd = variable.n(i), None
            if home is not None and home != i and min(n, variable.n(home)) >= max(fewest, 1):
                smd = variable.smd(i, home)
            summary = variable.summary(i, fewest)
            rows.append(BaselineRow(name, level, n, variable.missing[i], summary, smd))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class _Number:
    """A number's values in each group, and how many lack it."""

    values: tuple[Numbers, ...]
    missing: tuple[int, ...]

    def n(self, i: int) -> int:
        return len(self.values[i])

    def summary(self, i: int, fewest: int) -> Summary:
        found = self.values[i]
        if len(found) < max(fewest, 2):
            return NumberSummary(None, None)
        return NumberSummary(float(found.mean()), float(found.std(ddof=1)))

    def smd(self, i: int, home: int) -> float | None:
        return smd_numbers(self.values[i], self.values[home])


@dataclass(frozen=True, slots=True)
class _Category:
    """How many of each group are in each category, and how many lack it."""

    levels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    missing: tuple[int, ...]
    flag: bool

    def n(self, i: int) -> int:
        return sum(self.counts[i])

    def summary(self, i: int, fewest: int) -> Summary:
        return CategorySummary(tuple(zip(self.levels, self.counts[i], strict=True)))

    def smd(self, i: int, home: int) -> float | None:
        one, other = self.counts[i], self.counts[home]
        if self.flag:
            return smd_share(one[-1], self.n(i), other[-1], self.n(home))
        return smd_categories(one, other)


def _variable(name: str, values: Column, groups: Labels) -> _Number | _Category:
    series = as_series(name, values)
    flag = series.dtype == pl.Boolean
    if flag or is_words(series):
        return _category(as_words(name, series), groups, ("false", "true") if flag else None)
    if not (series.dtype.is_numeric() or series.dtype == pl.Null):
        raise ValueError(f"{name} must be a column of numbers, words or flags")
    column = series.cast(pl.Float64).fill_nan(None)
    known = column.is_not_null().to_numpy()
    found, codes = numbers(name, column.filter(known)), groups.codes[known]
    members = tuple(found[codes == i] for i in range(len(groups.levels)))
    return _Number(members, _missing(groups, known))


def _category(words: pl.Series, groups: Labels, flags: tuple[str, ...] | None) -> _Category:
    known = words.is_not_null().to_numpy()
    levels = flags or tuple(words.drop_nulls().unique().sort())
    own = words.filter(known).cast(pl.Enum(levels)).to_physical().to_numpy().astype(np.int64)
    cells = groups.codes[known] * len(levels) + own
    counts = np.bincount(cells, minlength=len(groups.levels) * len(levels))
    by_group = counts.reshape(len(groups.levels), len(levels)).tolist()
    return _Category(levels, tuple(map(tuple, by_group)), _missing(groups, known), bool(flags))


def _missing(groups: Labels, known: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(np.bincount(groups.codes[~known], minlength=len(groups.levels)).tolist())
