"""Numbers that stand outside the page's base counts: released one by one, or as parts of a whole.

Whatever a report counts beyond the states of its groups goes through here. A table made of these
shows no totals of its columns: only the whole of each row, which `release_parts` reckons with.
"""

from __future__ import annotations

from collections.abc import Sequence

from reports.disclosure.held import HELD, Count, Held, Policy
from reports.disclosure.pooling import sum_is_safe
from reports.disclosure.rounding import close
from reports.stats.intervals import Floors, Proportion, proportion


def release_parts(policy: Policy, counts: Sequence[int]) -> list[Count]:
    """Release the parts of a whole that is shown beside them, or known.

    Small parts are held back, and with a lone one, or with some whose sum would tell them, the
    smallest others. What is shown is rounded so that the parts, held ones too, add up to the whole
    as it is shown by itself (`policy.count`).
    """
    held = {i for i, n in enumerate(counts) if policy.small(n)}
    rest = sorted((n, i) for i, n in enumerate(counts) if n and i not in held)
    while held and rest and not sum_is_safe((counts[i] for i in held), policy):
        held.add(rest.pop(0)[1])
    told = close(policy, policy.nearest(sum(counts)), counts)
    return [HELD if i in held else n for i, n in enumerate(told)]


def release_share(policy: Policy, k: int, n: int, floors: Floors) -> Proportion | Held:
    """Release `k` of `n` with its Wilson interval, of rounded counts where small ones are held.

    Held back where those who are counted, or the others, are few.
    """
    if policy.small(n) or policy.small(k) or policy.small(n - k):
        return HELD
    return proportion(policy.nearest(k), policy.nearest(n), floors)
