"""Adjusted means and differences: two axes side by side, a row a group, intervals drawn thin."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from reports import wording
from reports import wording_adjusted as words
from reports.disclosure import HELD
from reports.disclosure.adjusted import AdjustedLine, ReleasedAdjusted, ReleasedEstimate
from reports.figures import theme
from reports.figures.figure import Canvas, Figure, Label, hover
from reports.figures.marks import Look, Point, dots, labels, segments, spans
from reports.scope import Scope
from reports.stats.intervals import Quartiles

MOST_DRAWN = 20
"""Groups that are drawn, the largest; the table holds all."""
_GAP = 0.12
_LOOK = Look(theme.ACCENT, "circle")
_DIFFERENCE = "x2"


def adjusted_figure(one: ReleasedAdjusted, scope: Scope, at: str) -> Figure:
    """Draw each group's adjusted mean on the whole scale, and its difference to the reference."""
    basis, lines = one.basis, drawn(one.lines, MOST_DRAWN)
    title = f"{basis.indication.label}: how far do groups differ at {at}, from the same baseline?"
    fewer = len(one.lines) - len(lines)
    subtitle = scope.sentence(
        basis.indication.label.lower(),
        f"at {at}",
        f"{wording.count(basis.n)} procedures of {wording.count(basis.patients)} patients",
        f"average pain over 24 h, adjusted for {words.adjusted_for(basis)}, with 95 % intervals",
        *((f"the {len(lines)} largest groups; the table has {fewer} more",) if fewer else ()),
    )
    canvas = Canvas(tuple(Label(line.group.label, _facts(line)) for line in lines), 22)
    figure = canvas.draw(wide_row=0.8)
    most = _most(lines)
    figure.update_layout(
        xaxis={
            **{"domain": [0, 0.5 - _GAP / 2], "range": [0, 10], "dtick": 5, "tickangle": 0},
            "title": {"text": "Mean, NRS 0-10"},
        },
        xaxis2={
            **{"domain": [0.5 + _GAP / 2, 1], "range": [-most, most], "dtick": _step(most)},
            **{"title": {"text": "Difference, points"}, "anchor": "y", "tickangle": 0},
        },
    )
    figure.layout.meta["wide"]["xaxis"] = {"dtick": 2}
    for trace in _traces(canvas, lines):
        figure.add_trace(trace)
    return Figure(figure, title, subtitle, _aria(one, at))


def drawn(lines: Sequence[AdjustedLine], most: int) -> list[AdjustedLine]:
    """Choose whom to draw: the reference and the largest others, in the page's order."""

    def rank(line: AdjustedLine) -> tuple[bool, int]:
        return line.difference is None, 0 if line.patients is HELD else line.patients

    chosen = sorted(lines, key=rank, reverse=True)[:most]
    return [line for line in lines if line in chosen]


def _traces(canvas: Canvas, lines: Sequence[AdjustedLine]) -> list[go.Scatter]:
    heights = [canvas.y(i, 0.5) for i in range(len(lines))]
    means = [_as_span(line.mean) for line in lines]
    differences = [_as_span(line.difference) for line in lines]
    hovers = [_hover(line) for line in lines]
    pale: dict[str, object] = {"color": theme.LINE, "width": 11}
    middle = [((0.0, canvas.y(i, 0)), (0.0, canvas.y(i, 1))) for i in range(len(lines))]
    right = [
        segments("difference, bounds", _bounds(lines, heights), pale),
        segments("no difference", middle, {"color": theme.STRONG_LINE, "width": 2}),
        spans("difference, interval", heights, differences, theme.ACCENT),
        dots("difference", heights, differences, _LOOK, hovers),
        _reference(lines, heights),
    ]
    for trace in right:
        trace.xaxis = _DIFFERENCE
    return [
        spans("mean, interval", heights, means, theme.ACCENT),
        dots("mean", heights, means, _LOOK, hovers),
        *right,
    ]


def _reference(lines: Sequence[AdjustedLine], heights: Sequence[float]) -> go.Scatter:
    points = [(0.0, y) for line, y in zip(lines, heights, strict=True) if not line.difference]
    return labels("reference", points, [words.REFERENCE] * len(points), theme.SOFT)


def _as_span(found: ReleasedEstimate | None) -> Quartiles | None:
    """Turn an estimate into a dot and its interval."""
    return None if found is None else Quartiles(found.low, found.value, found.high)


def _bounds(lines: Sequence[AdjustedLine], heights: Sequence[float]) -> list[tuple[Point, Point]]:
    """Reach from the difference if the unassessed were best here to that if they were worst."""
    return [
        ((line.lowest, y), (line.highest, y))
        for line, y in zip(lines, heights, strict=True)
        if isinstance(line.lowest, float) and isinstance(line.highest, float)
    ]


def _most(lines: Sequence[AdjustedLine]) -> int:
    """Give the end of the axis of differences: the same to both sides, so that 0 is the middle."""
    ends = [abs(v) for line in lines for v in (line.lowest, line.highest) if isinstance(v, float)]
    ends += [abs(v) for d in (line.difference for line in lines) if d for v in (d.low, d.high)]
    return max(4, math.ceil(max(ends, default=0)))


def _step(most: int) -> int:
    return 2 if most <= 6 else 5


def _facts(line: AdjustedLine) -> str:
    told = f"{wording.count(line.patients)} patients · mean {wording.number(line.mean.value)}"
    if line.difference is None:
        return f"{told} · {words.REFERENCE}"
    return f"{told} · {words.estimate(line.difference, change=True)}"


def _hover(line: AdjustedLine) -> str:
    counted = f"{wording.count(line.n)} procedures of {wording.count(line.patients)} patients"
    told = [line.group.label, counted, f"adjusted mean: {words.estimate(line.mean)}"]
    if line.difference is None:
        return hover(*told, words.REFERENCE)
    return hover(
        *told,
        f"difference: {words.estimate(line.difference, change=True)}",
        f"bounds over those not assessed: {words.bounds(line.lowest, line.highest)}",
    )


def _aria(one: ReleasedAdjusted, at: str) -> str:
    told = "; ".join(
        f"{line.group.label}: mean {words.estimate(line.mean)}, "
        + (
            words.REFERENCE
            if line.difference is None
            else f"difference {words.estimate(line.difference, change=True)}"
        )
        for line in drawn(one.lines, MOST_DRAWN)
    )
    return f"{one.basis.indication.label}: adjusted means and differences at {at}. {told}."
