"""What is told of harms: rates, grades, what is counted apart, and records for those who read them.

Harms are few, so much is held back from who may not read records. A group's number with harm is a
part of the number of all groups, the number without it likewise: both hide with others where a
lone one could be worked out. Marks of single records are for record readers only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from registry.domain.windows import WINDOWS
from reports.disclosure.alone import release_parts
from reports.disclosure.covered import Cover
from reports.disclosure.held import HELD, Count, Held, Policy
from reports.disclosure.pooling import sum_is_safe
from reports.groups import ALL, Group
from reports.stats.intervals import Floors, Proportion
from reports.stats.safety import Apart, ApartRow, HarmRates, HarmRow, exact_share


@dataclass(frozen=True, slots=True)
class HarmLine:
    """One group: its procedures, and the shares with any harm and with one of grade 3 or more.

    Intervals are exact. `ungraded` is as `HarmRow` has it.
    """

    group: Group
    procedures: Count
    harmed: Proportion | Held
    severe: Proportion | Held
    ungraded: Count


@dataclass(frozen=True, slots=True)
class ApartLine:
    """One effect in one group, or one course of the disease in all: as `ApartRow` counts it."""

    group: Group
    kind: str
    what: str
    share: Proportion | Held


@dataclass(frozen=True, slots=True)
class ReleasedHarms:
    """Released rates of harm; `note` says what is held back, `pooled` which groups stand as one."""

    lines: tuple[HarmLine, ...]
    note: str | None
    pooled: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class ReleasedApart:
    """Released counts of what is no harm: effects by group, the disease's course over all."""

    effects: tuple[ApartLine, ...]
    course: tuple[ApartLine, ...]
    note: str | None
    pooled: tuple[Group, ...]


def release_harms(found: HarmRates, cover: Cover, floors: Floors) -> ReleasedHarms:
    """Release rates of harm by group, all groups together last."""
    groups = [row for row in found.rows if row.group != ALL]
    whole = [row for row in found.rows if row.group == ALL]
    ns = [_procedures(row, cover) for row in (*groups, *whole)]
    harmed, severe = (
        _shares(groups, whole, what, ns, cover, floors) for what in ("harmed", "severe")
    )
    lines = [
        HarmLine(row.group, n, any_harm, grave, _ungraded(row, cover))
        for row, n, any_harm, grave in zip((*groups, *whole), ns, harmed, severe, strict=True)
    ]
    return ReleasedHarms(tuple(lines), cover.policy.note, cover.pooled)


def _procedures(row: HarmRow | ApartRow, cover: Cover) -> Count:
    """Release the procedures of a group as every report does, so that no two roundings meet.

    Where these are held beside the exact eligible, the rounded number alone gives nothing away.
    """
    known = cover.treated(cover.row(row.group, WINDOWS[0]))
    if known is HELD:
        return HELD if cover.blind else cover.policy.count(row.procedures)
    return cover.policy.nearest(known)


def _shares(
    groups: Sequence[HarmRow],
    whole: Sequence[HarmRow],
    what: str,
    ns: Sequence[Count],
    cover: Cover,
    floors: Floors,
) -> list[Proportion | Held]:
    """Release `what` of the procedures of every group, and of all, where their sum tells no part.

    Those with harm and those without are parts of two wholes: a group is told where both may be.
    """
    ks = [getattr(row, what) for row in groups]
    rest = [row.procedures - k for row, k in zip(groups, ks, strict=True)]
    both = zip(release_alike(cover.policy, ks), release_alike(cover.policy, rest), strict=True)
    told = [HELD if HELD in pair else pair[0] for pair in both]
    if whole:
        told.append(release_sum(cover.policy, ks, told))
    return [_of(k, n, cover, floors) for k, n in zip(told, ns, strict=True)]


def release_alike(policy: Policy, counts: Sequence[int]) -> list[Count]:
    """Release parts of a known whole, each rounded by itself.

    Which are held follows the other parts, but what is shown doesn't: a part of the same people is
    shown alike on every page.
    """
    told = release_parts(policy, counts)
    return [HELD if t is HELD else policy.nearest(n) for n, t in zip(counts, told, strict=True)]


def release_sum(policy: Policy, counts: Sequence[int], told: Sequence[Count]) -> Count:
    """Release the sum of counts that were told or held one by one.

    It is the sum of what was told and of what was held, rounded, so that it squeezes no part that
    is shown. Held as well where it would be small, or tell what is held.
    """
    shown = sum(n for n in told if n is not HELD)
    hidden = [n for n, t in zip(counts, told, strict=True) if t is HELD and n]
    if policy.small(sum(counts)) or not sum_is_safe(hidden, policy):
        return HELD
    return shown + policy.nearest(sum(hidden))


def _of(k: Count, n: Count, cover: Cover, floors: Floors) -> Proportion | Held:
    """Make a released share of released counts, its exact interval that of these counts."""
    if cover.blind or k is HELD or n is HELD:
        return HELD
    return exact_share(min(k, n), n, floors)


def _ungraded(row: HarmRow, cover: Cover) -> Count:
    """Release the ungraded to record readers: to others they'd tell what grade the rest have."""
    return row.ungraded if cover.policy.threshold is None else HELD


def release_apart(found: Apart, cover: Cover, floors: Floors) -> ReleasedApart:
    """Release what is counted apart; no sum over effects or groups is shown beside it."""

    def line(row: ApartRow) -> ApartLine:
        policy, k = cover.policy, row.recorded
        few = policy.small(k) or policy.small(row.procedures - k)
        told = HELD if few else policy.nearest(k)
        share = _of(told, _procedures(row, cover), cover, floors)
        return ApartLine(row.group, row.kind, row.what, share)

    return ReleasedApart(
        tuple(map(line, found.effects)),
        tuple(map(line, found.course)),
        cover.policy.note,
        cover.pooled,
    )
