"""A patient's course in one figure: pain above, opioid dose below, and what was done to them.

Record-level: for those who may read the record. Nothing here is released or held back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from reports.figures import theme
from reports.figures.course import Course, DosePoint, Mark, Relief, ScorePoint
from reports.figures.figure import BOLD, Figure, empty, hover
from reports.figures.legend import legend_px
from reports.figures.uprights import LABEL_PX, Span, add_line, levels_of, threads_of
from reports.wording import number

TITLE = "Course"
PAIN_PX, DOSE_PX, GAP_PX, AXIS_PX = 270, 130, 48, 44
INNER_PX = PAIN_PX + GAP_PX + DOSE_PX
HIGHEST_PAIN = 10.4
EVENT_ROW = -0.9
"""Adverse events lie under the scale of pain, where no score can be."""

_KINDS = (
    (theme.ACCENT, "solid", "circle"),
    (theme.SOFT, "dash", "diamond"),
    (theme.FAINT, "dot", "square"),
    (theme.STRONG_LINE, "dashdot", "triangle-up"),
)


def timeline_figure(course: Course) -> Figure:
    """Draw a course on one axis of dates: pain on 0-10 above, systemic MEDD below."""
    days = course.days
    if not days:
        message = "Nothing on the timeline yet.\nLog a procedure or add an assessment."
        return empty(TITLE, "Pain, opioid dose and procedures", message)
    pad = max(timedelta(days=2), (days[-1] - days[0]) / 30)
    span = days[0] - pad, days[-1] + pad
    marks = sorted(course.procedures, key=lambda mark: mark.on)
    if course.died_on is not None:
        marks.append(Mark(course.died_on, f"Died {_day(course.died_on)}"))
    levels = levels_of(marks, span)
    figure = _panels(course, 1 + max(levels, default=-1), span)
    upper = [
        *_scores(course.scores),
        *_adverse_events(course.adverse_events),
        *threads_of(course.procedures, HIGHEST_PAIN),
    ]
    for row, traces in ((1, upper), (2, _doses(course.doses))):
        for trace in (_unseen(span), *traces):
            figure.add_trace(trace, row=row, col=1)
    for relief in course.reliefs:
        _add_band(figure, relief)
    for place, (mark, level) in enumerate(zip(marks, levels, strict=True), start=1):
        died = course.died_on is not None and place == len(marks)
        add_line(figure, mark, level, span, INNER_PX, end=died)
    return Figure(figure, TITLE, _subtitle(course, days), _aria(course))


def _panels(course: Course, label_rows: int, span: Span) -> go.Figure:
    highest = 1.15 * max((point.mg for point in course.doses), default=0) or 110
    top = legend_px(point.kind for point in course.scores) + 5 + LABEL_PX * (label_rows + 1)
    figure = make_subplots(
        rows=2,
        cols=1,
        shared_xaxes=True,
        row_heights=[PAIN_PX, DOSE_PX],
        vertical_spacing=GAP_PX / INNER_PX,
    )
    figure.update_layout(
        template=theme.TEMPLATE,
        height=top + INNER_PX + AXIS_PX,
        margin={"t": top, "r": 28, "b": AXIS_PX, "l": 36},
        showlegend=bool(course.scores),
        legend={"orientation": "h", "yref": "container", "y": 1, "yanchor": "top", "x": 0},
    )
    figure.update_xaxes(
        type="date", range=list(span), tickformat="%-d %b\n%Y", nticks=5, tickangle=0
    )
    figure.update_yaxes(range=[-1.5, HIGHEST_PAIN], tickvals=list(range(0, 11, 2)), row=1, col=1)
    figure.update_yaxes(range=[0, highest], nticks=5, row=2, col=1)
    _name(figure, "y domain", "Pain, NRS 0-10", course.scores)
    _name(figure, "y2 domain", "Systemic MEDD, mg/24 h oral morphine", course.doses)
    return figure


def _unseen(span: Span) -> go.Scatter:
    """Hold a panel open: Plotly draws none without a trace."""
    return go.Scatter(
        name="panel",
        mode="markers",
        x=[span[0]],
        y=[0],
        marker={"opacity": 0},
        hoverinfo="skip",
        showlegend=False,
    )


def _name(figure: go.Figure, panel: str, text: str, points: Sequence[object]) -> None:
    """Write what a panel measures over its upper left corner, and when nothing was measured."""
    figure.add_annotation(
        text=text,
        bgcolor=theme.SURFACE,
        font={"size": theme.SMALL_PX, "weight": BOLD},
        x=0,
        xref="paper",
        xshift=-28,
        xanchor="left",
        y=1,
        yref=panel,
        yanchor="bottom",
        yshift=5,
        showarrow=False,
    )
    if not points:
        figure.add_annotation(
            text="none recorded",
            font={"color": theme.SOFT},
            bgcolor=theme.SURFACE,
            x=0.5,
            xref="paper",
            y=0.5,
            yref=panel,
            showarrow=False,
        )


def _scores(scores: Sequence[ScorePoint]) -> list[go.Scatter]:
    """Draw one line a kind; kinds are never joined."""
    kinds = list(dict.fromkeys(point.kind for point in scores))
    return [
        _score_line(kind, sorted((p for p in scores if p.kind == kind), key=lambda p: p.on), i)
        for i, kind in enumerate(kinds)
    ]


def _score_line(kind: str, points: Sequence[ScorePoint], place: int) -> go.Scatter:
    colour, dash, symbol = _KINDS[place % len(_KINDS)]
    return go.Scatter(
        name=kind,
        mode="lines+markers",
        x=[p.on for p in points],
        y=[p.score for p in points],
        line={"color": colour, "dash": dash, "width": 2},
        marker={"color": colour, "symbol": symbol, "size": 9},
        hovertext=[hover(_day(p.on), f"{kind}: {p.score}") for p in points],
        hoverinfo="text",
    )


def _add_band(figure: go.Figure, relief: Relief) -> None:
    """Shade the days of a relief behind the scores."""
    figure.add_shape(
        type="rect",
        x0=relief.since,
        x1=relief.until,
        y0=0,
        y1=10,
        xref="x",
        yref="y",
        fillcolor="var(--state-responder)",
        opacity=0.14,
        line={"width": 0},
        layer="below",
    )


def _doses(doses: Sequence[DosePoint]) -> list[go.Scatter]:
    """Draw the dose as steps; a dot is open where not every opioid could be converted."""
    points = sorted(doses, key=lambda p: p.on)
    if not points:
        return []
    known = ["" if p.complete else "at least " for p in points]
    return [
        go.Scatter(
            name="systemic MEDD",
            showlegend=False,
            mode="lines+markers",
            x=[p.on for p in points],
            y=[p.mg for p in points],
            line={"color": theme.SOFT, "width": 1.5, "shape": "hv"},
            marker={
                "color": [theme.SOFT if p.complete else theme.SURFACE for p in points],
                "line": {"color": theme.SOFT, "width": 2},
                "size": 9,
            },
            hovertext=[
                hover(_day(p.on), f"{least}{number(p.mg)} mg/24 h oral morphine")
                for p, least in zip(points, known, strict=True)
            ],
            hoverinfo="text",
        )
    ]


def _adverse_events(events: Sequence[Mark]) -> list[go.Scatter]:
    if not events:
        return []
    mark = {"symbol": "triangle-up", "size": 11, "color": "var(--danger)"}
    return [
        go.Scatter(
            name="adverse event",
            showlegend=False,
            mode="markers",
            x=[event.on for event in events],
            y=[EVENT_ROW] * len(events),
            marker=mark,
            hovertext=[hover(_day(event.on), f"adverse event: {event.label}") for event in events],
            hoverinfo="text",
        )
    ]


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _subtitle(course: Course, days: Sequence[date]) -> str:
    parts = [f"{_day(days[0])} to {_day(days[-1])}"]
    if course.reliefs:
        parts.append("shaded: relief, pain down by 30 % or more")
    if any(mark.thread is not None for mark in course.procedures):
        parts.append("joined by a line: procedures that continue each other")
    if course.adverse_events:
        parts.append("triangles: adverse events")
    if not all(point.complete for point in course.doses):
        parts.append("open dots: not every opioid could be converted")
    return " · ".join(parts)


def _aria(course: Course) -> str:
    parts = [
        f"{len(course.scores)} pain scores",
        f"{len(course.doses)} opioid doses",
        f"{len(course.procedures)} procedures",
        f"{len(course.adverse_events)} adverse events",
    ]
    died = "" if course.died_on is None else f"; died on {_day(course.died_on)}"
    return f"Course of a patient: {', '.join(parts)}{died}."
