"""Small multiples of curves over days: one panel a group, those at risk counted under each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

import plotly.graph_objects as go

from reports.disclosure import Held
from reports.disclosure.curves import HORIZON, ReleasedCurve
from reports.figures import theme
from reports.figures.figure import Canvas, Label
from reports.figures.marks import segments

MOST = 12
"""How many panels a figure has at the most: the largest groups; the table has all."""
BODY_PX = 158
TOP_PX, FOOT_PX, DAYS_PX, RISK_PX = 6, 112, 130, 146
LEFT_PX, RIGHT_PX, WIDE_RIGHT_PX = 66, 100, 168
_WIDE_ROW = 0.86


class _Line(Protocol):
    @property
    def curve(self) -> ReleasedCurve | Held | None: ...


LineT = TypeVar("LineT", bound=_Line)


def drawable(lines: Sequence[LineT]) -> list[tuple[LineT, ReleasedCurve]]:
    """Choose whom to draw: groups with a curve, the largest where there are many, in order."""
    told = [(line, line.curve) for line in lines if isinstance(line.curve, ReleasedCurve)]
    largest = sorted(told, key=lambda drawn: -drawn[1].n)[:MOST]
    return [drawn for drawn in told if drawn in largest]


def not_drawn(lines: Sequence[LineT]) -> tuple[str, ...]:
    """Say how many groups aren't drawn, where some aren't."""
    drawn = len(drawable(lines))
    return () if drawn == len(lines) else (f"{drawn} of {len(lines)} groups drawn, all in table",)


def make(labels: Sequence[Label], axis: str) -> tuple[Canvas, go.Figure]:
    """Make the empty panels, their heights named at the left."""
    canvas = Canvas(tuple(labels), BODY_PX)
    plot = canvas.draw(left=LEFT_PX, right=RIGHT_PX, wide_row=_WIDE_ROW)
    plot.layout.meta["wide"]["margin"]["r"] = WIDE_RIGHT_PX
    plot.update_xaxes(range=[0, HORIZON], showticklabels=False, showgrid=False, title_text=axis)
    named = [
        (place, text)
        for row in range(len(labels))
        for place, text in (
            *((height(canvas, row, k / 100), f"{k} %" if k else "0") for k in (100, 50, 0)),
            (at_px(canvas, row, DAYS_PX), "day"),
            (at_px(canvas, row, RISK_PX), "at risk"),
        )
    ]
    plot.update_yaxes(
        showticklabels=True,
        tickvals=[place for place, _ in named],
        ticktext=[text for _, text in named],
        ticklabelstandoff=16,  # room for the left half of the number at risk on day 0
        tickfont={"size": theme.SMALL_PX, "color": theme.SOFT},
    )
    return canvas, plot


def height(canvas: Canvas, row: int, share: float) -> float:
    """Give the place of a share (0 to 1) in a panel."""
    return at_px(canvas, row, FOOT_PX + share * (TOP_PX - FOOT_PX))


def at_px(canvas: Canvas, row: int, px: float) -> float:
    """Give the place so many pixels under a panel's label."""
    # A thousandth of a row is less than a pixel, and many digits would make the figure heavy.
    return round(canvas.y(row, px / BODY_PX), 3)


def steps(
    canvas: Canvas,
    row: int,
    name: str,
    days: Sequence[int],
    shares: Sequence[float],
    look: Mapping[str, Any],
) -> go.Scatter:
    """Draw a curve of steps up to the horizon; what needn't be said twice keeps it light."""
    told = [day for day in days if day <= HORIZON]
    y = [height(canvas, row, share) for share in shares[: len(told)]]
    if len(set(y)) == 1:
        told, y = [told[0], told[-1]], y[:2]
    daily = told == list(range(len(told)))
    across: dict[str, Any] = {"x0": 0, "dx": 1} if daily else {"x": told}
    return go.Scatter(
        name=name,
        mode="lines",
        y=y,
        hoverinfo="skip",
        **across,
        **look,
    )


def halves(canvas: Canvas, curves: Sequence[ReleasedCurve]) -> list[go.Scatter]:
    """Draw where half is, as far as each curve goes, and mark the day on which it is reached.

    The foot is ruled to the end, so that a curve that stops early is seen to stop.
    """
    feet = [height(canvas, row, 0) for row in range(len(curves))]
    at = [height(canvas, row, 0.5) for row in range(len(curves))]
    ends = [((0.0, y), (float(until(c)), y)) for c, y in zip(curves, at, strict=True)]
    met = [(c.median.day, y) for c, y in zip(curves, at, strict=True) if _is_drawn(c.median.day)]
    line = {"color": theme.INK, "width": 1, "dash": "dot"}
    dot = {"color": theme.SURFACE, "size": 9, "line": {"width": 2, "color": theme.INK}}
    rule = {"color": theme.STRONG_LINE, "width": 1}
    return [
        segments("foot", [((0.0, y), (float(HORIZON), y)) for y in feet], rule),
        segments("half", ends, line),
        go.Scatter(
            name="median",
            mode="markers",
            x=[day for day, _ in met],
            y=[y for _, y in met],
            marker=dot,
            hoverinfo="skip",
            cliponaxis=False,
        ),
    ]


def last_place(curve: ReleasedCurve) -> int:
    """Find where in a curve its last day stands that is drawn."""
    return sum(day <= HORIZON for day in curve.days) - 1


def until(curve: ReleasedCurve) -> int:
    """Give the last of a curve's days that is drawn."""
    return curve.days[last_place(curve)]


def _is_drawn(day: float | None) -> bool:
    return day is not None and day <= HORIZON
