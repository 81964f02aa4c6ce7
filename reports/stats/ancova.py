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
from typing import Self

import numpy as np
from scipy.stats import t as student

from reports.stats.columns import Column, Labels, Numbers, distinct_by, labels, numbers, same_length
from reports.stats.design import Matrix, Solved, contrast, covariates, solve
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
    rows = _Rows.read({"follow_up": follow_up}, baseline, group, patient)
    in_group = distinct_by(rows.groups, rows.patients)
    solved = rows.solve(in_group, reference, adjust, floors)
    if isinstance(solved, Refusal):
        return solved
    fit = _Fit(rows.outcomes["follow_up"], rows.groups, rows.patients, solved)
    return _compare(fit, in_group, reference)


def differences_alone(
    follow_ups: Mapping[str, Column],
    baseline: Column,
    group: Column,
    patient: Column,
    *,
    reference: str,
    adjust: Mapping[str, Column] = _NOTHING,
    floors: ModelFloors = _FLOORS,
) -> Mapping[str, Mapping[str, float]] | Refusal:
    """Give the adjusted differences to the reference, no intervals, for several follow-ups.

    The follow-ups, by name, are of the same rows, as when unknown scores are filled in one way and
    another. The differences, by name and group, are those of `fit_ancova`; it says the rest.
    """
    rows = _Rows.read(follow_ups, baseline, group, patient)
    in_group = distinct_by(rows.groups, rows.patients)
    solved = rows.solve(in_group, reference, adjust, floors)
    if isinstance(solved, Refusal):
        return solved
    home = rows.groups.levels.index(reference)
    found: dict[str, Mapping[str, float]] = {}
    for name, y in rows.outcomes.items():
        means = solved.back @ solved.project(y)
        levels = enumerate(rows.groups.levels)
        found[name] = {g: float(means[i] - means[home]) for i, g in levels if i != home}
    return found


@dataclass(frozen=True, slots=True)
class _Rows:
    """The columns of a comparison, read and found to be of one length."""

    outcomes: Mapping[str, Numbers]
    baseline: Numbers
    groups: Labels
    patients: Labels

    @classmethod
    def read(
        cls, outcomes: Mapping[str, Column], baseline: Column, group: Column, patient: Column
    ) -> Self:
        read = {name: numbers(name, values) for name, values in outcomes.items()}
        same_length({**read, "baseline": baseline, "group": group, "patient": patient})
        before = numbers("baseline", baseline)
        return cls(read, before, labels("group", group), labels("patient", patient))

    def solve(
        self,
        in_group: dict[str, int],
        reference: str,
        adjust: Mapping[str, Column],
        floors: ModelFloors,
    ) -> Solved | Refusal:
        of_all = len(self.patients.levels)
        if refused := check_floors(of_all, in_group, reference, floors):
            return refused
        terms = covariates({"baseline": self.baseline, **adjust}, len(self.baseline))
        return solve(self.groups, terms, of_all)


@dataclass(frozen=True, slots=True)
class _Fit:
    y: Numbers
    groups: Labels
    patients: Labels
    solved: Solved

    def estimate(self) -> tuple[Numbers, Matrix] | None:
        """Give coefficients and their robust covariance; None where nothing is left over."""
        back = self.solved.back
        n, k, m = len(self.y), self.solved.terms, len(self.patients.levels)
        gamma = self.solved.project(self.y)
        left = self.y - self.solved.fitted(gamma)
        if np.abs(left).max() <= _EXACT * max(np.abs(self.y).max(), 1.0):
            return None
        scores = self.solved.sums_by(self.patients, left)
        correction = m / (m - 1) * (n - 1) / (n - k)
        return back @ gamma, correction * back @ (scores.T @ scores).toarray() @ back.T


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
