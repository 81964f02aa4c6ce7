"""Plain columns in: lists, numpy arrays and polars Series are read alike, bad ones refused.

No message ever holds a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Column = Sequence[Any] | NDArray[Any] | pl.Series
"""One value a row."""

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]


def numbers(name: str, values: Column) -> Numbers:
    """Read a column of finite numbers; flags count as 0 and 1.

    Raises `ValueError` where a value is missing, infinite or no number.
    """
    series = as_series(name, values)
    if not (series.dtype.is_numeric() or series.dtype in (pl.Boolean, pl.Null)):
        raise ValueError(f"{name} must be a column of numbers")
    found = series.to_numpy().astype(np.float64, copy=False)  # missing becomes nan
    if not np.isfinite(found).all():
        raise ValueError(f"{name} has missing or infinite values: leave those rows out first")
    return found


def counts(name: str, values: Column) -> Numbers:
    """Read a column of whole numbers of 0 or more; raises `ValueError` for others."""
    found = numbers(name, values)
    if (found < 0).any() or (found != np.floor(found)).any():
        raise ValueError(f"{name} must be whole numbers of 0 or more")
    return found


@dataclass(frozen=True, slots=True)
class Labels:
    """A column of words: its levels, sorted, and which of them each row has."""

    levels: tuple[str, ...]
    codes: Codes

    def sizes(self) -> Codes:
        """Count the rows of each level."""
        return np.bincount(self.codes, minlength=len(self.levels))


def labels(name: str, values: Column) -> Labels:
    """Read a column of words or ids; raises `ValueError` where one is missing."""
    series = as_words(name, values)
    if series.null_count():
        raise ValueError(f"{name} has missing values: leave those rows out first")
    levels = series.unique().sort()
    codes = series.cast(pl.Enum(levels)).to_physical().to_numpy()
    return Labels(tuple(levels), codes.astype(np.int64))


def distinct_by(groups: Labels, patients: Labels) -> dict[str, int]:
    """Count the patients of each group; one treated in two groups counts in both."""
    pairs = np.unique(groups.codes * len(patients.levels) + patients.codes)
    found = np.bincount(pairs // len(patients.levels), minlength=len(groups.levels))
    return dict(zip(groups.levels, found.tolist(), strict=True))


def as_words(name: str, values: Column) -> pl.Series:
    """Read a column of words or ids, empty where missing; raises `ValueError` for others."""
    series = as_series(name, values)
    if series.dtype.is_nested() or series.dtype == pl.Object:
        raise ValueError(f"{name} must be a column of words or ids")
    return series.cast(pl.String)


def as_series(name: str, values: Column) -> pl.Series:
    """Read a column as it is; raises `ValueError` for what is none."""
    try:
        return pl.Series(values, strict=False)
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} must be a column of one kind") from None


def is_words(series: pl.Series) -> bool:
    """Tell whether a column holds words (categories) rather than numbers or flags."""
    return series.dtype in (pl.String, pl.Categorical, pl.Enum)


def same_length(columns: Mapping[str, Sized]) -> int:
    """Give the common length; raises `ValueError` where columns differ."""
    lengths = {len(values) for values in columns.values()}
    if len(lengths) != 1:
        raise ValueError(f"{', '.join(columns)} must have one value a row each")
    return lengths.pop()
