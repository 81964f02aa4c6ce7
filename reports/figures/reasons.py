"""Reasons why there is no score: a bar for each, of all who were alive, due and not assessed."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from registry.domain.windows import Window
from reports import wording
from reports.disclosure import HELD
from reports.disclosure.follow_up import ReasonLine, ReleasedReasons
from reports.figures import theme
from reports.figures.figure import NO_PROCEDURES, Canvas, Figure, Label, empty, hover, instead
from reports.scope import Scope
from reports.stats.missing import NO_REASON


def reasons_figure(released: ReleasedReasons, scope: Scope, window: Window) -> Figure:
    """Draw the reasons at one window in percent of those not assessed; none given comes last."""
    lines = [line for line in released.at(window) if line.count != 0 or line.reason == NO_REASON]
    title = f"Why is there no score at {window.label}?"
    whole = lines[0].unassessed if lines else 0
    subtitle = scope.sentence(
        f"alive and due at {window.label}, not assessed", f"n {wording.count(whole)}"
    )
    if not released.lines:
        return empty(title, subtitle, NO_PROCEDURES)
    if whole == 0:
        return empty(title, subtitle, f"Nobody is missing at {window.label}.")
    if nothing := instead(title, subtitle, [line.count is not HELD for line in lines]):
        return nothing
    canvas = Canvas(tuple(Label(line.label, _facts(line)) for line in lines), 18)
    figure = canvas.draw(right=28)
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(range=[0, 100.4], dtick=25, ticksuffix=" %", title_text="of those missing")
    figure.add_trace(_bars(canvas, lines))
    held = [i for i, line in enumerate(lines) if line.count is HELD]
    if held:
        figure.add_trace(_held(canvas, lines, held))
    return Figure(figure, title, subtitle, _aria(lines, window))


def _facts(line: ReasonLine) -> str:
    if line.count is HELD:
        return wording.HELD_BACK
    return f"{wording.of(line.count, line.unassessed)} ({wording.percent(line.share)})"


def _bars(canvas: Canvas, lines: Sequence[ReasonLine]) -> go.Bar:
    drawn = [(i, line, line.share) for i, line in enumerate(lines) if isinstance(line.share, float)]
    return go.Bar(
        name="reasons",
        orientation="h",
        y=[canvas.y(i, 0.45) for i, _, _ in drawn],
        x=[100 * share for _, _, share in drawn],
        width=canvas.height(0.9),
        marker={
            "color": [
                theme.WARNING if line.reason == NO_REASON else theme.ACCENT for _, line, _ in drawn
            ]
        },
        hovertext=[hover(line.label, _facts(line)) for _, line, _ in drawn],
        hoverinfo="text",
    )


def _held(canvas: Canvas, lines: Sequence[ReasonLine], rows: Sequence[int]) -> go.Bar:
    """Draw what is held back as a short crossed-out mark: its length says nothing."""
    return go.Bar(
        name=wording.HELD_BACK,
        orientation="h",
        y=[canvas.y(i, 0.45) for i in rows],
        x=[8] * len(rows),
        width=canvas.height(0.9),
        marker=theme.HELD_FILL.marker,
        hovertext=[hover(lines[i].label, wording.HELD_BACK) for i in rows],
        hoverinfo="text",
    )


def _aria(lines: Sequence[ReasonLine], window: Window) -> str:
    told = "; ".join(f"{line.label}: {_facts(line)}" for line in lines)
    return f"Reasons why those alive and due at {window.label} were not assessed. {told}."
