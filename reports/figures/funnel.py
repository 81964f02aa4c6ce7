"""Funnel plots: every unit by its size, against what chance gives about the pooled proportion."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from reports import wording
from reports.disclosure.units import FEWEST_UNITS, ReleasedFunnel, UnitLine
from reports.figures import theme
from reports.figures.figure import Figure, empty, hover
from reports.funnel_words import BEYOND, FunnelWords, limits_in_words
from reports.scope import Scope
from reports.stats.funnel import Beyond, Limits, funnel_limits

_HEIGHT = 380
_STEPS = 90
_NEARLY_ALL = 0.6
"""An axis that would reach further than this reaches to 100 %."""
MOST_HOVERED = 250
"""Only the largest units say their words on hover, so that a figure stays small."""


def funnel_figure(released: ReleasedFunnel, words: FunnelWords, scope: Scope) -> Figure:
    """Draw the funnel: units beyond the limits are named, all say their numbers on hover."""
    n = sum(line.n for line in released.lines)
    units = f"{len(released.lines)} {released.unit}{'' if len(released.lines) == 1 else 's'}"
    subtitle = scope.sentence(*words.facts, f"{units}, n {n:,}")
    if released.target is None:
        return empty(words.title, subtitle, _why_empty(released))
    figure = _axes(released, words)
    for trace in (*_limit_lines(released), *_points(released, words)):
        figure.add_trace(trace)
    for note in _line_names(released):
        figure.add_annotation(**note)
    return Figure(figure, words.title, subtitle, _aria(released, words))


def _why_empty(released: ReleasedFunnel) -> str:
    if released.left_out:
        return f"Too few {released.unit}s have numbers\nlarge enough to be shown here."
    if not released.lines:
        return f"No {released.unit} has anything to count yet."
    return f"A funnel needs at least {FEWEST_UNITS} {released.unit}s\nto hold against each other."


def _largest(released: ReleasedFunnel) -> float:
    return 1.08 * max(line.n for line in released.lines)


def _axes(released: ReleasedFunnel, words: FunnelWords) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        template=theme.TEMPLATE, height=_HEIGHT, margin={"t": 12, "r": 86, "b": 48, "l": 56}
    )
    figure.update_xaxes(
        range=[0, _largest(released)],
        title_text=words.whole.capitalize(),
        showgrid=False,
        zeroline=True,
    )
    top = 100 * _top(released)
    figure.update_yaxes(
        range=[-0.02 * top, 1.02 * top], ticksuffix=" %", title_text=words.share.capitalize()
    )
    return figure


def _top(released: ReleasedFunnel) -> float:
    """End the axis over every unit, and over the limits of all but the smallest units."""
    highest = max(line.value for line in released.lines)
    limits = sorted(line.high_99_8 or 0.0 for line in released.lines)
    top = max(1.15 * highest, limits[len(limits) // 2], 0.02)
    return 1.0 if top > _NEARLY_ALL else top


def _limit_lines(released: ReleasedFunnel) -> list[go.Scatter]:
    spread = np.geomspace(1, max(_largest(released), 2), _STEPS).round()
    sizes = np.unique(spread).astype(int).tolist()
    stretch = (released.dispersion or 1.0) if released.widened else 1.0
    limits = funnel_limits(sizes, released.target or 0.0, dispersion=stretch)
    lines = [
        _line("99.8 %, low", sizes, [x.low_99_8 for x in limits], "solid"),
        _line("95 %, low", sizes, [x.low_95 for x in limits], "dash"),
        _line("95 %, high", sizes, [x.high_95 for x in limits], "dash"),
        _line("99.8 %, high", sizes, [x.high_99_8 for x in limits], "solid"),
    ]
    ends, target = [0.0, float(_largest(released))], [released.target or 0.0] * 2
    return [*lines, _line("all together", ends, target, "dot")]


def _line(name: str, sizes: Sequence[float], shares: Sequence[float], dash: str) -> go.Scatter:
    return go.Scatter(
        name=name,
        mode="lines",
        x=[float(n) for n in sizes],
        y=[round(100 * share, 2) for share in shares],
        line={"color": theme.STRONG_LINE, "width": 1.3, "dash": dash},
        hoverinfo="skip",
    )


def _line_names(released: ReleasedFunnel) -> list[dict[str, object]]:
    """Name the lines at their right ends, a name that would touch another left out."""
    target, size = released.target or 0.0, round(_largest(released))
    stretch = (released.dispersion or 1.0) if released.widened else 1.0
    (at_end,) = funnel_limits([size], target, dispersion=stretch)
    whole = f"all {wording.rare_percent(target)}"
    told: list[tuple[float, str]] = [(target, whole), *_named(at_end)]
    gap, kept = 0.055 * _top(released), list[tuple[float, str]]()
    for height, name in told:
        if all(abs(height - other) > gap for other, _ in kept):
            kept.append((height, name))
    return [
        {
            "text": name,
            "x": 1,
            "xref": "paper",
            "xanchor": "left",
            "xshift": 6,
            "y": 100 * height,
            "showarrow": False,
            "font": {"size": theme.SMALL_PX, "color": theme.SOFT},
        }
        for height, name in kept
        if 0 < height <= _top(released)
    ]


def _named(limits: Limits) -> list[tuple[float, str]]:
    return [
        (limits.high_99_8, "99.8 % limit"),
        (limits.low_99_8, "99.8 % limit"),
        (limits.high_95, "95 % limit"),
        (limits.low_95, "95 % limit"),
    ]


def _points(released: ReleasedFunnel, words: FunnelWords) -> list[go.Scatter]:
    looks = (
        (Beyond.NOTHING, theme.ACCENT, "circle", 10),
        (Beyond.LIMITS_95, "var(--warning)", "diamond", 13),
        (Beyond.LIMITS_99_8, "var(--danger)", "square", 13),
    )
    said = {line.unit for line in released.lines[:MOST_HOVERED]}
    return [
        _dots(
            [line for line in released.lines if line.beyond is beyond],
            {"color": colour, "symbol": symbol, "size": size},
            said,
            words,
        )
        for beyond, colour, symbol, size in looks
    ]


def _dots(
    lines: Sequence[UnitLine], marker: dict[str, object], said: set[str], words: FunnelWords
) -> go.Scatter:
    named = [line.unit if line.beyond is not Beyond.NOTHING else "" for line in lines]
    return go.Scatter(
        name=BEYOND[lines[0].beyond] if lines else "none",
        mode="markers+text",
        x=[line.n for line in lines],
        y=[round(100 * line.value, 2) for line in lines],
        marker={**marker, "line": {"width": 1.5, "color": theme.SURFACE}},
        text=named,
        textposition=[_place(line, lines) for line in lines],
        textfont={"size": theme.SMALL_PX, "color": theme.INK},
        hovertext=[unit_hover(line, words) if line.unit in said else line.unit for line in lines],
        hoverinfo="text",
        cliponaxis=False,
    )


def _place(line: UnitLine, lines: Sequence[UnitLine]) -> str:
    """Put a name on the outer side of the funnel; inwards where it would leave the drawing."""
    side = "top" if line.target is None or line.value > line.target else "bottom"
    return f"{side} center" if line.n < 0.8 * max(x.n for x in lines) else f"{side} left"


def unit_hover(line: UnitLine, words: FunnelWords) -> str:
    """Say a unit's numbers, its limits and whether it is beyond them."""
    return hover(
        line.unit,
        f"{words.share}: {wording.of(line.k, line.n)} ({wording.rare_percent(line.value)})",
        f"95 % limits at this size: {limits_in_words(line.low_95, line.high_95)}",
        BEYOND[line.beyond],
    )


def _aria(released: ReleasedFunnel, words: FunnelWords) -> str:
    told = "; ".join(
        f"{line.unit} {wording.of(line.k, line.n)}, {BEYOND[line.beyond]}"
        for line in released.lines
    )
    target = wording.rare_percent(released.target)
    return f"{words.share} by {released.unit}, about {target} in all together. {told}."
