"""Small numbers held back: result -> released result.

Protected is one page against itself. The attacker is a careful reader with a pencil: whoever may
see a page knows every number on it, and may add, subtract and divide them, across all groups,
windows and reports of the page. The design:

1. All numbers of a page come from one table of base counts, made for all windows at once, so that
   what is held back doesn't depend on which window or report is being looked at.
2. Groups with too few eligible procedures are pooled as one (`pooling`), so that the number of
   eligible procedures can be shown for every group, and every sum over groups closes.
3. Ineligible procedures stand outside that base: where few, they and the group's treated total are
   held back together (`covering`).
4. At each window the eligible fall into due and not due, the due into died before and alive, those
   into assessed and not: a table whose rows and columns have known sums. A held cell is covered by
   others such that the table can be changed in a circle without changing a sum (`circle`).
   From window to window the dead and the not due only grow and the alive and due only shrink: a
   count too near to the one last shown is held as well, for between them lie a few people
   (`covering`).
5. Within the assessed of one group, responders and non-responders are held or shown together.
   Proportions, intervals and bounds exist only where all their counts are shown, pairs of scores
   or doses only where the assessed are (`releasing`).
6. Who responds by half the pain responds by a third, and nearly always by 2 points: the counts by
   the three definitions lie in each other. The first is kept, and a neighbour too near to it is
   held back with its interval and bounds.
7. Of the treated, those with neuraxial opioid, with complete and with incomplete doses are shown
   only while the rest of the treated is not a small number.
8. Quartiles are rounded, for two of them that lie side by side can tell a count.

Not protected are, and a site that lets others see pages should know it:

- Differences between two filters, two groupings or two days: who compares a page up to 30 June with
  one up to 29 June can learn what became of those treated on one day.
- The sum of several held numbers: of two groups of 3 and 4 a known total may tell that they are 7
  together, though not that they are 3 and 4.
- The reasoning that a number is held back for a reason, and what is known from elsewhere.
- Counts in a range: a held number can't be pinned to one value, but bounds on it are known.
"""

from reports.disclosure.alone import release_parts, release_share
from reports.disclosure.covered import Cover
from reports.disclosure.covering import cover
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
    "release_parts",
    "release_share",
    "too_few",
]
