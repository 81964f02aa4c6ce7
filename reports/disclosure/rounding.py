"""Counts in multiples of 5 whose sums close: what is shown of a row, where small numbers are held.

Counts rounded each by itself can squeeze each other: shown as 12 -> 10 four times beside their sum
48 -> 50, each can be nothing but 12. Of two filters squeezed like that the difference is a count of
few people. Here parts are rounded such that they sum to their rounded whole, most of them to the
nearest multiple, some to the other one beside it. A table that closes is itself a table that may
be behind it, and so is everything around it: nothing squeezes (controlled rounding, Cox 1987).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from registry.domain.outcomes import State
from reports.disclosure.circle import TOTAL, Cell
from reports.disclosure.covered import ELIGIBLE, TREATED, TREE, Told, part_of
from reports.disclosure.held import ROUND_TO, Policy
from reports.groups import ALL
from reports.stats.states import StateRow


def close(policy: Policy, whole: int, parts: Sequence[int]) -> list[int]:
    """Round the parts of a whole that is rounded to `whole`, so that they sum to it.

    `whole` must be one of the two multiples beside their sum, or the sum where it is a multiple.
    Parts go down, and those nearest to the next multiple up; a multiple stays what it is, so 0 is
    shown for nobody only. No part that may be shown goes below the least that is shown, even where
    the sum then doesn't close. Exact where nothing is held back.
    """
    if policy.threshold is None:
        return list(parts)
    least = policy.nearest(policy.lowest)
    told = [n - n % ROUND_TO for n in parts]
    by_rest = sorted(range(len(parts)), key=lambda i: (-(parts[i] % ROUND_TO), i))
    low = [i for i in by_rest if parts[i] >= policy.lowest and told[i] < least]
    others = [i for i in by_rest if i not in low and parts[i] % ROUND_TO]
    left = max((whole - sum(told)) // ROUND_TO - len(low), 0)
    for i in (*low, *others[:left]):
        told[i] += ROUND_TO
    return told


def tell(
    rows: Mapping[tuple[str, str], StateRow],
    policy: Policy,
    treated: Collection[str],
    parts: Mapping[str, Collection[Cell]],
) -> Told:
    """Round the counts of all rows; `treated` and `parts` name what of them is held back.

    A total is the sum of what is shown of its groups, for more would squeeze them. Where a group's
    part is held back it is the multiple beside the true total that is nearer to that sum, and never
    above its whole.
    """
    told = {key: _of_group(row, policy) for key, row in rows.items() if row.group != ALL}
    for (slug, window), row in rows.items():
        if row.group == ALL:
            held = {*parts.get(window, ()), *((g, State.INELIGIBLE) for g in treated)}
            groups = {g: counts for (g, at), counts in told.items() if at == window and g != slug}
            told[slug, window] = _of_all(row, policy, groups, held)
    return told


def _of_group(row: StateRow, policy: Policy) -> dict[str, int]:
    told = {ELIGIBLE: policy.nearest(row.eligible)}
    for name in dict.fromkeys(TREE.values()):
        parts = [part for part, whole in TREE.items() if whole == name]
        rounded = close(policy, told[name], [part_of(row, part) for part in parts])
        told |= dict(zip(parts, rounded, strict=True))
    return _with_treated(told, policy.nearest(row.counts[State.INELIGIBLE]))


def _of_all(
    row: StateRow,
    policy: Policy,
    groups: Mapping[str, Mapping[str, int]],
    held: Collection[Cell],
) -> dict[str, int]:
    def total(part: str, count: int) -> int:
        told = sum(counts[part] for counts in groups.values())
        return _beside(policy, count, told) if any((g, part) in held for g in groups) else told

    told = {ELIGIBLE: total(ELIGIBLE, row.eligible)}
    for part in TREE:
        whole = next(name for name in _wholes(part) if (TOTAL, name) not in held)
        told[part] = min(total(part, part_of(row, part)), told[whole])
    ineligible = row.counts[State.INELIGIBLE]
    return _with_treated(told, total(State.INELIGIBLE, ineligible))


def _beside(policy: Policy, count: int, wanted: int) -> int:
    """Round a count to one of the two multiples beside it: the one that is nearer to `wanted`."""
    low = count - count % ROUND_TO
    told = min(max(wanted, low), low + ROUND_TO * (low < count))
    return max(told, policy.nearest(policy.lowest)) if count >= policy.lowest else told


def _wholes(part: str) -> Iterator[str]:
    """Name what a part lies in, from its own whole up to the eligible."""
    while part != ELIGIBLE:
        part = TREE[part]
        yield part


def _with_treated(told: dict[str, int], ineligible: int) -> dict[str, int]:
    return {**told, State.INELIGIBLE: ineligible, TREATED: told[ELIGIBLE] + ineligible}
