"""How do groups run over the windows? A mixed model with one random intercept a patient.

Restricted maximum likelihood, as R's `nlme::lme(random = ~ 1 | patient)`, with time as a category.
A score missing at random given what was seen does no harm; one missing through death or decline
may: read completeness first. Source: Laird & Ware, Biometrics 1982; Lindstrom & Bates, JASA 1988.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.special import ndtri

from reports.stats.columns import Column, Labels, distinct_by, labels, numbers, same_length
from reports.stats.design import contrast, covariates, solve
from reports.stats.intervals import Estimate
from reports.stats.random_intercept import InterceptFit, fit_intercept
from reports.stats.refusal import ModelFloors, Reason, Refusal, check_floors

_NOTHING: Mapping[str, Column] = MappingProxyType({})
_FLOORS = ModelFloors()


@dataclass(frozen=True, slots=True)
class MixedRow:
    """One group at one window: its scores, adjusted mean, and difference to the reference there.

    `difference` is None for the reference itself, and where the reference has no score at the
    window.
    """

    group: str
    window: str
    n: int
    mean: Estimate
    difference: Estimate | None


@dataclass(frozen=True, slots=True)
class Mixed:
    """Adjusted means by group and window, windows in the order given, groups sorted by name.

    Cells without a score are left out. Intervals are 95 % and large-sample (normal quantiles, the
    variances taken as known): with few patients they are too narrow. `sd_between` is the standard
    deviation between patients, `sd_within` that of one patient's scores about their own level.
    """

    rows: tuple[MixedRow, ...]
    reference: str
    n: int
    patients: int
    sd_between: float
    sd_within: float


def fit_mixed(
    score: Column,
    window: Column,
    group: Column,
    patient: Column,
    *,
    windows: Sequence[str],
    reference: str,
    adjust: Mapping[str, Column] = _NOTHING,
    floors: ModelFloors = _FLOORS,
) -> Mixed | Refusal:
    """Model scores over windows: score ~ group x window + `adjust`, a random intercept a patient.

    One row a score (NRS 0-10): its `window` (one of `windows`), `group` and `patient`, words or
    ids; `adjust` holds covariates by name, the baseline score first among them (numbers; words
    become categories). Adjusted means stand at the covariates' means over rows.

    Answers a `Refusal` where the data can't carry the model, or there are none. Raises
    `ValueError` for columns of unequal length, missing values or unknown windows.
    """
    y, at = numbers("score", score), labels("window", window)
    groups, patients = labels("group", group), labels("patient", patient)
    n = same_length({"score": y, "window": window, "group": group, "patient": patient})
    if refused := _check(groups, patients, reference, floors):
        return refused
    cells, extra = _cross(at, windows, groups), covariates(adjust, n)
    solved = solve(cells.column, extra, len(patients.levels))
    if isinstance(solved, Refusal):
        return solved
    fit = fit_intercept(y, solved, patients)
    if fit is None:
        return Refusal(Reason.NO_SPREAD)
    rows, spread = _rows(fit, cells, reference), (fit.between**0.5, fit.within**0.5)
    return Mixed(rows, reference, n, len(patients.levels), *spread)


def _check(groups: Labels, patients: Labels, reference: str, floors: ModelFloors) -> Refusal | None:
    of_all, in_group = len(patients.levels), distinct_by(groups, patients)
    if refused := check_floors(of_all, in_group, reference, floors):
        return refused
    return Refusal(Reason.NO_REPEATS) if of_all == len(patients.codes) else None


@dataclass(frozen=True, slots=True)
class _Cells:
    """Every window and group that meet in the data, windows in order, and the rows' cells."""

    keys: tuple[tuple[str, str], ...]
    column: Labels


def _cross(at: Labels, windows: Sequence[str], groups: Labels) -> _Cells:
    if not set(at.levels) <= set(windows):
        raise ValueError("window holds a word that is not in windows")
    order = np.array([windows.index(level) for level in at.levels])
    code = order[at.codes] * len(groups.levels) + groups.codes
    present, codes = np.unique(code, return_inverse=True)
    pairs = (divmod(int(cell), len(groups.levels)) for cell in present)
    keys = tuple((windows[w], groups.levels[g]) for w, g in pairs)
    return _Cells(keys, Labels(tuple(" ".join(key) for key in keys), codes))


def _rows(fit: InterceptFit, cells: _Cells, reference: str) -> tuple[MixedRow, ...]:
    unit, quantile = np.eye(len(fit.beta)), float(ndtri(0.975))
    sizes = cells.column.sizes().tolist()

    def row(i: int, window: str, group: str) -> MixedRow:
        mean = contrast(unit[i], fit.beta, fit.cov, quantile)
        home = (window, reference)
        if group == reference or home not in cells.keys:
            return MixedRow(group, window, sizes[i], mean, None)
        weights = unit[i] - unit[cells.keys.index(home)]
        difference = contrast(weights, fit.beta, fit.cov, quantile)
        return MixedRow(group, window, sizes[i], mean, difference)

    return tuple(row(i, *key) for i, key in enumerate(cells.keys))
