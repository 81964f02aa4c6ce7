"""What becomes of relief: areas over days, stacked, that fill a panel for each group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import plotly.graph_objects as go

from registry.domain.outcomes import State
from registry.domain.outcomes.relief import ReliefEnd
from reports import wording
from reports.disclosure import HELD
from reports.disclosure.curves import ByGroup, ReleasedCurve
from reports.disclosure.relief import ReliefDay, ReliefLine, relief_days
from reports.figures import relief_panels as panels
from reports.figures import relief_words as words
from reports.figures import theme
from reports.figures.figure import NO_PROCEDURES, Canvas, Figure, Label, empty, hover
from reports.figures.relief_words import End
from reports.figures.theme import HELD_FILL, STATE_FILLS, Fill
from reports.scope import Scope
from reports.stats.relief import CAUSES
from reports.tables.relief import median, relief_words

TITLE = "How long does relief last?"
NOBODY = "Nobody is known to have responded,\nso there is no relief to follow."
HELD_TEXT = (
    "Too few responded, or lost relief again, to draw a curve.\n"
    "Widen the dates or take a filter away."
)
_ORDER = (ReliefEnd.FURTHER_PROCEDURE, ReliefEnd.DEATH, ReliefEnd.RELAPSE)
"""From the foot up, over those in relief: relapse hangs from the top, where it can be read off."""
_FILLS = {
    ReliefEnd.RELAPSE: STATE_FILLS[State.NON_RESPONDER],
    ReliefEnd.DEATH: STATE_FILLS[State.DIED_BEFORE],
    ReliefEnd.FURTHER_PROCEDURE: Fill(
        "var(--info-soft)", pattern=".", pattern_colour="var(--info)", pattern_opacity=0.8
    ),
    ReliefEnd.STILL_RESPONDING: STATE_FILLS[State.RESPONDER],
}
_SHORT = {**wording.RELIEF_LABELS, ReliefEnd.FURTHER_PROCEDURE: "Further"}


def relief_figure(released: ByGroup[ReliefLine], scope: Scope) -> Figure:
    """Draw for each group who is still in relief, and what ended it for the others."""
    lines = released.lines
    drawn = panels.drawable(lines)
    subtitle = scope.sentence(
        "share of those who responded, by days since their first response",
        *panels.not_drawn(lines),
    )
    if not drawn:
        return empty(TITLE, subtitle, _why_empty(lines))
    curves = [curve for _, curve in drawn]
    labels = [Label(line.group.label, _facts(line)) for line, _ in drawn]
    canvas, plot = panels.make(labels, "Days since first response")
    for row, curve in enumerate(curves):
        plot.add_traces(_areas(canvas, row, curve))
    plot.add_traces(panels.halves(canvas, curves))
    plot.add_traces(words.counted(canvas, curves))
    plot.add_trace(words.written(canvas, curves, [_ends(curve) for curve in curves]))
    said = [{day.day: _hover(day) for day in relief_days(line)} for line, _ in drawn]
    plot.add_trace(words.hovers(canvas, curves, said))
    return Figure(plot, TITLE, subtitle, _aria(lines))


def _why_empty(lines: Sequence[ReliefLine]) -> str:
    if not lines:
        return NO_PROCEDURES
    return HELD_TEXT if any(line.curve is HELD for line in lines) else NOBODY


def _layers(curve: ReleasedCurve) -> list[tuple[str, Fill, str, tuple[float, ...]]]:
    """Give name, fill, short name and shares of each area, from the foot up.

    Ends that are held back apart are one area: what the others leave.
    """
    label, fill = wording.RELIEF_LABELS, _FILLS
    still = ReliefEnd.STILL_RESPONDING
    layers = [(label[still], fill[still], _SHORT[still], curve.free)]
    known = [(end, curve.ended[end]) for end in _ORDER]
    shown = [(end, shares) for end, shares in known if shares is not HELD]
    held = [label[end].lower() for end, shares in known if shares is HELD]
    if held:
        told = zip(curve.free, *(shares for _, shares in shown), strict=True)
        rest = tuple(max(0.0, 1 - sum(day)) for day in told)
        long = " or ".join(reversed(held)).capitalize() if len(held) < len(known) else "Ended"
        layers.append((long, HELD_FILL, "Other ends" if any(_met(shown)) else "Ended", rest))
    layers += [(label[end], fill[end], _SHORT[end], shares) for end, shares in shown]
    return layers


def _met(shown: Sequence[tuple[ReliefEnd, tuple[float, ...]]]) -> Iterator[bool]:
    return (shares[-1] > 0 for _, shares in shown)


def _areas(canvas: Canvas, row: int, curve: ReleasedCurve) -> list[go.Scatter]:
    """Fill the panel: each line is the upper edge of its area, over the one before it."""
    tops = [0.0] * len(curve.days)
    traces = [panels.steps(canvas, row, "foot", curve.days, tops, {"line": _EDGE})]
    for name, fill, _, shares in _layers(curve):
        tops = [low + share for low, share in zip(tops, shares, strict=True)]
        look = {"line": _EDGE, "fill": "tonexty", **_filled(fill)}
        traces.append(panels.steps(canvas, row, name, curve.days, tops, look))
    return traces


_EDGE = {"shape": "hv", "width": 1, "color": theme.SURFACE}


def _filled(fill: Fill) -> dict[str, Any]:
    """Fill an area as a bar of the same meaning is filled."""
    if not fill.pattern:
        return {"fillcolor": fill.colour}
    pattern = fill.marker["pattern"]
    return {"fillcolor": fill.colour, "fillpattern": pattern}


def _ends(curve: ReleasedCurve) -> list[End]:
    ends, foot, last = [], 0.0, panels.last_place(curve)
    for name, _, short, shares in _layers(curve):
        told = wording.percent(shares[last])
        if shares[last] > 0:
            ends.append(End(foot + shares[last] / 2, f"{short} {told}", f"{name} {told}"))
        foot += shares[last]
    return ends


def _facts(line: ReliefLine) -> str:
    told = f"{wording.of(line.responded, line.eligible)} responded"
    return f"{told}; median {median(line.curve, wording.NONE)}"


def _hover(day: ReliefDay) -> str:
    still, *ends = relief_words(day)
    names = [wording.RELIEF_LABELS[end].lower() for end in CAUSES]
    return hover(
        f"{day.group.label}, day {day.day}",
        f"in relief: {still}",
        *(f"{name}: {share}" for name, share in zip(names, ends, strict=True)),
        f"at risk: {wording.count(day.at_risk)}",
    )


def _aria(lines: Sequence[ReliefLine]) -> str:
    told = "; ".join(f"{line.group.label}: {_facts(line)}" for line in lines)
    return f"How long relief lasts in those who responded, and what ended it. {told}."
