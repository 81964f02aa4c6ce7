"""Compare categories: follow-up, states, pain, responders and opioid dose, on one page."""

from __future__ import annotations

from collections.abc import Callable

from registry.domain.windows import Window
from reports.catalogue.answers import (
    say_medd,
    say_pain,
    say_responders,
    say_states,
)
from reports.catalogue.completeness import COMPLETENESS
from reports.disclosure import Released, release
from reports.disclosure.released import LineT
from reports.figures.figure import Figure
from reports.figures.medd_change import medd_figure
from reports.figures.pain import pain_figure
from reports.figures.responders import responder_figure
from reports.figures.states import state_figure
from reports.page import Page
from reports.records import records
from reports.report import Block, Definition, Report, Shown
from reports.scope import Scope
from reports.stats.medd_change import medd_change
from reports.stats.pain import pain
from reports.stats.responders import responders
from reports.stats.states import states
from reports.tables import Table
from reports.tables.comparison import (
    medd_table,
    pain_table,
    responder_table,
    state_table,
)


def _shown(
    page: Page,
    released: Released[LineT],
    draw: Callable[[Released[LineT], Scope, Window], Figure],
    tabulate: Callable[[Released[LineT], Scope], Table],
    answer: str,
) -> Shown:
    """Draw one figure for each window that is looked at, and tabulate all of them."""
    return Shown(
        answer=answer,
        figures=tuple(draw(released, page.scope, window) for window in page.asked.windows),
        tables=(tabulate(released, page.scope),),
        records=tuple(records(released.lines)),
    )


def _show_state_table(page: Page) -> Shown:
    released = release(states(page.frame, page.grouping, page.asked.windows), page.cover)
    answer = say_states(released, page.asked.window)
    return _shown(page, released, state_figure, state_table, answer)


def _show_pain_table(page: Page) -> Shown:
    found = pain(page.frame, page.grouping, page.asked.windows, page.floors)
    released = release(found, page.cover)
    answer = say_pain(released, page.asked.window)
    return _shown(page, released, pain_figure, pain_table, answer)


def _show_responder_table(page: Page) -> Shown:
    found = responders(page.frame, page.grouping, page.asked.windows, page.floors)
    released = release(found, page.cover)
    answer = say_responders(released, page.asked.window)
    return _shown(page, released, responder_figure, responder_table, answer)


def _show_medd_table(page: Page) -> Shown:
    found = medd_change(page.frame, page.grouping, page.asked.windows, page.floors)
    released = release(found, page.cover)
    answer = say_medd(released, page.asked.window)
    return _shown(page, released, medd_figure, medd_table, answer)


_AT_WINDOW = "the follow-up window asked for; the assessment nearest to its target counts"
_PAIN = "NRS 0-10, average over 24 h, self-reported"
_UNLIKE = "The groups treat different pains. This is no league table."
_ASSESSED_ONLY = "Only those assessed are in it: read the follow-up beside it."


STATES: Block = Block(
    slug="states",
    question="Where do all treated patients stand?",
    definition=Definition(
        numerator="procedures in each of six states, responder meaning pain down by at least 30 %",
        denominator="all treated procedures of the group",
        window=_AT_WINDOW,
        exclusions="none: the six states sum to all treated",
        source="IMMPACT (30 %); a score is never imputed after death nor carried forward",
    ),
    how_to_read="Each bar is everybody who was treated. Those who died or weren't assessed stay in "
    "it.",
    caveats=(_UNLIKE,),
    show=_show_state_table,
)

PAIN: Block = Block(
    slug="pain",
    question="How much pain before and after?",
    definition=Definition(
        numerator=f"median and quartiles (type 7) of {_PAIN}, before, after and their difference",
        denominator="procedures with an eligible baseline and a score in the window",
        window=_AT_WINDOW,
        exclusions="procedures without both scores, or with a baseline below the floor",
        source="Assuage outcome rules",
    ),
    how_to_read="The hollow dot is pain before, the full dot after, of the same patients; lines "
    "are quartiles. A dot to the left is less pain.",
    caveats=(
        _ASSESSED_ONLY,
        _UNLIKE,
        "The median change is the median of each patient's change, not the distance of the dots.",
    ),
    show=_show_pain_table,
)

RESPONDERS: Block = Block(
    slug="responders",
    question="How many respond?",
    definition=Definition(
        numerator=f"procedures after which {_PAIN}, fell by at least 30 %, 50 % or 2 points",
        denominator="procedures with an eligible baseline and a score in the window",
        window=_AT_WINDOW,
        exclusions="procedures without both scores, or with a baseline below the floor",
        source="IMMPACT: 30 % is a moderate, 50 % a substantial improvement",
    ),
    how_to_read="A dot is the share of those assessed, its line the 95 % Wilson interval. The pale "
    "bar reaches from nobody to everybody of the unassessed having responded.",
    caveats=(_ASSESSED_ONLY, _UNLIKE, "The definition changes the answer: read all three."),
    show=_show_responder_table,
)

MEDD_CHANGE: Block = Block(
    slug="medd-change",
    question="Is less opioid taken?",
    definition=Definition(
        numerator="median and quartiles (type 7) of the change of systemic MEDD, mg/24 h oral "
        "morphine, and of its change in percent",
        denominator="procedures with a wholly converted regimen before and in the window",
        window=_AT_WINDOW,
        exclusions="neuraxial opioid (no agreed factor) and incomplete conversions, both counted; "
        "percent change leaves out those on no opioid before",
        source="the conversion table named on the page",
    ),
    how_to_read="Left of the line less opioid is taken than before.",
    caveats=(
        "MEDD describes a dose; it is not for switching opioids.",
        "Methadone's factor jumps with its dose: the table shows the change without its takers.",
        _UNLIKE,
    ),
    show=_show_medd_table,
)

COMPARE = Report(
    slug="compare",
    question="What did each technique achieve?",
    audience="clinicians, quality teams",
    summary="Where all treated patients stand, pain and opioids before and after, who responds, "
    "category by category.",
    blocks=(COMPLETENESS, STATES, PAIN, RESPONDERS, MEDD_CHANGE),
)
