"""Whose doses could be compared: one bar a group, complete pairs first, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from registry.domain.windows import Window
from reports import wording
from reports.disclosure import HELD, Released
from reports.disclosure.pairs import PairsLine
from reports.figures import theme
from reports.figures.figure import Canvas, Figure, Label, hover, instead
from reports.scope import Scope

_PALE = theme.Fill(
    theme.SURFACE,
    outline=theme.STRONG_LINE,
    pattern="\\",
    pattern_colour=theme.STRONG_LINE,
    pattern_opacity=0.35,
)
_PARTS: dict[str, tuple[str, theme.Fill]] = {
    "complete": ("Complete pair", theme.Fill(theme.ACCENT, "var(--on-accent)")),
    "incomplete": ("Incomplete", theme.Fill("var(--state-non-responder)", theme.DARK_TEXT)),
    "neuraxial": (
        "Neuraxial, apart",
        theme.Fill(
            "var(--state-died-before)", "var(--on-accent)", pattern="/", pattern_opacity=0.35
        ),
    ),
    "no_regimen": ("No regimen", _PALE),
}
LEGEND_PX = 52
WIDE_LEGEND_PX = 36
WIDE_BAR = 0.44


def pairs_figure(released: Released[PairsLine], scope: Scope, window: Window) -> Figure:
    """Draw how many of the treated have doses that can be compared at a window."""
    lines = released.at(window)
    title = f"Whose opioid doses could be compared at {window.label}?"
    subtitle = scope.sentence(
        f"at {window.label}",
        f"treated: {wording.total(line.treated for line in lines)}",
        wording.NEURAXIAL.removesuffix("."),
    )
    if nothing := instead(title, subtitle, [line.complete is not HELD for line in lines]):
        return nothing
    canvas = Canvas(tuple(Label(line.group.label, _facts(line)) for line in lines), 24)
    figure = canvas.draw(top=LEGEND_PX, left=14, right=28, wide_top=WIDE_LEGEND_PX)
    legend = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "normal"}
    figure.update_layout(
        barmode="stack",
        showlegend=True,
        legend={**legend, "entrywidth": 104, "font": {"size": 11}},
    )
    figure.update_xaxes(range=[0, 100.4], dtick=25, ticksuffix=" %", title_text="of the treated")
    for part in _PARTS:
        if any(_count(line, part) for line in lines):
            figure.add_trace(_segment(canvas, lines, part))
    if any(_hidden(line) for line in lines):
        figure.add_trace(_held(canvas, lines))
    return Figure(figure, title, subtitle, _aria(lines, window))


def _facts(line: PairsLine) -> str:
    if line.complete is HELD:
        return f"complete pairs: {wording.HELD_BACK}"
    if line.treated is HELD:
        return f"{wording.count(line.complete)} complete; treated: {wording.HELD_BACK}"
    return f"{wording.of(line.complete, line.treated)} treated can be compared"


def _count(line: PairsLine, part: str) -> int:
    value = getattr(line, part)
    return 0 if value is HELD else int(value)


def _known(line: PairsLine) -> int:
    return sum(_count(line, part) for part in _PARTS)


def _base(line: PairsLine) -> int:
    """Count whom the bar stands for; rounded parts may come to a little more than the treated."""
    return max(0 if line.treated is HELD else line.treated, _known(line))


def _hidden(line: PairsLine) -> float:
    """Give the share of the bar that is held back, in percent."""
    if not any(getattr(line, part) is HELD for part in _PARTS):
        return 0.0
    return 100 * (1 - _known(line) / _base(line)) if _base(line) else 100.0


def _share(line: PairsLine, part: str) -> float:
    return 100 * _count(line, part) / _base(line) if _base(line) else 0.0


def _segment(canvas: Canvas, lines: Sequence[PairsLine], part: str) -> go.Bar:
    label, fill = _PARTS[part]
    shares = [_share(line, part) for line in lines]
    counts = [f"{_count(line, part):,}" for line in lines]
    hovers = [
        hover(line.group.label, f"{label}: {wording.of(getattr(line, part), line.treated)}")
        for line in lines
    ]
    return _bar(canvas, label, fill, shares, counts, hovers)


def _held(canvas: Canvas, lines: Sequence[PairsLine]) -> go.Bar:
    said = "Small numbers, and what would give them away: held back"
    hovers = [hover(line.group.label, said) for line in lines]
    texts = [wording.HELD_BACK] * len(lines)
    shares = [_hidden(line) for line in lines]
    return _bar(canvas, "Held back", theme.HELD_FILL, shares, texts, hovers)


def _bar(
    canvas: Canvas,
    name: str,
    fill: theme.Fill,
    shares: Sequence[float],
    texts: Sequence[str],
    hovers: Sequence[str],
) -> go.Bar:
    return go.Bar(
        name=name,
        orientation="h",
        y=[canvas.y(i, 0.45) for i in range(len(shares))],
        x=[round(share, 2) for share in shares],
        width=canvas.height(0.9),
        meta={"wide": {"width": WIDE_BAR}},
        marker=fill.marker,
        text=[
            text if share >= 5 + 2 * len(text) else ""
            for text, share in zip(texts, shares, strict=True)
        ],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        insidetextfont={"color": fill.text, "size": theme.SMALL_PX},
        hovertext=list(hovers),
        hoverinfo="text",
    )


def _aria(lines: Sequence[PairsLine], window: Window) -> str:
    told = "; ".join(
        f"{line.group.label}: {wording.count(line.complete)} complete, "
        f"{wording.count(line.incomplete)} incomplete, {wording.count(line.neuraxial)} neuraxial, "
        f"{wording.count(line.no_regimen)} without a regimen"
        for line in lines
    )
    return f"Treated procedures by what is known of their doses at {window.label}. {told}."
