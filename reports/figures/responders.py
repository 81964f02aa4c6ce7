"""Responder dots: three definitions side by side, each with its Wilson interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from registry.domain.windows import Window
from reports import wording
from reports.disclosure import HELD, Held, Released, ResponderLine
from reports.figures import theme
from reports.figures.figure import Canvas, Figure, Label, hover, instead
from reports.figures.marks import Look, Point, dots, labels, notes, segments, spans
from reports.groups import Group
from reports.scope import Scope
from reports.stats.intervals import Proportion, Quartiles
from reports.stats.responders import DEFINITIONS, Definition

_LOOKS = {
    "nrs30": Look(theme.ACCENT, "circle"),
    "nrs50": Look(theme.SOFT, "square"),
    "nrs2": Look(theme.SOFT, "diamond"),
}


def responder_figure(released: Released[ResponderLine], scope: Scope, window: Window) -> Figure:
    """Draw each group's responders among those assessed, in percent."""
    lines = released.at(window)
    title = f"How many respond at {window.label}?"
    subtitle = scope.sentence(
        f"at {window.label}",
        "pain down by ≥ 30 %, ≥ 50 %, ≥ 2 points, of those assessed, with 95 % interval",
        "pale: if none, or all, of those not assessed had responded",
    )
    if nothing := instead(title, subtitle, [line.n is not HELD for line in lines]):
        return nothing
    groups = list(dict.fromkeys(line.group for line in lines))
    by_group = {g: [line for line in lines if line.group == g] for g in groups}
    canvas = Canvas(tuple(Label(g.label, _facts(by_group[g][0])) for g in groups), 66)
    figure = canvas.draw(right=116, wide_row=0.72)
    figure.update_xaxes(range=[0, 100], dtick=25, ticksuffix=" %", title_text="Responders")
    for place, definition in enumerate(DEFINITIONS):
        own = [by_group[g][place] for g in groups]
        heights = [canvas.y(i, 0.12 + 0.3 * place) for i in range(len(groups))]
        for trace in _traces(definition, own, heights):
            figure.add_trace(trace)
    figure.add_trace(notes(canvas, [_note(by_group[g][0]) for g in groups], at=0))
    return Figure(figure, title, subtitle, _aria(by_group, window))


def _traces(
    definition: Definition, lines: Sequence[ResponderLine], heights: Sequence[float]
) -> list[go.Scatter]:
    look = _LOOKS[definition.slug]
    values = [_percents(line.response) for line in lines]
    pale: dict[str, object] = {"color": theme.LINE, "width": 11}
    told = [
        "" if not line.n or line.n is HELD else f"{definition.short}: {_percent(line.response)}"
        for line in lines
    ]
    return [
        segments(f"{definition.slug}, bounds", _bounds(lines, heights), pale),
        spans(f"{definition.slug}, interval", heights, values, look.colour),
        dots(definition.slug, heights, values, look, [_hover(line) for line in lines]),
        labels(f"{definition.slug}, words", [(100, y) for y in heights], told, look.colour),
    ]


def _percents(response: Proportion | Held) -> Quartiles | None:
    """Turn a proportion into a point and its interval, in percent."""
    if response is HELD or response.value is None:
        return None
    interval = response.interval
    low, high = (100 * interval.low, 100 * interval.high) if interval else (None, None)
    return Quartiles(low, 100 * response.value, high)


def _percent(response: Proportion | Held) -> str:
    return wording.HELD_BACK if response is HELD else wording.percent(response.value)


def _bounds(lines: Sequence[ResponderLine], heights: Sequence[float]) -> list[tuple[Point, Point]]:
    """Reach from the proportion if none of the unassessed responded to that if all did."""
    return [
        ((100 * line.worst, y), (100 * line.best, y))
        for line, y in zip(lines, heights, strict=True)
        if isinstance(line.worst, float) and isinstance(line.best, float)
    ]


def _facts(line: ResponderLine) -> str:
    if line.n is HELD:
        return f"assessed: {wording.HELD_BACK}"
    if line.unassessed is HELD:
        return f"{line.n:,} assessed; alive, not assessed: {wording.HELD_BACK}"
    return f"{line.n:,} assessed of {line.n + line.unassessed:,} alive and due"


def _note(line: ResponderLine) -> str:
    if line.n is HELD:
        return wording.HELD_BACK
    return "" if line.n else "nobody assessed"


def _hover(line: ResponderLine) -> str:
    return hover(
        f"{line.group.label}, {line.definition.label}",
        wording.responders(line.response),
        wording.response(line.response),
        f"if none of the {wording.count(line.unassessed)} not assessed responded: "
        f"{wording.percent(line.worst)}",
        f"if all of them did: {wording.percent(line.best)}",
    )


def _aria(by_group: Mapping[Group, Sequence[ResponderLine]], window: Window) -> str:
    told = "; ".join(
        f"{group.label}: "
        + ", ".join(f"{line.definition.label} {wording.response(line.response)}" for line in lines)
        for group, lines in by_group.items()
    )
    return f"Responders among those assessed at {window.label}, with 95 % intervals. {told}."
