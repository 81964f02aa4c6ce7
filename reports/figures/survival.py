"""How long the patients live: a curve with its interval in a panel for each group."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from reports import wording
from reports.disclosure.curves import ByGroup, ReleasedCurve
from reports.disclosure.relief import LifeDay, LifeLine, life_days
from reports.figures import relief_panels as panels
from reports.figures import relief_words as words
from reports.figures import theme
from reports.figures.figure import NO_PROCEDURES, Canvas, Figure, Label, empty, hover
from reports.figures.relief_words import End
from reports.scope import Scope
from reports.tables.relief import median

TITLE = "How long do the patients live?"
HELD_TEXT = "Too few patients, or deaths, to draw a curve.\nWiden the dates or take a filter away."


def survival_figure(released: ByGroup[LifeLine], scope: Scope) -> Figure:
    """Draw for each group the share of its patients alive, with the 95 % interval."""
    lines = released.lines
    subtitle = scope.sentence(
        "share of patients alive, by days since their first procedure in the group",
        "pale: 95 % interval",
        *panels.not_drawn(lines),
    )
    drawn = panels.drawable(lines)
    if not drawn:
        return empty(TITLE, subtitle, HELD_TEXT if lines else NO_PROCEDURES)
    curves = [curve for _, curve in drawn]
    labels = [Label(line.group.label, _facts(line)) for line, _ in drawn]
    canvas, plot = panels.make(labels, "Days since first procedure")
    for row, curve in enumerate(curves):
        plot.add_traces(_lines(canvas, row, curve))
    plot.add_traces(panels.halves(canvas, curves))
    plot.add_traces(words.counted(canvas, curves))
    plot.add_trace(words.written(canvas, curves, [_ends(curve) for curve in curves]))
    said = [{day.day: _hover(day) for day in life_days(line)} for line, _ in drawn]
    plot.add_trace(words.hovers(canvas, curves, said))
    return Figure(plot, TITLE, subtitle, _aria(lines))


def _lines(canvas: Canvas, row: int, curve: ReleasedCurve) -> list[go.Scatter]:
    """Draw the curve over its interval, which has no width where there is none."""
    low, high = (
        [free if limit is None else limit for free, limit in zip(curve.free, limits, strict=True)]
        for limits in (curve.low, curve.high)
    )
    edge = {"line": {"shape": "hv", "width": 0, "color": theme.LINE}}
    band = edge | {"fill": "tonexty", "fillcolor": theme.LINE}
    line = {"line": {"shape": "hv", "width": 2.5, "color": theme.INK}}
    return [
        panels.steps(canvas, row, "interval, low", curve.days, low, edge),
        panels.steps(canvas, row, "interval, high", curve.days, high, band),
        panels.steps(canvas, row, "alive", curve.days, curve.free, line),
    ]


def _ends(curve: ReleasedCurve) -> list[End]:
    told = curve.free[panels.last_place(curve)]
    alive = f"{wording.percent(told)} alive"
    return [End(told, alive, alive)]


def _facts(line: LifeLine) -> str:
    who = "patient" if line.patients == 1 else "patients"
    counts = f"{wording.count(line.patients)} {who}, {wording.count(line.deaths)} died"
    return f"{counts}; median {median(line.curve, wording.NONE)}"


def _hover(day: LifeDay) -> str:
    return hover(
        f"{day.group.label}, day {day.day}",
        f"alive: {wording.share(day.alive, day.low, day.high)}",
        f"at risk: {wording.count(day.at_risk)}",
    )


def _aria(lines: Sequence[LifeLine]) -> str:
    told = "; ".join(f"{line.group.label}: {_facts(line)}" for line in lines)
    return f"How long the patients of each group live. {told}."
