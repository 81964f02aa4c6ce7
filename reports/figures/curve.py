"""Cumulative responder curves, a strip for each group: how many improve by at least x percent?"""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from registry.domain.windows import Window
from reports import wording
from reports.disclosure import HELD, Released
from reports.disclosure.curve import CurveLine
from reports.figures import theme
from reports.figures.figure import Canvas, Figure, Label, hover, instead
from reports.figures.marks import labels, notes, segments
from reports.scope import Scope
from reports.stats.curve import STEPS

BODY_PX = 108
HEADROOM = 0.12
WIDEST_GAP = 15
"""Points further apart than this (in percent) aren't joined: too much is held back between."""
NAMED = (30, 50)
"""The steps whose shares are written at the curve: moderate and substantial improvement."""


def curve_figure(released: Released[CurveLine], scope: Scope, window: Window) -> Figure:
    """Draw each group's curve at a window, full for the assessed, dotted for all alive and due."""
    lines = released.at(window)
    title = f"How many improve by at least so much at {window.label}?"
    subtitle = scope.sentence(
        f"at {window.label}",
        "share whose average pain fell by at least so many percent",
        f"assessed: {wording.total(line.n for line in lines)}",
        "dotted: of all alive and due, those not assessed taken as not improved",
    )
    if nothing := instead(title, subtitle, [line.n is not HELD for line in lines]):
        return nothing
    canvas = Canvas(tuple(Label(line.group.label, _facts(line)) for line in lines), BODY_PX)
    figure = canvas.draw(right=48, wide_row=0.8)
    figure.update_xaxes(
        range=[0, 100], dtick=10, ticksuffix="", title_text="Pain down by at least, % of before"
    )
    figure.add_trace(_frames(canvas, lines))
    figure.add_trace(_curves(canvas, lines, of_due=True))
    figure.add_trace(_curves(canvas, lines, of_due=False))
    figure.add_trace(_points(canvas, lines))
    figure.add_trace(_scale(canvas, lines))
    figure.add_trace(notes(canvas, [_note(line) for line in lines], at=0))
    return Figure(figure, title, subtitle, _aria(lines, window))


def _drawn(lines: Sequence[CurveLine]) -> list[tuple[int, CurveLine]]:
    return [(i, line) for i, line in enumerate(lines) if line.n is not HELD and line.n]


def _height(canvas: Canvas, row: int, share: float) -> float:
    """Place a share in its strip, which leaves room above 100 % for the words at the curve."""
    return round(canvas.y(row, HEADROOM + (1 - HEADROOM) * (1 - share)), 4)


def _frames(canvas: Canvas, lines: Sequence[CurveLine]) -> go.Scatter:
    """Rule each strip at 0 and 100 percent."""
    ends = [
        ((0.0, _height(canvas, i, at)), (100.0, _height(canvas, i, at)))
        for i, _ in _drawn(lines)
        for at in (0, 1)
    ]
    return segments("strip", ends, {"color": theme.LINE, "width": 1})


def _scale(canvas: Canvas, lines: Sequence[CurveLine]) -> go.Scatter:
    points = [(100.0, _height(canvas, i, at)) for i, _ in _drawn(lines) for at in (1, 0)]
    return labels("scale", points, ["100 %", "0 %"] * len(_drawn(lines)), theme.SOFT, gap_px=3)


def _curves(canvas: Canvas, lines: Sequence[CurveLine], *, of_due: bool) -> go.Scatter:
    x: list[int | None] = []
    y: list[float | None] = []
    for i, line in _drawn(lines):
        known = [(step, line.share(place, of_due=of_due)) for place, step in enumerate(STEPS)]
        told = [(step, share) for step, share in known if share is not None]
        before = None
        for step, share in told:
            if before is not None and step - before > WIDEST_GAP:
                x, y = [*x, None], [*y, None]
            x, y, before = [*x, step], [*y, _height(canvas, i, share)], step
        x, y = [*x, None], [*y, None]
    look = {"color": theme.SOFT, "width": 1.5, "dash": "dot"}
    if not of_due:
        look = {"color": theme.ACCENT, "width": 2.5}
    name = "of alive and due" if of_due else "of assessed"
    return go.Scatter(name=name, mode="lines", x=x, y=y, line=look, hoverinfo="skip")


def _points(canvas: Canvas, lines: Sequence[CurveLine]) -> go.Scatter:
    """Mark every tenth percent, as in the table: it answers the pointer; two are named."""
    drawn = [
        (i, line, step, share)
        for i, line in _drawn(lines)
        for place, step in enumerate(STEPS)
        if step % 10 == 0
        if (share := line.share(place, of_due=False)) is not None
    ]
    return go.Scatter(
        name="steps",
        mode="markers+text",
        x=[step for _, _, step, _ in drawn],
        y=[_height(canvas, i, share) for i, _, _, share in drawn],
        text=[wording.percent(share) if step in NAMED else "" for _, _, step, share in drawn],
        textposition="top right",
        textfont={"size": theme.SMALL_PX},
        marker={
            "color": theme.ACCENT,
            "size": [8 if step in NAMED else 4 for _, _, step, _ in drawn],
        },
        hovertext=[_hover(line, step) for _, line, step, _ in drawn],
        hoverinfo="text",
        cliponaxis=False,
    )


def _hover(line: CurveLine, step: int) -> str:
    place = STEPS.index(step)
    return hover(
        f"{line.group.label}, ≥ {step} %",
        f"{wording.of(line.reached[place], line.n)} assessed: {_told(line, place, of_due=False)}",
        f"of all alive and due: {_told(line, place, of_due=True)}",
    )


def _told(line: CurveLine, place: int, *, of_due: bool) -> str:
    share = line.share(place, of_due=of_due)
    return wording.HELD_BACK if share is None else wording.percent(share)


def _facts(line: CurveLine) -> str:
    if line.n is HELD:
        return f"assessed: {wording.HELD_BACK}"
    return f"{line.n:,} assessed; alive, not assessed: {wording.count(line.unassessed)}"


def _note(line: CurveLine) -> str:
    if line.n is HELD:
        return wording.HELD_BACK
    if line.n:
        return "" if any(count is not HELD for count in line.reached) else wording.HELD_BACK
    return "nobody assessed"


def _aria(lines: Sequence[CurveLine], window: Window) -> str:
    told = "; ".join(
        f"{line.group.label}: "
        + ", ".join(
            f"{_told(line, STEPS.index(step), of_due=False)} by at least {step} %" for step in NAMED
        )
        for line in lines
    )
    return (
        f"Share improving by at least so many percent at {window.label}, of the assessed. {told}."
    )
