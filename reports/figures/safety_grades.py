"""Harms by complication and grade: bars of counts, one figure a scheme, for schemes never mix."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from reports import wording
from reports.disclosure import HELD
from reports.disclosure.safety_events import GradeLine, ReleasedGrades, ScaleHarms
from reports.figures import theme
from reports.figures.figure import Canvas, Figure, Label, empty, hover
from reports.figures.legend import legend_px
from reports.names import shortened
from reports.scope import Scope

MOST_DRAWN = 16
_DANGER = "var(--danger)"
_FILLS = (
    theme.Fill("var(--sunken)", outline=theme.STRONG_LINE),
    theme.Fill("var(--state-alive-not-assessed)", outline=theme.STRONG_LINE),
    theme.Fill("var(--warning-line)", outline=theme.STRONG_LINE),
    theme.Fill(_DANGER, "var(--on-danger)", outline=theme.STRONG_LINE),
    theme.Fill(theme.INK, theme.SURFACE, pattern="/", pattern_opacity=0.5),
)
"""From the ground to ink, so that the graver stands out more without colour too."""
_PLAIN = theme.Fill(theme.CLEAR, outline=theme.STRONG_LINE, pattern=".", pattern_colour=theme.FAINT)


def grade_figures(released: ReleasedGrades, scope: Scope) -> tuple[Figure, ...]:
    """Draw one figure for each scheme that was used; one that says so where there is no harm."""
    if not released.scales:
        message = "No harm was recorded after these procedures."
        return (empty(_title(None), scope.sentence("harms by grade"), message),)
    return tuple(_figure(found, scope) for found in released.scales)


def _title(found: ScaleHarms | None) -> str:
    if found is None or not found.scale.is_graded:
        return "Which harms?" if found is None else "Which harms were not graded?"
    return f"Which harms, and how grave by {found.scale.label}?"


def _figure(found: ScaleHarms, scope: Scope) -> Figure:
    title = _title(found)
    more = len(found.lines) > MOST_DRAWN
    count = f"harms {wording.HELD_BACK}" if found.events is HELD else f"n {found.events:,} harms"
    only = f"the {MOST_DRAWN} commonest; the table has all" if more else ""
    subtitle = scope.sentence(*filter(None, (found.scale.label, count, only)))
    lines = [line for line in found.lines if line.events is not HELD][:MOST_DRAWN]
    if not lines:
        return empty(title, subtitle, "There are too few harms to show them by grade.")
    names = [f"{g} {w}" for g, w in zip(found.scale.grades, found.scale.words, strict=True)]
    drawn = [i for i in range(len(names)) if any(x.counts[i] not in (HELD, 0) for x in lines)]
    legend = legend_px(names[i] for i in drawn) if found.scale.is_graded else 6
    canvas = Canvas(tuple(Label(shortened(x.complication), _facts(x)) for x in lines), 22)
    figure = canvas.draw(top=legend, left=14, right=20, wide_top=min(legend, 44), wide_row=0.72)
    figure.update_layout(
        barmode="stack",
        showlegend=found.scale.is_graded,
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "normal"},
    )
    end = max(_events(line) for line in lines)
    figure.update_xaxes(range=[0, 1.02 * end], title_text="Harms", dtick=_step(end))
    for i in drawn:
        fill = _FILLS[i] if found.scale.is_graded else _PLAIN
        figure.add_trace(_segment(canvas, lines, i, names[i], fill))
    if any(_rest(line) for line in lines):
        figure.add_trace(_held(canvas, lines))
    return Figure(figure, title, subtitle, _aria(found, lines))


def _step(end: int) -> int:
    return next(step for step in (1, 2, 5, 10, 20, 50, 100, 10**6) if end <= 8 * step)


def _events(line: GradeLine) -> int:
    return 0 if line.events is HELD else line.events


def _rest(line: GradeLine) -> int:
    """Count what is in the bar but in no grade that is shown; rounding alone is no rest."""
    if HELD not in line.counts:
        return 0
    return max(_events(line) - sum(n for n in line.counts if n is not HELD), 0)


def _facts(line: GradeLine) -> str:
    return "1 harm" if line.events == 1 else f"{_events(line):,} harms"


def _segment(
    canvas: Canvas, lines: Sequence[GradeLine], grade: int, name: str, fill: theme.Fill
) -> go.Bar:
    told = [line.counts[grade] for line in lines]
    counts = [0 if n is HELD else n for n in told]
    hovers = [
        hover(line.complication, f"{name}: {wording.of(n, _events(line))}")
        for line, n in zip(lines, counts, strict=True)
    ]
    return _bar(canvas, name, fill, counts, hovers)


def _held(canvas: Canvas, lines: Sequence[GradeLine]) -> go.Bar:
    hovers = [hover(x.complication, "Grades with few harms: held back") for x in lines]
    return _bar(canvas, "Held back", theme.HELD_FILL, [_rest(x) for x in lines], hovers)


def _bar(
    canvas: Canvas, name: str, fill: theme.Fill, counts: Sequence[int], hovers: Sequence[str]
) -> go.Bar:
    return go.Bar(
        name=name,
        orientation="h",
        y=[canvas.y(i, 0.5) for i in range(len(counts))],
        x=list(counts),
        width=canvas.height(0.95),
        meta={"wide": {"width": 0.42}},
        marker=fill.marker,
        text=[str(n) if n else "" for n in counts],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        insidetextfont={"color": fill.text, "size": theme.SMALL_PX},
        hovertext=list(hovers),
        hoverinfo="text",
    )


def _aria(found: ScaleHarms, lines: Sequence[GradeLine]) -> str:
    told = "; ".join(
        f"{line.complication} {_facts(line)}"
        + "".join(
            f", {grade} {word}: {wording.count(n)}"
            for grade, word, n in zip(
                found.scale.grades, found.scale.words, line.counts, strict=True
            )
            if n
        )
        for line in lines
    )
    return f"Harms by complication, {found.scale.label}. {told}."
