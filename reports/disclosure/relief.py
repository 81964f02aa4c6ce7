"""How long relief lasts -> released lines, and their numbers at each day that is told.

Those who responded are told beside the eligible even where few of these did not, for both are
rounded: their difference has at least five possible values. Who was assessed, between the two, is
held back there; and so are the deaths of a group, where they are few.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from registry.domain.outcomes.relief import ReliefEnd
from reports.disclosure.covered import Cover
from reports.disclosure.curves import ByGroup, ReleasedCurve, curve_note, release_curve
from reports.disclosure.held import HELD, Count, Held
from reports.groups import Group
from reports.stats.intervals import Floors, Proportion, proportion
from reports.stats.relief import LifeRow, Lives, Relief, ReliefRow

Told = float | Held | None
"""A share at a day: held back where few are left, None where it isn't known."""
FREE, LOW, HIGH = "free", "low", "high"


@dataclass(frozen=True, slots=True)
class ReliefLine:
    """Relief in one group, as `ReliefRow` defines it; no `curve` where nobody responded."""

    group: Group
    eligible: Count
    assessed: Count
    responded: Count
    of_assessed: Proportion | Held
    curve: ReleasedCurve | Held | None


@dataclass(frozen=True, slots=True)
class LifeLine:
    """Survival in one group, as `LifeRow` defines it."""

    group: Group
    patients: Count
    deaths: Count
    curve: ReleasedCurve | Held | None


@dataclass(frozen=True, slots=True)
class ReliefDay:
    """Where the responders of a group stand, so many days after their first response.

    `in_relief` and the three ends are shares of those who responded and sum to 1; `low` and `high`
    are the 95 % interval of `in_relief`. `in_relief_of_eligible` is the same of all eligible, who
    count as without relief unless they are known to have responded.
    """

    group: Group
    eligible: Count
    assessed: Count
    responded: Count
    median_days: Told
    median_low: Told
    median_high: Told
    day: int
    at_risk: Count
    in_relief: Told
    low: Told
    high: Told
    relapse: Told
    death: Told
    further_procedure: Told
    in_relief_of_eligible: Told


@dataclass(frozen=True, slots=True)
class LifeDay:
    """How many patients of a group live, so many days after their first procedure in it."""

    group: Group
    patients: Count
    deaths: Count
    median_days: Told
    median_low: Told
    median_high: Told
    day: int
    at_risk: Count
    alive: Told
    low: Told
    high: Told


def release_relief(result: Relief, cover: Cover, floors: Floors) -> ByGroup[ReliefLine]:
    """Release the duration of relief of the page that `cover` was made for."""
    lines = tuple(_relief(row, cover, floors) for row in result.rows)
    return ByGroup(lines, _note(cover), cover.pooled)


def release_lives(result: Lives, cover: Cover, floors: Floors) -> ByGroup[LifeLine]:
    """Release the survival of the page that `cover` was made for."""
    lines = tuple(_life(row, cover, floors) for row in result.rows)
    return ByGroup(lines, _note(cover), cover.pooled)


def _note(cover: Cover) -> str | None:
    notes = (cover.policy.note, curve_note(cover.policy))
    return " ".join(note for note in notes if note) or None


def _relief(row: ReliefRow, cover: Cover, floors: Floors) -> ReliefLine:
    if cover.blind:
        return ReliefLine(row.group, HELD, HELD, HELD, HELD, HELD)
    policy, responded = cover.policy, cover.policy.count(row.responded)
    gaps = (row.assessed - row.responded, row.eligible - row.assessed)
    assessed = HELD if any(map(policy.small, gaps)) else policy.count(row.assessed)
    curve = release_curve(row.lasting, row.incidence, policy, floors)
    return ReliefLine(
        row.group,
        policy.count(row.eligible),
        assessed,
        responded,
        _share(responded, assessed, floors),
        curve,
    )


def _life(row: LifeRow, cover: Cover, floors: Floors) -> LifeLine:
    if cover.blind:
        return LifeLine(row.group, HELD, HELD, HELD)
    policy = cover.policy
    curve = release_curve(row.survival, row.dying, policy, floors)
    return LifeLine(row.group, policy.count(row.patients), policy.count(row.deaths), curve)


def _share(part: Count, whole: Count, floors: Floors) -> Proportion | Held:
    return HELD if part is HELD or whole is HELD else proportion(part, whole, floors)


def relief_days(line: ReliefLine) -> Iterator[ReliefDay]:
    """Give the numbers of a group at every day that counts its risk, for tables and records."""
    responding = _share(line.responded, line.eligible, Floors())
    of_eligible = HELD if responding is HELD else responding.value
    for day, at_risk in _risk(line.curve, line.responded):
        told = _told(line.curve, day)
        yield ReliefDay(
            line.group,
            line.eligible,
            line.assessed,
            line.responded,
            *_median(line.curve),
            day,
            at_risk,
            told[FREE],
            told[LOW],
            told[HIGH],
            relapse=told.get(ReliefEnd.RELAPSE, told[FREE]),
            death=told.get(ReliefEnd.DEATH, told[FREE]),
            further_procedure=told.get(ReliefEnd.FURTHER_PROCEDURE, told[FREE]),
            in_relief_of_eligible=_times(told[FREE], of_eligible),
        )


def life_days(line: LifeLine) -> Iterator[LifeDay]:
    """Give the numbers of a group at every day that counts its risk, for tables and records."""
    for day, at_risk in _risk(line.curve, line.patients):
        told = _told(line.curve, day)
        yield LifeDay(
            line.group,
            line.patients,
            line.deaths,
            *_median(line.curve),
            day,
            at_risk,
            told[FREE],
            told[LOW],
            told[HIGH],
        )


def _risk(curve: ReleasedCurve | Held | None, n: Count) -> list[tuple[int, Count]]:
    """Give the days and those at risk; of a curve that isn't told its first day alone."""
    return list(curve.at_risk.items()) if isinstance(curve, ReleasedCurve) else [(0, n)]


def _told(curve: ReleasedCurve | Held | None, day: int) -> dict[str, Told]:
    """Give what is told of a day: the curve, its interval, and its ends by name."""
    if curve is HELD or curve is None:
        return dict.fromkeys((FREE, LOW, HIGH), curve)
    at = curve.place(day)
    if at is None:
        is_held = curve.is_cut or day < curve.days[-1]
        return dict.fromkeys((FREE, LOW, HIGH), HELD if is_held else None)
    ended = {name: v if v is HELD else v[at] for name, v in curve.ended.items()}
    return {FREE: curve.free[at], LOW: curve.low[at], HIGH: curve.high[at], **ended}


def _median(curve: ReleasedCurve | Held | None) -> tuple[Told, Told, Told]:
    if curve is HELD or curve is None:
        return curve, curve, curve
    return curve.median.day, curve.median.low, curve.median.high


def _times(share: Told, of_whole: Told) -> Told:
    if share is HELD or of_whole is HELD:
        return HELD
    return None if share is None or of_whole is None else share * of_whole
