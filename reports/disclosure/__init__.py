"""Small numbers held back: result -> released result.

The attacker is a careful reader with a pencil: whoever may see a page knows every number on it, and
may add, subtract and divide them, across all groups, windows and reports of the page. The design:

1. All numbers of a page come from one table of base counts, made for all windows at once, so that
   what is held back doesn't depend on which window or report is being looked at.
2. Groups with too few eligible procedures are pooled as one (`pooling`), so that the number of
   eligible procedures can be shown for every group, and every sum over groups closes.
3. Ineligible procedures stand outside that base: where few, they and the group's treated total are
   held back together (`covering`).
4. At each window the eligible fall into due and not due, the due into died before and alive, those
   into assessed and not: a table whose rows and columns have known sums. A held cell is covered by
   others such that the table can be changed in a circle without changing a sum (`circle`).
5. Within the assessed of one group, responders and non-responders are held or shown together.
   Proportions, intervals and bounds exist only where all their counts are shown, pairs of scores
   or doses only where the assessed are (`releasing`).
6. Quartiles are rounded, for two of them that lie side by side can tell a count.

It protects one page. Differences between two filters are not its business.
"""

from reports.disclosure.covering import Cover, cover
from reports.disclosure.held import HELD, Count, Held, Policy
from reports.disclosure.pooling import Pool, too_few
from reports.disclosure.released import (
    CompletenessLine,
    MeddLine,
    PainLine,
    Released,
    ResponderLine,
    StateLine,
)
from reports.disclosure.releasing import release

__all__ = [
    "HELD",
    "CompletenessLine",
    "Count",
    "Cover",
    "Held",
    "MeddLine",
    "PainLine",
    "Policy",
    "Pool",
    "Released",
    "ResponderLine",
    "StateLine",
    "cover",
    "release",
    "too_few",
]
