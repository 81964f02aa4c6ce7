"""Linear models as their textbooks write them, for recounts: whole matrices, nothing clever.

Nothing here comes from `reports`, whose numbers it is held against.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.stats import norm, t

Matrix = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Fitted:
    """Coefficients with their covariance, and how to ask for the mean of a cell, adjusted.

    `cells` are the columns that stand for them, `means` those of all other columns.
    """

    beta: Matrix
    cov: Matrix
    cells: list[Any]
    means: Matrix
    quantile: float

    def mean(self, cell: Any) -> dict[str, float]:
        """Predict for everybody as if they were in the cell, and take the mean."""
        return self._estimate(self._weights(cell))

    def difference(self, cell: Any, other: Any) -> dict[str, float]:
        return self._estimate(self._weights(cell) - self._weights(other))

    def _weights(self, cell: Any) -> Matrix:
        return np.r_[[float(each == cell) for each in self.cells], self.means]

    def _estimate(self, weights: Matrix) -> dict[str, float]:
        value, se = float(weights @ self.beta), float(np.sqrt(weights @ self.cov @ weights))
        reach = self.quantile * se
        return {"estimate": value, "se": se, "low": value - reach, "high": value + reach}


def design(rows: pd.DataFrame, cell: str, terms: list[str]) -> tuple[Matrix, list[Any], Matrix]:
    """Make a column for every cell, then the terms; of words one for each but the first."""
    cells = pd.get_dummies(rows[cell], dtype=float)
    rest = pd.get_dummies(rows[terms], drop_first=True, dtype=float)
    x = np.column_stack([cells, rest]).astype(np.float64)
    assert np.linalg.matrix_rank(x) == x.shape[1]
    return x, list(cells.columns), rest.mean().to_numpy(np.float64)


def ancova(rows: pd.DataFrame, outcome: str, terms: list[str]) -> Fitted:
    """Fit by least squares; errors of patients as clusters, sandwiched and corrected (CR1)."""
    x, cells, means = design(rows, "group", terms)
    y = rows[outcome].to_numpy(np.float64)
    bread = np.linalg.inv(x.T @ x)
    beta = bread @ x.T @ y
    scores = pd.DataFrame(x * (y - x @ beta)[:, None]).groupby(rows["patient_id"].to_numpy()).sum()
    (n, k), m = x.shape, len(scores)
    meat = scores.to_numpy().T @ scores.to_numpy() * m / (m - 1) * (n - 1) / (n - k)
    return Fitted(beta, bread @ meat @ bread, cells, means, float(t.ppf(0.975, m - 1)))


@dataclass(frozen=True)
class Mixed:
    """A fitted mixed model, and the standard deviations between and within patients."""

    fitted: Fitted
    between: float
    within: float


def mixed(rows: pd.DataFrame, outcome: str, terms: list[str]) -> Mixed:
    """Fit a random intercept a patient by restricted maximum likelihood.

    The covariance of a patient's scores is written out and whitened by its Cholesky root. The share
    of the variance that lies between patients is searched, so agreement is no better than what a
    flat likelihood can tell: about 1e-6.
    """
    x, cells, means = design(rows, "cell", terms)
    y, free = rows[outcome].to_numpy(np.float64), len(x) - x.shape[1]
    blocks = blocks_of(np.column_stack([x, y]), rows["patient_id"])

    def solve(share: float) -> tuple[float, Matrix, Matrix, float]:
        white, log_det = whitened(blocks, share)
        xs, ys = white[:, :-1], white[:, -1]
        inverse = np.linalg.inv(xs.T @ xs)
        beta = inverse @ xs.T @ ys
        rss = float(((ys - xs @ beta) ** 2).sum())
        told = log_det - np.linalg.slogdet(inverse)[1]
        return free * np.log(rss) + told, beta, inverse, rss / free

    best = minimize_scalar(lambda s: solve(s)[0], bounds=(0, 0.99), method="bounded").x
    near = (max(best - 0.02, 0.0), best + 0.02)
    options = {"xatol": 1e-9}
    best = minimize_scalar(lambda s: solve(s)[0], bounds=near, method="bounded", options=options).x
    _, beta, inverse, whole = solve(best)
    fitted = Fitted(beta, whole * inverse, cells, means, float(norm.ppf(0.975)))
    return Mixed(fitted, float(np.sqrt(best * whole)), float(np.sqrt((1 - best) * whole)))


def blocks_of(columns: Matrix, patient: pd.Series) -> list[Matrix]:
    """Stack the rows of patients with as many scores: patients, scores, columns."""
    own = [columns[at] for at in patient.groupby(patient.to_numpy()).indices.values()]
    return [np.stack([b for b in own if len(b) == size]) for size in {len(b) for b in own}]


def whitened(blocks: list[Matrix], share: float) -> tuple[Matrix, float]:
    """Divide by the root of each patient's covariance, `share` of it common to all their scores."""
    white, log_det = [], 0.0
    for block in blocks:
        patients, size, columns = block.shape
        root = np.linalg.cholesky((1 - share) * np.eye(size) + share * np.ones((size, size)))
        white.append((np.linalg.inv(root) @ block).reshape(-1, columns))
        log_det += 2 * patients * float(np.log(np.diag(root)).sum())
    return np.concatenate(white), log_det
