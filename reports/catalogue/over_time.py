"""Over time: procedures, responders, follow-up and pain, month by month, as control charts."""

from __future__ import annotations

from reports.catalogue.over_time_blocks import (
    show_completeness,
    show_pain,
    show_responders,
    show_volume,
)
from reports.report import Block, Definition, Report

_SOURCE = "Provost & Murray, The Health Care Data Guide (2011)"
_RULES = (
    "A diamond is more than chance, by the rule written beside it: outside the limits, 8 or more "
    "in a row on one side of the centre line, 6 or more rising or falling, or two of three far "
    "out. A circle isn't: don't explain it."
)
_NO_CAUSE = "A signal says that something changed, not what. Look for the cause, and at case mix."
_ROUNDED = "Where small numbers are held back, points and limits are those of rounded counts."
_DUE = (
    "months in which somebody's window was still open at the cut-off are left out: they would hold "
    "only those who answered early"
)
_JOINED = "months with fewer than 10 are joined with the next, as the label says"

VOLUME = Block(
    slug="volume",
    question="How many procedures, month by month?",
    definition=Definition(
        numerator="procedures, by the month they were done in",
        denominator="none: a count. XmR chart: mean and 2.66 mean moving ranges",
        window="from the month of the first procedure to the cut-off, or the last day asked for; a "
        "month without any counts 0",
        exclusions="the first month and the unfinished one are drawn hollow and not judged, for "
        "recording may not cover them whole; small months are charted by quarter, half-year or "
        "year",
        source=_SOURCE,
    ),
    how_to_read=_RULES,
    caveats=(
        "A site that stopped recording looks like one that stopped treating.",
        _NO_CAUSE,
        _ROUNDED,
    ),
    show=show_volume,
)

RESPONDERS_OVER_TIME = Block(
    slug="responders-over-time",
    question="Do more or fewer respond than before?",
    definition=Definition(
        numerator="procedures that respond by the definition asked for",
        denominator="those whom the definition can judge at the window. p-chart: pooled proportion "
        "and 3 binomial standard errors",
        window=f"the follow-up window asked for, by the month of the procedure; {_DUE}",
        exclusions=f"whom the definition can't judge; {_JOINED}",
        source=_SOURCE,
    ),
    how_to_read=_RULES,
    caveats=(
        "Only those judged are in it: read the follow-up below beside it.",
        "All groups together: a shift may be one of what is done, not of how well it works.",
        _NO_CAUSE,
        _ROUNDED,
    ),
    show=show_responders,
)

COMPLETENESS_OVER_TIME = Block(
    slug="completeness-over-time",
    question="Is follow-up getting better or worse?",
    definition=Definition(
        numerator="procedures with an eligible baseline and a score in the window",
        denominator="those alive and due. p-chart: pooled proportion and 3 binomial standard "
        "errors",
        window=f"the follow-up window asked for, by the month of the procedure; {_DUE}",
        exclusions=f"ineligible procedures, and who died before; {_JOINED}",
        source=_SOURCE,
    ),
    how_to_read=_RULES,
    caveats=(_NO_CAUSE, _ROUNDED),
    show=show_completeness,
)

PAIN_OVER_TIME = Block(
    slug="pain-over-time",
    question="Is pain relief changing?",
    definition=Definition(
        numerator="mean change of NRS 0-10, average over 24 h, self-reported. The mean, not the "
        "median: medians of whole scores jump by half points and hide a drift",
        denominator="procedures with an eligible baseline and a score in the window. XmR chart: "
        "mean and 2.66 mean moving ranges",
        window=f"the follow-up window asked for, by the month of the procedure; {_DUE}",
        exclusions=f"procedures without both scores; {_JOINED}",
        source=_SOURCE,
    ),
    how_to_read=f"Lower is more relief. {_RULES}",
    caveats=(
        "Only those assessed are in it.",
        "Every point counts alike, though more stand behind one than behind another.",
        _NO_CAUSE,
        _ROUNDED,
    ),
    show=show_pain,
)

OVER_TIME = Report(
    slug="over-time",
    question="Is it changing over time?",
    audience="quality teams, clinicians",
    summary="Procedures, responders, follow-up and pain month by month, with what is more than "
    "chance and the rule that says so.",
    blocks=(VOLUME, RESPONDERS_OVER_TIME, COMPLETENESS_OVER_TIME, PAIN_OVER_TIME),
    choices=("window", "definition"),
)
