"""The declared list of reports, in the order in which a page shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from registry.domain.windows import Window
from reports.disclosure import (
    CompletenessLine,
    MeddLine,
    PainLine,
    Released,
    ResponderLine,
    StateLine,
    release,
)
from reports.disclosure.released import LineT
from reports.figures.completeness import completeness_figure
from reports.figures.figure import Figure
from reports.figures.medd_change import medd_figure
from reports.figures.pain import pain_figure
from reports.figures.responders import responder_figure
from reports.figures.states import state_figure
from reports.report import Definition, Report
from reports.scope import Scope
from reports.stats.completeness import Completeness, completeness
from reports.stats.intervals import Floors
from reports.stats.medd_change import MeddChange, medd_change
from reports.stats.pain import Pain, pain
from reports.stats.responders import Responders, responders
from reports.stats.states import States, states
from reports.tables import (
    completeness_table,
    medd_table,
    pain_table,
    responder_table,
    state_table,
)

_AT_WINDOW = "the follow-up window asked for; the assessment nearest to its target counts"
_PAIN = "NRS 0-10, average over 24 h, self-reported"
_UNLIKE = "The groups treat different pains. This is no league table."
_ASSESSED_ONLY = "Only those assessed are in it: read the follow-up beside it."


def _a_window(
    draw: Callable[[Released[LineT], Scope, Window], Figure],
) -> Callable[[Released[LineT], Scope, Sequence[Window], Floors], tuple[Figure, ...]]:
    """Draw one figure for each window."""
    return lambda released, scope, windows, floors: tuple(
        draw(released, scope, window) for window in windows
    )


COMPLETENESS: Report[Completeness, CompletenessLine] = Report(
    slug="completeness",
    question="How complete is follow-up?",
    audience="everyone, before any other report",
    definition=Definition(
        numerator="procedures with an eligible baseline and a score in the window",
        denominator="those alive and due: the window closed, or its answer is known; beside it all "
        "treated",
        window="each follow-up window, settled for the cut-off date",
        exclusions="ineligible procedures (no baseline score, or one below the floor) count as "
        "treated only; they are counted apart",
        source="ePPOC: completeness is the first report",
    ),
    how_to_read="A full bar means that everybody who could be asked was asked. Deaths don't "
    "lower it.",
    caveats=("A bar below 60 % is marked low: who is not assessed is often more ill.",),
    statistic=lambda frame, grouping, windows, floors: completeness(frame, grouping, windows),
    release=release,
    figures=lambda released, scope, windows, floors: (
        completeness_figure(released, scope, windows, floors),
    ),
    table=completeness_table,
)

STATES: Report[States, StateLine] = Report(
    slug="states",
    question="Where do all treated patients stand?",
    audience="clinicians, quality teams",
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
    statistic=lambda frame, grouping, windows, floors: states(frame, grouping, windows),
    release=release,
    figures=_a_window(state_figure),
    table=state_table,
)

PAIN: Report[Pain, PainLine] = Report(
    slug="pain",
    question="How much pain before and after?",
    audience="clinicians, quality teams",
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
    statistic=pain,
    release=release,
    figures=_a_window(pain_figure),
    table=pain_table,
)

RESPONDERS: Report[Responders, ResponderLine] = Report(
    slug="responders",
    question="How many respond?",
    audience="clinicians, quality teams",
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
    statistic=responders,
    release=release,
    figures=_a_window(responder_figure),
    table=responder_table,
)

MEDD_CHANGE: Report[MeddChange, MeddLine] = Report(
    slug="medd-change",
    question="Is less opioid taken?",
    audience="clinicians, quality teams",
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
    statistic=medd_change,
    release=release,
    figures=_a_window(medd_figure),
    table=medd_table,
)

CATALOGUE: tuple[Report[Any, Any], ...] = (COMPLETENESS, STATES, PAIN, RESPONDERS, MEDD_CHANGE)


def find(slug: str) -> Report[Any, Any]:
    """Find a report by its slug; `KeyError` when there is none."""
    return {report.slug: report for report in CATALOGUE}[slug]
