"""The design of a linear model: group means and centred covariates, so means come out adjusted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.sparse import coo_array, csr_array, hstack

from reports.stats.columns import Column, Labels, Numbers, as_series, is_words, labels, numbers
from reports.stats.intervals import Estimate
from reports.stats.refusal import Reason, Refusal

Matrix = NDArray[np.float64]

_TOLERANCE = 1e-6
"""Below this share of its length outside the others' span, a column counts as told by them."""


@dataclass(frozen=True, slots=True)
class Covariates:
    """Covariates as centred columns, each with the name of the covariate it comes from."""

    names: tuple[str, ...]
    columns: Matrix


def covariates(given: Mapping[str, Column], n: int) -> Covariates:
    """Make centred columns: numbers as they are, words as 0/1 for every level but the first.

    Centring puts every adjusted mean at the covariates' means: for words, at the mix of levels
    in the data. Raises `ValueError` for a column of another length or with missing values.
    """
    names: list[str] = []
    columns: list[Numbers] = []
    for name, values in given.items():
        if len(values) != n:
            raise ValueError(f"{name} must have one value a row")
        series = as_series(name, values)
        words = is_words(series)
        found = _indicators(labels(name, series))[1:] if words else [numbers(name, series)]
        names += [name] * len(found)
        columns += [_centred(column) for column in found]
    return Covariates(tuple(names), np.column_stack(columns) if columns else np.empty((n, 0)))


def _centred(column: Numbers) -> Numbers:
    """Take the mean away; a constant becomes exactly 0, not the noise of rounding."""
    return np.zeros_like(column) if np.ptp(column) == 0 else column - column.mean()


def _indicators(column: Labels) -> list[Numbers]:
    return [(column.codes == i).astype(np.float64) for i in range(len(column.levels))]


@dataclass(frozen=True, slots=True)
class Solved:
    """An orthonormal basis of the design (n, k) and what turns its coefficients into ours.

    The cells' part of the basis is one number a row, 1 / the root of its cell's size, in the cell's
    own column: it is never written out, for cells are many and nearly all of it is zero. `rest`
    (n, p) is orthogonal to it.
    """

    cells: Labels
    roots: Numbers
    rest: Matrix
    back: Matrix

    @property
    def terms(self) -> int:
        """Count the model's terms."""
        return len(self.back)

    def project(self, y: Numbers) -> Numbers:
        """Give the coefficients (k,) of a column in the basis."""
        of_cells = np.bincount(self.cells.codes, weights=y, minlength=len(self.roots))
        return np.concatenate([of_cells / self.roots, self.rest.T @ y])

    def fitted(self, gamma: Numbers) -> Numbers:
        """Give the column (n,) that coefficients in the basis make."""
        m = len(self.roots)
        return np.asarray((gamma[:m] / self.roots)[self.cells.codes] + self.rest @ gamma[m:])

    def sums_by(self, cluster: Labels, weight: Numbers | None = None) -> csr_array:
        """Sum the basis, its rows weighted, over each cluster's rows: (clusters, k), sparse."""
        n, m = len(self.cells.codes), len(self.roots)
        w = np.ones(n) if weight is None else weight
        one_a_row = (w / self.roots[self.cells.codes], (cluster.codes, self.cells.codes))
        of_cells = coo_array(one_a_row, shape=(len(cluster.levels), m)).tocsr()
        return csr_array(hstack([of_cells, csr_array(sums_by(cluster, self.rest * w[:, None]))]))


def solve(cells: Labels, adjust: Covariates, patients: int) -> Solved | Refusal:
    """Factor the design: a mean for every cell, then the covariates.

    Refuses as many terms as there are patients, and collinear ones.

    The covariates' means in each cell are taken from them first (Frisch & Waugh, Econometrica
    1933); what is left is factored by Cholesky QR, twice: as accurate as Householder's here, and
    one pass over many rows each (Yamamoto et al., ETNA 2015).
    """
    if len(cells.levels) + len(adjust.names) >= patients:
        return Refusal(Reason.MANY_TERMS)
    columns = adjust.columns
    lengths = np.sqrt(np.einsum("ij,ij->j", columns, columns))
    lengths[lengths == 0] = 1
    columns = columns / lengths
    sizes = cells.sizes().astype(np.float64)
    means = sums_by(cells, columns) / sizes[:, None]
    within = columns - means[cells.codes]
    first = _triangle(within)
    told = np.abs(np.diag(first)) < _TOLERANCE
    if told.any():
        names = dict.fromkeys(np.array(adjust.names)[told].tolist())
        return Refusal(Reason.COLLINEAR, about=tuple(names))
    rough = within @ _inverse(first)
    second = _inverse(_triangle(rough))
    slopes = _inverse(first) @ second
    back = np.block(
        [
            [np.diag(sizes**-0.5), -means @ slopes],
            [np.zeros((len(lengths), len(sizes))), slopes / lengths[:, None]],
        ]
    )
    return Solved(cells, np.sqrt(sizes), rough @ second, back)


def _triangle(columns: Matrix) -> Matrix:
    """Give the R of X = QR; each diagonal is a column's distance from the span of those before."""
    values, vectors = np.linalg.eigh(columns.T @ columns)
    root = np.sqrt(np.maximum(values, 0))[:, None] * vectors.T
    return np.asarray(np.linalg.qr(root, mode="r"), dtype=np.float64)


def _inverse(triangle: Matrix) -> Matrix:
    return np.asarray(solve_triangular(triangle, np.eye(len(triangle))), dtype=np.float64)


def sums_by(cluster: Labels, columns: Matrix) -> Matrix:
    """Sum the rows of each cluster: (rows, k) -> (clusters, k)."""
    m = len(cluster.levels)
    summed = [np.bincount(cluster.codes, weights=column, minlength=m) for column in columns.T]
    return np.column_stack(summed) if summed else np.empty((m, 0))


def contrast(weights: Numbers, beta: Numbers, cov: Matrix, quantile: float) -> Estimate:
    """Estimate a weighted sum of coefficients with its interval: value +- quantile x error."""
    value = float(weights @ beta)
    se = math.sqrt(max(float(weights @ cov @ weights), 0.0))
    return Estimate(value, se, value - quantile * se, value + quantile * se)
