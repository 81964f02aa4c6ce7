"""How do groups compare once their baselines are level? Analysis of covariance, robust errors.

Ordinary least squares; errors are cluster-robust with patients as clusters, small-sample corrected
by m/(m-1) x (n-1)/(n-k) (CR1: R's `sandwich::vcovCL(type = "HC1")`, statsmodels'
`cov_type="cluster"`). With one row a patient that is HC1. Few patients in a group still make robust
errors too small: set `ModelFloors.group` by what is shown. Source: Liang & Zeger, Biometrika 1986;
Cameron & Miller, J Hum Resour 2015; Vickers & Altman, BMJ 2001 for ANCOVA over change scores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.stats import t as student

from reports.stats.columns import Column, Labels, Numbers, distinct_by, labels, numbers, same_length
from reports.stats.design import Matrix, Solved, contrast, covariates, solve, sums_by
from reports.stats.intervals import Estimate
from reports.stats.refusal import ModelFloors, Reason, Refusal, check_floors

_NOTHING: Mapping[str, Column] = MappingProxyType({})
_FLOORS = ModelFloors()
_EXACT = 1e-12
"""A share of the outcome's spread left over that is no more than rounding."""


@dataclass(frozen=True, slots=True)
class AncovaRow:
    """One group: its rows and patients, adjusted mean, and adjusted difference to the reference.

    Both are in the outcome's unit; `difference` is None for the reference itself.
    """

    group: str
    n: int
    patients: int
    mean: Estimate
    difference: Estimate | None


@dataclass(frozen=True, slots=True)
class Ancova:
    """Adjusted means and differences, groups sorted by name.

    Intervals are 95 % from Student's t with `df` = patients - 1.
    """

    rows: tuple[AncovaRow, ...]
    reference: str
    n: int
    patients: int
    df: int


def fit_ancova(
    follow_up: Column,
    baseline: Column,
    group: Column,
    patient: Column,
    *,
    reference: str,
    adjust: Mapping[str, Column] = _NOTHING,
    floors: ModelFloors = _FLOORS,
) -> Ancova | Refusal:
    """Compare groups at follow-up, adjusted for baseline: follow-up ~ group + baseline + `adjust`.

    One row a procedure: `follow_up` and `baseline` in the same unit (NRS 0-10), `group` and
    `patient` words or ids, `adjust` further covariates by name (numbers; words become categories).
    Adjusted means stand at the means of baseline and covariates.

    Answers a `Refusal` where the data can't carry the model, or there are none. Raises
    `ValueError` for columns of unequal length or missing values.
    """
    y, before = numbers("follow_up", follow_up), numbers("baseline", baseline)
    groups, patients = labels("group", group), labels("patient", patient)
    n = same_length({"follow_up": y, "baseline": before, "group": group, "patient": patient})
    of_all, in_group = len(patients.levels), distinct_by(groups, patients)
    if refused := check_floors(of_all, in_group, reference, floors):
        return refused
    solved = solve(groups, covariates({"baseline": before, **adjust}, n), of_all)
    if isinstance(solved, Refusal):
        return solved
    return _compare(_Fit(y, groups, patients, solved), in_group, reference)


@dataclass(frozen=True, slots=True)
class _Fit:
    y: Numbers
    groups: Labels
    patients: Labels
    solved: Solved

    def estimate(self) -> tuple[Numbers, Matrix] | None:
        """Give coefficients and their robust covariance; None where nothing is left over."""
        basis, back = self.solved.basis, self.solved.back
        n, k, m = len(self.y), self.solved.terms, len(self.patients.levels)
        gamma = basis.T @ self.y
        left = self.y - basis @ gamma
        if np.abs(left).max() <= _EXACT * max(np.abs(self.y).max(), 1.0):
            return None
        scores = sums_by(self.patients, basis * left[:, None])
        correction = m / (m - 1) * (n - 1) / (n - k)
        return back @ gamma, correction * back @ (scores.T @ scores) @ back.T


def _compare(fit: _Fit, in_group: dict[str, int], reference: str) -> Ancova | Refusal:
    found = fit.estimate()
    if found is None:
        return Refusal(Reason.NO_SPREAD)
    beta, cov = found
    df = len(fit.patients.levels) - 1
    quantile = float(student.ppf(0.975, df))
    unit = np.eye(len(beta))
    home = unit[fit.groups.levels.index(reference)]
    sizes = fit.groups.sizes().tolist()
    rows = tuple(
        AncovaRow(
            group=name,
            n=sizes[i],
            patients=in_group[name],
            mean=contrast(unit[i], beta, cov, quantile),
            difference=None if name == reference else contrast(unit[i] - home, beta, cov, quantile),
        )
        for i, name in enumerate(fit.groups.levels)
    )
    return Ancova(rows, reference, len(fit.y), df + 1, df)
