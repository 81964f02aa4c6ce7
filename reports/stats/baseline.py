"""Who was treated in each group? A baseline table with standardised differences beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from reports.stats.balance import smd_categories, smd_numbers, smd_share
from reports.stats.columns import Column, as_series, as_words, is_words, labels, numbers


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
    members = [groups.codes == i for i in range(len(groups.levels))]
    rows: list[BaselineRow] = []
    for name, values in variables.items():
        variable = _variable(name, values)
        parts = [variable.values.filter(pl.Series(at)) for at in members]
        by_level = dict(zip(groups.levels, parts, strict=True))
        home = by_level.get(reference, pl.Series([])).drop_nulls()
        for level, part in by_level.items():
            own = part.drop_nulls()
            compared = level != reference and min(len(own), len(home)) >= max(fewest, 1)
            smd = variable.smd(own, home) if compared else None
            summary = variable.summary(own, fewest)
            rows.append(BaselineRow(name, level, len(own), part.null_count(), summary, smd))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class _Number:
    values: pl.Series

    def summary(self, own: pl.Series, fewest: int) -> Summary:
        if len(own) < max(fewest, 2):
            return NumberSummary(None, None)
        found = own.to_numpy()
        return NumberSummary(float(found.mean()), float(found.std(ddof=1)))

    def smd(self, own: pl.Series, home: pl.Series) -> float | None:
        return smd_numbers(own, home)


@dataclass(frozen=True, slots=True)
class _Category:
    values: pl.Series
    levels: Sequence[str]
    flag: bool

    def count(self, own: pl.Series) -> list[int]:
        return [int((own == level).sum()) for level in self.levels]

    def summary(self, own: pl.Series, fewest: int) -> Summary:
        return CategorySummary(tuple(zip(self.levels, self.count(own), strict=True)))

    def smd(self, own: pl.Series, home: pl.Series) -> float | None:
        one, other = self.count(own), self.count(home)
        if self.flag:
            return smd_share(one[-1], sum(one), other[-1], sum(other))
        return smd_categories(one, other)


def _variable(name: str, values: Column) -> _Number | _Category:
    series = as_series(name, values)
    flag = series.dtype == pl.Boolean
    if flag or is_words(series):
        words = as_words(name, series)
        levels = ("false", "true") if flag else words.drop_nulls().unique().sort().to_list()
        return _Category(words, levels, flag)
    if not (series.dtype.is_numeric() or series.dtype == pl.Null):
        raise ValueError(f"{name} must be a column of numbers, words or flags")
    found = series.cast(pl.Float64).fill_nan(None)
    numbers(name, found.drop_nulls())
    return _Number(found)
