"""How long does relief last? What ends it, and beside it how long the patients live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from reports.disclosure import HELD
from reports.disclosure.curves import ByGroup, ReleasedCurve
from reports.disclosure.relief import (
    LifeLine,
    ReliefLine,
    life_days,
    release_lives,
    release_relief,
    relief_days,
)
from reports.figures.relief import relief_figure
from reports.figures.survival import survival_figure
from reports.page import Page
from reports.records import records
from reports.report import Block, Definition, Report, Shown
from reports.stats.intervals import Floors
from reports.stats.relief import lives, relief
from reports.tables.relief import (
    life_day_table,
    life_table,
    median,
    relief_day_table,
    relief_table,
)

_MOST_TOLD = 3
LineT = TypeVar("LineT", ReliefLine, LifeLine)


def _show_relief(page: Page) -> Shown:
    released = release_relief(relief(page.frame, page.grouping), page.cover, page.floors)
    return Shown(
        answer=_say_relief(released),
        figures=(relief_figure(released, page.scope),),
        tables=(relief_table(released, page.scope), relief_day_table(released, page.scope)),
        records=tuple(records(day for line in released.lines for day in relief_days(line))),
        warnings=tuple(_thin(released.lines, page.floors, ("responded", "responded"))),
    )


def _show_survival(page: Page) -> Shown:
    released = release_lives(lives(page.frame, page.grouping), page.cover, page.floors)
    return Shown(
        answer=_say_survival(released),
        figures=(survival_figure(released, page.scope),),
        tables=(life_table(released, page.scope), life_day_table(released, page.scope)),
        records=tuple(records(day for line in released.lines for day in life_days(line))),
        warnings=tuple(_thin(released.lines, page.floors, ("patient", "patients"))),
    )


def _say_relief(released: ByGroup[ReliefLine]) -> str:
    lines = released.lines
    if not lines:
        return "No procedure answers to these filters."
    if all(line.curve is None for line in lines):
        return "Nobody is known to have responded, so there is no relief to follow."
    told = [f"{line.group.label} {median(curve, '')}" for line, curve in _largest(lines)]
    first = _say_responded(lines, "about " if released.note else "")
    if not told:
        return f"{first}Too few responded, or lost relief again, to say how long it lasted."
    return (
        f"{first}Median duration of relief in those who responded (95 % interval): "
        f"{'; '.join(told)}."
    )


def _say_responded(lines: Sequence[ReliefLine], about: str) -> str:
    """Say how many responded at all, of all groups together where no group is held back."""
    counts = [(line.responded, line.eligible) for line in lines]
    known = [(k, n) for k, n in counts if k is not HELD and n is not HELD]
    if len(known) < len(counts):
        return ""
    responded, eligible = (sum(column) for column in zip(*known, strict=True))
    others = "; the others have no relief to follow" if responded < eligible else ""
    return (
        f"A response is known after {about}{responded:,} of {eligible:,} eligible procedures"
        f"{others}. "
    )


def _say_survival(released: ByGroup[LifeLine]) -> str:
    if not released.lines:
        return "No procedure answers to these filters."
    told = [f"{line.group.label} {median(curve, '')}" for line, curve in _largest(released.lines)]
    if not told:
        return "Too few patients or deaths to say how long patients live."
    return f"Median survival after the first procedure (95 % interval): {'; '.join(told)}."


def _largest(lines: Sequence[LineT]) -> Iterator[tuple[LineT, ReleasedCurve]]:
    """Choose whom a sentence names: the largest groups, in the page's order."""
    known = [(line, line.curve) for line in lines if isinstance(line.curve, ReleasedCurve)]
    largest = sorted(known, key=lambda told: -told[1].n)[:_MOST_TOLD]
    return (told for told in known if told in largest)


def _thin(lines: Sequence[LineT], floors: Floors, counted: tuple[str, str]) -> Iterator[str]:
    """Name the groups below the floor; `counted` says of whom, for one and for more."""
    for line in lines:
        if isinstance(line.curve, ReleasedCurve) and line.curve.n < floors.interval:
            who = f"{line.curve.n:,} {counted[line.curve.n != 1]}"
            yield f"{line.group.label}: {who}, too few for an interval; one more can change it."


RELIEF_BLOCK = Block(
    slug="relief",
    question="How long does relief last, and what ends it?",
    definition=Definition(
        numerator="cumulative incidence (Aalen-Johansen) of relapse (the first later assessment "
        "that is not down by at least 30 %), of death and of a further procedure for the same "
        "pain, whichever came first; the rest is still in relief",
        denominator="procedures known to have been followed by a response (average pain over "
        "24 h, self-reported, down by at least 30 %) at any assessment; beside it all eligible",
        window="from the first assessment that responds, drawn to day 180; without an end, "
        "followed to the last assessment known to respond",
        exclusions="ineligible procedures (no baseline score, or one below the floor); those not "
        "known to have responded have no relief and are counted only",
        source="Aalen & Johansen 1978; IMMPACT (30 %); intervals log(-log)",
    ),
    how_to_read="The panel is everybody who responded. The area at the foot is those still in "
    "relief, relapse hangs from the top. Where the lower area crosses the dotted line, half are "
    "no longer in relief. It stops where nobody was followed further, or few; a number that is "
    "held back stands as few.",
    caveats=(
        "Relief is seen only when patients are asked: a relapse is dated by the assessment that "
        "found it, so relief looks longer where questions are rarer.",
        "It starts at the first response, so it speaks of those who responded only, and of how "
        "early they were asked. The table tells the share of all eligible.",
        "A death or a further procedure after a long silence counts as relief until that day, "
        "while the living who fall silent are followed to their last answer only: what happened "
        "in the silence isn't known, and the share of deaths is, if anything, too large.",
        "A patient with several procedures counts with each; intervals take them as independent.",
        "The groups treat different pains. This is no league table.",
    ),
    show=_show_relief,
)

SURVIVAL_BLOCK = Block(
    slug="survival",
    question="How long do these patients live?",
    definition=Definition(
        numerator="probability of being alive (Kaplan-Meier), 95 % interval log(-log)",
        denominator="patients, not procedures: each counts once in a group, from their first "
        "procedure in it that answers to the filters, and stands in each group they were treated "
        "in",
        window="from that procedure to death; who isn't known dead is followed to the last day on "
        "which they are known to have been alive; drawn to day 180",
        exclusions="none: eligible or not, assessed or not",
        source="Kaplan & Meier 1958",
    ),
    how_to_read="The line is the share of patients alive, the pale band its interval. It says how "
    "much time there was for relief to be of use. It stops where nobody was followed further, or "
    "few.",
    caveats=(
        "Survival is context, no outcome of the technique: it tells when in the illness a "
        "procedure is done.",
        "Patients are followed to their last sight. Where deaths aren't linked from elsewhere, a "
        "death nobody reported makes survival look longer; where deaths are reported but the "
        "living aren't seen again, it looks shorter.",
    ),
    show=_show_survival,
)

RELIEF = Report(
    slug="relief",
    question="How long does relief last?",
    audience="clinicians, quality teams, statisticians",
    summary="How many respond, how long relief lasts in them, whether relapse, death or a further "
    "procedure ends it, and how long the patients live.",
    blocks=(RELIEF_BLOCK, SURVIVAL_BLOCK),
    choices=("by",),
)
