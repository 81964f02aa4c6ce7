"""The words of panels over days: those at risk, what each curve came to, what a pointer says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from reports.disclosure import HELD, Count
from reports.disclosure.curves import TABLE_DAYS, ReleasedCurve
from reports.figures import theme
from reports.figures.figure import Canvas
from reports.figures.marks import TEXT_GAP_PX
from reports.figures.relief_panels import (
    DAYS_PX,
    FOOT_PX,
    RISK_PX,
    TOP_PX,
    at_px,
    height,
    until,
)

_FEWER_DAYS, _FEWEST_DAYS = (0, 28, 60, 90, 180), (0, 60, 180)
"""Where there is little room, or numbers are long, those at risk are counted on these only."""
_APART = 15 / (FOOT_PX - TOP_PX)
_LOWEST = 8 / (FOOT_PX - TOP_PX)
"""Words at a curve's end keep this distance, as a share of the panel's height."""


@dataclass(frozen=True, slots=True)
class End:
    """What is written at the end of a curve: beside a share of its height, short for a phone."""

    share: float
    short: str
    long: str


def counted(canvas: Canvas, curves: Sequence[ReleasedCurve]) -> list[go.Scatter]:
    """Write the days under each panel, and those at risk on them: on a wide screen more of them."""
    longest = max(curve.n for curve in curves)
    narrow = _counts(canvas, curves, _FEWER_DAYS if longest < 100 else _FEWEST_DAYS)
    wide = _counts(canvas, curves, TABLE_DAYS if longest < 1000 else _FEWER_DAYS)
    font = {"size": theme.SMALL_PX}
    return [
        go.Scatter(
            name=name,
            mode="text",
            **narrow[name],
            meta={"wide": wide[name]},
            textfont=font | {"color": colour},
            hoverinfo="skip",
            cliponaxis=False,
        )
        for name, colour in (("days", theme.SOFT), ("at risk", theme.INK))
    ]


def _counts(
    canvas: Canvas, curves: Sequence[ReleasedCurve], days: Sequence[int]
) -> dict[str, dict[str, Any]]:
    cells = [(row, curve, day) for row, curve in enumerate(curves) for day in days]
    x = [day for _, _, day in cells]
    return {
        "days": {
            "x": x,
            "y": [at_px(canvas, row, DAYS_PX) for row, _, _ in cells],
            "text": [str(day) for day in x],
        },
        "at risk": {
            "x": x,
            "y": [at_px(canvas, row, RISK_PX) for row, _, _ in cells],
            "text": [_short(curve.at_risk[day]) for _, curve, day in cells],
        },
    }


def _short(count: Count) -> str:
    """Say a count where there is no room for words."""
    return "few" if count is HELD else str(count)


def written(
    canvas: Canvas, curves: Sequence[ReleasedCurve], ends: Sequence[Sequence[End]]
) -> go.Scatter:
    """Write what each curve came to beside its end, no word over another."""
    spread = [_spread(some) for some in ends]
    placed = [
        (curve, row, place, end)
        for row, (curve, some) in enumerate(zip(curves, spread, strict=True))
        for place, end in some
    ]
    return go.Scatter(
        name="ends",
        mode="markers+text",
        marker={"size": 2 * TEXT_GAP_PX, "opacity": 0},
        x=[until(curve) for curve, _, _, _ in placed],
        y=[height(canvas, row, place) for _, row, place, _ in placed],
        text=[end.short for _, _, _, end in placed],
        meta={"wide": {"text": [end.long for _, _, _, end in placed]}},
        textposition="middle right",
        textfont={"size": theme.SMALL_PX, "color": theme.INK},
        hoverinfo="skip",
        cliponaxis=False,
    )


def _spread(ends: Sequence[End]) -> list[tuple[float, End]]:
    """Move words apart: upwards from the foot, then down again from the top."""
    places: list[float] = []
    rising = sorted(ends, key=lambda end: end.share)
    for end in rising:
        places.append(max([end.share, _LOWEST, *(p + _APART for p in places[-1:])]))
    limit = 1.0
    for i in reversed(range(len(places))):
        places[i] = min(places[i], limit)
        limit = places[i] - _APART
    return list(zip(places, rising, strict=True))


def hovers(
    canvas: Canvas, curves: Sequence[ReleasedCurve], said: Sequence[Mapping[int, str]]
) -> go.Scatter:
    """Say the table's words of its days, where the pointer comes near the curve on one of them."""
    points = [
        (day, height(canvas, row, curve.free[place]), words[day])
        for row, (curve, words) in enumerate(zip(curves, said, strict=True))
        for day in TABLE_DAYS
        if (place := curve.place(day)) is not None
    ]
    return go.Scatter(
        name="days told",
        mode="markers",
        x=[day for day, _, _ in points],
        y=[y for _, y, _ in points],
        marker={"size": 14, "opacity": 0},
        hovertext=[words for _, _, words in points],
        hoverinfo="text",
    )
