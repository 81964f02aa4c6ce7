"""Upright lines on an axis of dates: what happened on a day, labelled above the panels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

import plotly.graph_objects as go

from reports.figures import theme
from reports.figures.course import Mark

Span = tuple[date, date]
LABEL_PX = 18
"""Height of a label's row."""
WIDTH_PX = 220
"""Width for which labels are spread out: the plot's on a phone."""
NAMELESS = -1
"""The height of a line that has no label: it ends over the panels."""
_THREADS = ("var(--info)", "var(--warning)", theme.FAINT)
"""Colours of courses: none is that of a pain score or of harm."""


def add_line(
    figure: go.Figure, mark: Mark, level: int, span: Span, plot_px: int, *, end: bool
) -> None:
    """Draw a line through all panels, `plot_px` high, its label, if it has one, above them."""
    line = {
        "color": colour_of(mark),
        "width": 3 if end else 1 if mark.thread is None else 2,
        "dash": "solid" if end else "dash",
    }
    foot_of_label = LABEL_PX * (level + 1) + 5
    figure.add_shape(
        type="line",
        x0=mark.on,
        x1=mark.on,
        y0=0,
        y1=1 + foot_of_label / plot_px,
        yref="paper",
        line=line,
        layer="above",
    )
    if not mark.label:
        return
    figure.add_annotation(
        text=escape(mark.label),
        font={"size": theme.SMALL_PX},
        bgcolor=theme.SURFACE,
        x=mark.on,
        xanchor="right" if _share(mark.on, span) > 0.5 else "left",
        y=1,
        yref="paper",
        yanchor="bottom",
        yshift=foot_of_label,
        showarrow=False,
    )


def colour_of(mark: Mark) -> str:
    """Give the colour of a mark: procedures that continue each other share theirs."""
    return theme.INK if mark.thread is None else _THREADS[mark.thread % len(_THREADS)]


def threads_of(marks: Sequence[Mark], top: float) -> list[go.Scatter]:
    """Tie the lines of procedures that continue each other together, under their labels."""
    threads: dict[int, list[Mark]] = {}
    for mark in sorted(marks, key=lambda m: m.on):
        if mark.thread is not None:
            threads.setdefault(mark.thread, []).append(mark)
    return [
        go.Scatter(
            name="course",
            showlegend=False,
            mode="lines+markers",
            x=[mark.on for mark in tied],
            y=[top - 0.35 * place] * len(tied),
            line={"color": colour_of(tied[0]), "width": 3},
            marker={"color": colour_of(tied[0]), "symbol": "square", "size": 8},
            cliponaxis=False,
            hovertext=[" → ".join(escape(mark.label) for mark in tied if mark.label)] * len(tied),
            hoverinfo="text",
        )
        for place, tied in enumerate(threads.values())
    ]


def levels_of(marks: Sequence[Mark], span: Span) -> list[int]:
    """Give each label the lowest height at which it touches no other; `NAMELESS` without one."""
    taken: list[list[tuple[float, float]]] = []
    levels = []
    for mark in marks:
        at, width = _share(mark.on, span), 6.5 * len(mark.label) / WIDTH_PX
        left, right = (at - width, at) if at > 0.5 else (at, at + width)
        if not mark.label:
            levels.append(NAMELESS)
            continue
        level = next(
            (i for i, row in enumerate(taken) if all(right < a or left > b for a, b in row)),
            len(taken),
        )
        if level == len(taken):
            taken.append([])
        taken[level].append((left, right))
        levels.append(level)
    return levels


def _share(day: date, span: Span) -> float:
    return (day - span[0]) / (span[1] - span[0])
