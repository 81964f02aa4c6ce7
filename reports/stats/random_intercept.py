"""One random intercept a patient, by restricted maximum likelihood: the numbers under `mixed`.

With one random intercept the likelihood needs only each patient's sums, and one ratio is searched:
lambda = variance between patients / variance within. Its inverse covariance for a patient of n
scores is I - w 11', w = lambda / (1 + lambda n).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import brentq

from reports.stats.columns import Labels, Numbers
from reports.stats.design import Matrix, Solved

_GRID = np.r_[0.0, np.geomspace(1e-6, 1e8, 57)]
"""Ratios at which the likelihood is looked at before the best is refined."""

_EXACT = 1e-12
"""A share of the spread that is no more than rounding."""


@dataclass(frozen=True, slots=True)
class InterceptFit:
    """Coefficients, their large-sample covariance, and the two variances."""

    beta: Numbers
    cov: Matrix
    between: float
    within: float


@dataclass(frozen=True, slots=True)
class _At:
    """The fit at one ratio: the deviance's slope, and what it is made of."""

    slope: float
    inverse: Matrix
    gamma: Numbers
    rss: float


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums over patients with as many scores: all the likelihood needs.

    `sizes` and `patients` (s,), `squares` (s, k, k) of the basis, `mixed` (s, k) of basis and
    residual, `plain` (s,) of the residual; `rss` is that of least squares over `free` = n - k.
    """

    sizes: Numbers
    patients: Numbers
    squares: Matrix
    mixed: Matrix
    plain: Numbers
    rss: float
    free: int

    def deviance(self, ratio: float) -> float:
        """Give the deviance alone, to a constant: all that a look over many ratios needs."""
        grown = 1 + ratio * self.sizes
        weight = ratio / grown
        factor = cho_factor(self._shrunk(weight), lower=True)
        b = -weight @ self.mixed
        rss = float(self.rss - weight @ self.plain - b @ cho_solve(factor, b))
        within = self.free * np.log(rss) + self.patients @ np.log(grown)
        return float(within + 2 * np.log(np.diag(factor[0])).sum())

    def at(self, ratio: float) -> _At:
        """Profile the restricted likelihood at a ratio."""
        grown = 1 + ratio * self.sizes
        weight, change = ratio / grown, 1 / grown**2
        a, da = self._shrunk(weight), -np.tensordot(change, self.squares, 1)
        b, db = -weight @ self.mixed, -change @ self.mixed
        factor = cho_factor(a, lower=True)
        inverse: Matrix = np.asarray(cho_solve(factor, np.eye(len(a))), dtype=np.float64)
        gamma = inverse @ b
        rss = float(self.rss - weight @ self.plain - b @ gamma)
        drss = float(-change @ self.plain - 2 * gamma @ db + gamma @ da @ gamma)
        slope = self.free * drss / rss + self.patients @ (self.sizes / grown)
        return _At(float(slope + np.sum(inverse * da)), inverse, gamma, rss)

    def _shrunk(self, weight: Numbers) -> Matrix:
        """Give the basis's cross products under the ratio's weights: I where all weigh nothing."""
        squares = np.tensordot(weight, self.squares, 1)
        return np.asarray(np.eye(len(squares)) - squares, dtype=np.float64)


def fit_intercept(y: Numbers, solved: Solved, patients: Labels) -> InterceptFit | None:
    """Fit y ~ design with a random intercept a patient; None where no spread is left within."""
    gamma = solved.project(y)
    residual = y - solved.fitted(gamma)
    if residual @ residual <= (_EXACT * max(np.abs(y).max(), 1.0)) ** 2 * len(y):
        return None
    sums = _sums(solved, residual, patients)
    ratio = _best_ratio(sums)
    if ratio is None:
        return None
    best = sums.at(ratio)
    within = best.rss / sums.free
    return InterceptFit(
        beta=solved.back @ (gamma + best.gamma),
        cov=within * solved.back @ best.inverse @ solved.back.T,
        between=ratio * within,
        within=within,
    )


def _sums(solved: Solved, residual: Numbers, patients: Labels) -> _Sums:
    per_basis = solved.sums_by(patients)
    per_residual = np.bincount(patients.codes, weights=residual)
    sizes, which, count = np.unique(patients.sizes(), return_inverse=True, return_counts=True)
    rows = [which == i for i in range(len(sizes))]
    return _Sums(
        sizes=sizes.astype(np.float64),
        patients=count.astype(np.float64),
        squares=np.stack([(per_basis[r].T @ per_basis[r]).toarray() for r in rows]),
        mixed=np.stack([per_basis[r].T @ per_residual[r] for r in rows]),
        plain=np.array([per_residual[r] @ per_residual[r] for r in rows]),
        rss=float(residual @ residual),
        free=len(residual) - solved.terms,
    )


def _best_ratio(sums: _Sums) -> float | None:
    """Find the ratio of lowest deviance: 0 where patients don't differ, None where only they do."""
    best = int(np.argmin([sums.deviance(ratio) for ratio in _GRID]))
    if best == len(_GRID) - 1:
        return None
    low, high = _GRID[max(best - 1, 0)], _GRID[best + 1]
    if sums.at(low).slope >= 0:
        return float(low)
    return float(brentq(lambda ratio: sums.at(ratio).slope, low, high, xtol=1e-13, rtol=1e-12))
