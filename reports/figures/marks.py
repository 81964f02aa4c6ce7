"""The marks that figures share: medians thick, intervals thin, words where no mark can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from reports.figures import theme
from reports.figures.figure import Canvas
from reports.stats.intervals import Quartiles

Point = tuple[float, float]
TEXT_GAP_PX = 8
"""Words keep this distance, as from a marker, which is there but can't be seen."""


@dataclass(frozen=True, slots=True)
class Look:
    """How one series of dots looks."""

    colour: str
    symbol: str
    filled: bool = True


def segments(name: str, ends: Sequence[tuple[Point, Point]], line: dict[str, object]) -> go.Scatter:
    """Draw separate straight lines as one trace."""
    return go.Scatter(
        name=name,
        mode="lines",
        x=[x for a, b in ends for x in (a[0], b[0], None)],
        y=[y for a, b in ends for y in (a[1], b[1], None)],
        line=line,
        hoverinfo="skip",
    )


def connectors(name: str, ends: Sequence[tuple[Point, Point]]) -> go.Scatter:
    """Join two medians."""
    return segments(name, ends, {"color": theme.STRONG_LINE, "width": 1, "dash": "dot"})


def spans(
    name: str, heights: Sequence[float], values: Sequence[Quartiles | None], colour: str
) -> go.Scatter:
    """Draw quartiles, or any interval, as thin lines; none where there are none."""
    ends = [
        ((v.low, y), (v.high, y))
        for y, v in zip(heights, values, strict=True)
        if v is not None and v.low is not None and v.high is not None
    ]
    return segments(name, ends, {"color": colour, "width": 2})


def dots(
    name: str,
    heights: Sequence[float],
    values: Sequence[Quartiles | None],
    look: Look,
    hovers: Sequence[str],
) -> go.Scatter:
    """Draw the middle of each span; hollow where there are too few observations for a span."""
    drawn = [
        (v, y, box) for y, v, box in zip(heights, values, hovers, strict=True) if v is not None
    ]
    fills = [
        look.colour if look.filled and v.low is not None else theme.SURFACE for v, _, _ in drawn
    ]
    return go.Scatter(
        name=name,
        mode="markers",
        x=[v.median for v, _, _ in drawn],
        y=[y for _, y, _ in drawn],
        marker={
            "color": fills,
            "symbol": look.symbol,
            "size": 11,
            "line": {"width": 2.5, "color": look.colour},
        },
        hovertext=[box for _, _, box in drawn],
        hoverinfo="text",
        cliponaxis=False,
    )


def labels(
    name: str,
    points: Sequence[Point],
    texts: Sequence[str],
    colour: str = theme.INK,
    gap_px: int = TEXT_GAP_PX,
) -> go.Scatter:
    """Write words a little to the right of points, over the axis' end if need be."""
    said = [(point, text) for point, text in zip(points, texts, strict=True) if text]
    return go.Scatter(
        name=name,
        mode="markers+text",
        marker={"size": 2 * gap_px, "opacity": 0},
        x=[x for (x, _), _ in said],
        y=[y for (_, y), _ in said],
        text=[text for _, text in said],
        textposition="middle right",
        textfont={"color": colour, "size": theme.SMALL_PX},
        hoverinfo="skip",
        cliponaxis=False,
    )


def notes(canvas: Canvas, texts: Sequence[str], at: float) -> go.Scatter:
    """Say in words, at `at` on the axis, why a row has no mark."""
    points = [(at, canvas.y(i, 0.4)) for i in range(len(texts))]
    return labels("notes", points, texts, theme.SOFT)
