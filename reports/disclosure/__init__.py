"""Small numbers held back: result -> released result.

Protected are patients against readers who see pages but no records: a quality lead, an auditor, an
administrator. Such a reader is careful and has a pencil, or a solver: they know every number of a
page, this text, and that counts add up; they may lay two pages side by side, under two filters or
two groupings, and reckon who is in the one and not in the other. What they must not find is a
number of people of 1 to the threshold less one: neither in a cell, nor between two windows or
responder definitions, nor between the two pages.

What is held back is decided for one page, on the exact counts:

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
   (`covering`). Where anything of a row is held its zeros are held too: a reader who knew that a
   held count isn't zero would need one fact only, that it can't be 2, to know that it is 1.
5. Within the assessed of one group, responders and non-responders are held or shown together.
   Proportions, intervals and bounds exist only where all their counts are shown, pairs of scores
   or doses only where the assessed are (`releasing`).
6. Who responds by half the pain responds by a third, and nearly always by 2 points: the counts by
   the three definitions lie in each other. The first is kept, and a neighbour too near to it is
   held back with its interval and bounds.
7. Of the treated, those with neuraxial opioid, with complete and with incomplete doses are shown
   only while the rest of the treated is not a small number.

What is shown is rounded, which is what protects two pages against each other (`rounding`):

8. Every shown count is a multiple of 5. A group's parts are rounded such that they add up, and a
   total is the sum of its groups, for counts rounded each by itself can squeeze each other.
   A group of the same people is shown alike on every page: asking again tells nothing.
9. Counts that rounding would take below the threshold are held back with the small ones.
10. Proportions, intervals and bounds are those of the rounded counts. Quartiles are rounded, and
    left out where only the exact number could say whether there are enough for them.
11. What stands outside the base counts is released one by one or as parts of a whole (`alone`):
    follow-up by site and month and the reasons (`follow_up`), work and its tables (`activity`),
    harms (`safety`), sites and operators (`units`), doses and tables (`doses`), baseline tables and
    the sizes of adjusted comparisons (`adjusted`). Months over time are joined until none is small
    (`over_time`). What stands beside a held number there may still be shown as zero.
12. Curves of relief and survival are rounded counts on a grid of days, without the days by which
    few had met an end, and stop where few are left (`curves`). Who responded is told beside the
    eligible even where few did not: a reader can't tell so few from none, for those who responded
    may be all.

The tests attack one page and two with a solver: the comparison in thousands of made-up tables
(`tests/reports/test_disclosure_attack.py`), and all reports together, as sums over types of people,
in made-up registries (`..._everything.py`); there, curves count where nobody left view.

Not protected are, and a site that lets others see pages should know it:

- Many filters. Each page gives every count a range of some numbers, and hundreds of neighbouring
  filters (one day more, one day less) tell where a rounded count jumps. A log of what is asked, and
  months instead of days for those without record access, would help; noise only for a while.
- What pages tell by rare chance, when many of their counts lie at the ends of their ranges
  together. The attack makes tables small on purpose. It once pinned a number in one of 5,000 cases,
  always a 1 that could not be 2; since zeros are held beside small numbers, none in 2,300.
- The sum of several held numbers: of two groups of 3 and 4 a known total may tell that they are 7
  or so together, though not that they are 3 and 4.
- That a held number is zero: zero may be shown, so a second page may show it.
- Means, models and curves beyond their counts: estimates are coarse (0.1 points, whole steps), but
  what several of them tell together isn't reckoned with, nor what a curve tells where people left
  view, beyond its numbers at risk. One patient's several procedures and harms are one each there.
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
