"""Baseline tables released: every number reckoned from what may be shown of its group.

The categories of a variable, with those who lack it, are parts of the group, whose size is known:
`release_parts` holds back small ones and what would tell them. A standardised difference of shares
is worked out from these released counts alone (those held back taken together as one category), so
it tells nothing more; one of means is rounded to 0.1 of a standard deviation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reports.disclosure.alone import release_parts
from reports.disclosure.held import HELD, Count, Held, Policy
from reports.groups import Group
from reports.stats.adjusted_baseline import Baselines, Whose
from reports.stats.adjusted_sample import Indication
from reports.stats.balance import smd_categories, smd_share
from reports.stats.baseline import BaselineRow, CategorySummary, NumberSummary

STEPS: dict[str, float] = {
    "age_years": 1,
    "akps": 1,
    "nrs_baseline": 0.1,
    "worst_baseline": 0.1,
    "medd_baseline": 5,
}
"""To what means and standard deviations are rounded under a cut-off, in the variable's unit."""
_SMD_STEP = 0.1
_FLAG = ("false", "true")


@dataclass(frozen=True, slots=True)
class Mean:
    """Mean and standard deviation, in the variable's unit."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class BaselineLine:
    """One variable in one group: who has it, who lacks it, their mean or counts by category.

    `smd` is the standardised difference to the reference: signed for numbers and flags (group minus
    reference), 0 or more for categories; None for the reference and where there is none.
    """

    variable: str
    group: Group
    n: Count
    missing: Count
    mean: Mean | Held | None
    counts: Mapping[str, Count]
    smd: float | Held | None


@dataclass(frozen=True, slots=True)
class ReleasedBaselines:
    """A baseline table, as `Baselines` defines it."""

    indication: Indication
    whose: Whose
    groups: tuple[Group, ...]
    reference: Group
    sizes: Mapping[str, Count]
    lines: tuple[BaselineLine, ...]


def release_baselines(found: Iterable[Baselines], policy: Policy) -> tuple[ReleasedBaselines, ...]:
    """Release baseline tables whose groups all have at least the cut-off's patients."""
    return tuple(
        ReleasedBaselines(
            one.indication,
            one.whose,
            one.groups,
            one.reference,
            {slug: policy.count(n) for slug, n in one.sizes.items()},
            tuple(_lines(one, policy)),
        )
        for one in found
    )


def _lines(found: Baselines, policy: Policy) -> Iterable[BaselineLine]:
    for variable in dict.fromkeys(row.variable for row in found.rows):
        rows = {row.group: row for row in found.rows if row.variable == variable}
        told = {slug: _told(row, found.sizes[slug], policy) for slug, row in rows.items()}
        home = found.reference.slug
        for group in found.groups:
            row, own = rows[group.slug], told[group.slug]
            against = rows[home], (own, told[home])
            yield BaselineLine(
                variable,
                group,
                policy.count(row.n),
                own.missing,
                _mean(row, policy),
                dict(zip(_levels(row), own.counts, strict=True)),
                None if group.slug == home else _smd(row, *against, policy),
            )


def _levels(row: BaselineRow) -> tuple[str, ...]:
    if isinstance(row.summary, CategorySummary):
        return tuple(level for level, _ in row.summary.counts)
    return ()


def _told(row: BaselineRow, size: int, policy: Policy) -> _Told:
    """Release a group's categories and those who lack the variable, as parts of the group."""
    counts = [n for _, n in row.summary.counts] if isinstance(row.summary, CategorySummary) else []
    whole = [*counts, row.missing] if counts else [row.n, row.missing]
    *told, missing = release_parts(policy, whole)
    return _Told(policy.nearest(size), told if counts else (), missing)


def _mean(row: BaselineRow, policy: Policy) -> Mean | Held | None:
    if policy.small(row.n):
        return HELD
    match row.summary:
        case NumberSummary(float(mean), float(sd)):
            step = STEPS[row.variable]
            return Mean(_rounded(mean, step, policy), _rounded(sd, step, policy))
    return None


def _smd(
    row: BaselineRow, home: BaselineRow, told: tuple[_Told, _Told], policy: Policy
) -> float | Held | None:
    if policy.threshold is None:
        return row.smd
    if isinstance(row.summary, CategorySummary):
        found = _smd_of_released(_levels(row), *told)
    elif policy.small(row.n) or policy.small(home.n):
        return HELD
    else:
        found = row.smd
    return found if found is HELD or found is None else _rounded(found, _SMD_STEP, policy)


@dataclass(frozen=True, slots=True)
class _Told:
    """What may be shown of one variable in one group, whose rounded size is `of`."""

    of: int
    counts: Sequence[Count]
    missing: Count

    def shares(self, shown: Sequence[int]) -> list[int]:
        """Give the counts of the categories shown, and of all that is held back, together."""
        known = [0 if n is HELD else n for n in (self.counts[i] for i in shown)]
        missing = 0 if self.missing is HELD else self.missing
        return [*known, max(self.of - sum(known) - missing, 0)]


def _smd_of_released(levels: Sequence[str], one: _Told, other: _Told) -> float | Held | None:
    """Work out the difference of shares from shown counts alone."""
    both = zip(one.counts, other.counts, strict=True)
    shown = [i for i, (a, b) in enumerate(both) if a is not HELD and b is not HELD]
    if levels and (not shown or (tuple(levels) == _FLAG and len(shown) < len(levels))):
        return HELD
    mine, theirs = one.shares(shown), other.shares(shown)
    if len(shown) == len(levels):
        # Nothing is held back: what is left over is the rounding's.
        mine, theirs = mine[:-1], theirs[:-1]
    if tuple(levels) == _FLAG:
        return smd_share(mine[1], sum(mine), theirs[1], sum(theirs))
    return smd_categories(mine, theirs)


def _rounded(value: float, step: float, policy: Policy) -> float:
    if policy.threshold is None:
        return value
    return round(round(value / step) * step, 1) + 0.0
