"""Compare categories: follow-up, states, pain, responders and opioid dose, on one page."""

from __future__ import annotations

from collections.abc import Callable

from registry.domain.windows import Window
from reports import wording
from reports.catalogue.answers import say_medd, say_pain, say_states
from reports.catalogue.common import ASSESSED_ONLY, AT_WINDOW, AVERAGE_PAIN, UNLIKE
from reports.catalogue.completeness import COMPLETENESS, drawn_of
from reports.catalogue.response import CURVE, RESPONDERS
from reports.disclosure import PainLine, Released, release
from reports.disclosure.pairs import release_pairs
from reports.disclosure.released import LineT
from reports.disclosure.worst import release_worst
from reports.figures.figure import Figure
from reports.figures.medd_change import medd_figure
from reports.figures.pain import Kind, pain_figure
from reports.figures.pairs import pairs_figure
from reports.figures.states import state_figure
from reports.page import Page
from reports.records import records, with_pairs
from reports.report import Block, Definition, Report, Shown
from reports.scope import Scope
from reports.stats.medd_change import medd_change
from reports.stats.pain import pain, worst_pain
from reports.stats.states import states
from reports.tables import Table
from reports.tables.comparison import pain_table, state_table
from reports.tables.medd_change import medd_table, pairs_table


def _shown(
    page: Page,
    released: Released[LineT],
    draw: Callable[[Released[LineT], Scope, Window], Figure],
    tabulate: Callable[[Released[LineT], Scope], Table],
    answer: str,
) -> Shown:
    """Draw one figure for each window that is looked at, and tabulate all of them."""
    drawn = drawn_of(page)
    return Shown(
        answer=answer,
        figures=tuple(
            draw(drawn.of(released), drawn.scope, window) for window in page.asked.windows
        ),
        tables=(tabulate(released, page.scope),),
        records=tuple(records(released.lines)),
    )


def _show_states(page: Page) -> Shown:
    released = release(states(page.frame, page.grouping, page.asked.windows), page.cover)
    answer = say_states(released, page.asked.window)
    return _shown(page, released, state_figure, state_table, answer)


def _show_pain(page: Page) -> Shown:
    asked = page.frame, page.grouping, page.asked.windows, page.floors
    average = release(pain(*asked), page.cover)
    worst = release_worst(worst_pain(*asked), page.cover)
    drawn = drawn_of(page)
    figures = [
        pain_figure(drawn.of(lines), drawn.scope, window, kind)
        for lines, kind in _kinds(average, worst)
        for window in page.asked.windows
    ]
    told = ((kind, records(lines.lines)) for lines, kind in _kinds(average, worst))
    return Shown(
        answer=say_pain(average, page.asked.window),
        figures=tuple(figures),
        tables=tuple(
            pain_table(lines, page.scope, kind.capitalize())
            for lines, kind in _kinds(average, worst)
        ),
        records=tuple({"pain": kind, **line} for kind, found in told for line in found),
    )


def _kinds(
    average: Released[PainLine], worst: Released[PainLine]
) -> tuple[tuple[Released[PainLine], Kind], ...]:
    """Average pain is the outcome and comes first; worst pain stands beside it."""
    return (average, "average"), (worst, "worst")


def _show_medd(page: Page) -> Shown:
    found = medd_change(page.frame, page.grouping, page.asked.windows, page.floors)
    released = release(found, page.cover)
    pairs = release_pairs(found, released, page.cover)
    windows, drawn = page.asked.windows, drawn_of(page)
    return Shown(
        answer=say_medd(released, page.asked.window),
        figures=(
            *(medd_figure(drawn.of(released), drawn.scope, window) for window in windows),
            *(pairs_figure(drawn.of(pairs), drawn.scope, window) for window in windows),
        ),
        tables=(
            medd_table(released, page.scope, page.data.conversion),
            pairs_table(pairs, page.scope),
        ),
        records=tuple(with_pairs(records(released.lines), records(pairs.lines))),
    )


STATES: Block = Block(
    slug="states",
    question="Where do all treated patients stand?",
    definition=Definition(
        numerator="procedures in each of six states, responder meaning pain down by at least 30 %",
        denominator="all treated procedures of the group",
        window=AT_WINDOW,
        exclusions="none: the six states sum to all treated",
        source="IMMPACT (30 %); a score is never imputed after death nor carried forward",
    ),
    how_to_read="Each bar is everybody who was treated. Those who died or weren't assessed stay in "
    "it.",
    caveats=(UNLIKE,),
    show=_show_states,
)

PAIN: Block = Block(
    slug="pain",
    question="How much pain before and after?",
    definition=Definition(
        numerator="median and quartiles (type 7) before, after and of their difference: of "
        f"{AVERAGE_PAIN}; beside it worst over 24 h, self-reported",
        denominator="procedures with an eligible baseline and a score in the window; for worst "
        "pain those of them with both scores of worst pain",
        window=AT_WINDOW,
        exclusions="procedures without both scores, or with a baseline below the floor; average "
        "and worst are never mixed",
        source="Assuage outcome rules",
    ),
    how_to_read="The hollow dot is pain before, the full dot after, of the same patients; lines "
    "are quartiles. A dot to the left is less pain.",
    caveats=(
        ASSESSED_ONLY,
        UNLIKE,
        "The median change is the median of each patient's change, not the distance of the dots.",
    ),
    show=_show_pain,
)

MEDD_CHANGE: Block = Block(
    slug="medd-change",
    question="Is less opioid taken?",
    definition=Definition(
        numerator="median and quartiles (type 7) of the change of systemic MEDD, mg/24 h oral "
        "morphine, and of its change in percent",
        denominator="procedures with a wholly converted regimen before and in the window",
        window=AT_WINDOW,
        exclusions="neuraxial opioid (no agreed factor) and incomplete conversions, both counted; "
        "percent change leaves out those on no opioid before",
        source="the conversion table named on the page",
    ),
    how_to_read="Left of the line less opioid is taken than before. The second figure says whose "
    "doses stand behind it.",
    caveats=(
        wording.MEDD_NOTE,
        "Methadone's factor jumps with its dose: the hollow diamond shows the change without its "
        "takers.",
        wording.NEURAXIAL,
        UNLIKE,
    ),
    show=_show_medd,
)

COMPARE = Report(
    slug="compare",
    question="What did each technique achieve?",
    audience="clinicians, quality teams",
    summary="Where all treated patients stand, pain and opioids before and after, who responds, "
    "category by category.",
    blocks=(COMPLETENESS, STATES, PAIN, RESPONDERS, CURVE, MEDD_CHANGE),
)
