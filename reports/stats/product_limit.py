"""Counts at every distinct time, and what is multiplied up from them: the numbers of `survival`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from reports.stats.columns import Codes, Numbers
from reports.stats.design import Matrix

_Z = float(ndtri(0.975))
_EDGE = 1e-12
"""Nearer than this to 0 or 1, a probability is 0 or 1."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Distinct times (t,), at risk just before each, ended by cause (t, causes), and censored."""

    times: Numbers
    at_risk: Numbers
    ended: Matrix
    censored: Numbers

    @property
    def all_ended(self) -> Numbers:
        """Count the ended at each time, whatever the cause."""
        return np.asarray(self.ended.sum(axis=1), dtype=np.float64)


def count(days: Numbers, code: Codes, causes: int) -> Counted:
    """Count ends by `code` (0: censored, 1 and up: the causes) at every distinct time."""
    times, at = np.unique(days, return_inverse=True)
    cells = np.bincount(at * (causes + 1) + code, minlength=len(times) * (causes + 1))
    table = cells.reshape(len(times), causes + 1).astype(np.float64)
    leaving = table.sum(axis=1)
    at_risk = len(days) - np.cumsum(leaving) + leaving
    return Counted(times, at_risk, table[:, 1:], table[:, 0])


def event_free(counted: Counted) -> tuple[Numbers, Numbers]:
    """Multiply up the probability that nothing has happened; Greenwood's standard error."""
    survival: Numbers = np.cumprod(1 - counted.all_ended / counted.at_risk, dtype=np.float64)
    return survival, survival * np.sqrt(np.cumsum(_greenwood(counted)))


def incidence(counted: Counted, cause: int) -> tuple[Numbers, Numbers]:
    """Add up the probability that `cause` came first, with its standard error."""
    y, d = counted.at_risk, counted.ended[:, cause]
    before = np.r_[1.0, np.cumprod(1 - counted.all_ended / y)][:-1]
    curve = np.cumsum(before * d / y)
    own = np.cumsum(before**2 * d * (y - d) / y**3)
    shared, g = before * d / y**2, _greenwood(counted)
    with_own = curve * np.cumsum(shared) - np.cumsum(shared * curve)
    from_all = curve**2 * np.cumsum(g) - 2 * curve * np.cumsum(g * curve) + np.cumsum(g * curve**2)
    return curve, np.sqrt(np.maximum(own - 2 * with_own + from_all, 0.0))


def _greenwood(counted: Counted) -> Numbers:
    """Give d / (Y (Y - d)) at each time; 0 where all ended, after which nothing can vary."""
    y, d = counted.at_risk, counted.all_ended
    return np.divide(d, y * (y - d), out=np.zeros_like(y), where=y > d)


def log_log(value: Numbers, se: Numbers) -> tuple[list[float | None], list[float | None]]:
    """Give 95 % log(-log) limits; None where the probability is 0 or 1."""
    inside = (value > _EDGE) & (value < 1 - _EDGE)
    safe = np.where(inside, value, 0.5)
    stretch = np.exp(_Z * se / (safe * -np.log(safe)))
    low, high = (safe**stretch).tolist(), (safe ** (1 / stretch)).tolist()
    kept = inside.tolist()
    return (
        [x if keep else None for x, keep in zip(low, kept, strict=True)],
        [x if keep else None for x, keep in zip(high, kept, strict=True)],
    )


def halfway(times: Numbers, curve: Sequence[float | None]) -> float | None:
    """Give the first time at which a falling curve is at or under one half, as R prints a median.

    Where it runs at exactly one half and then falls, the middle of that stretch. None where it
    stays above; undefined points are passed over.
    """
    seen = [(t, v) for t, v in zip(times.tolist(), curve, strict=True) if v is not None]
    reached = next((t for t, v in seen if v <= 0.5 + _EDGE), None)
    if reached is None:
        return None
    passed = next((t for t, v in seen if v < 0.5 - _EDGE), reached)
    return float((reached + passed) / 2)
