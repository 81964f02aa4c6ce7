"""The control chart: points in order of time, centre line and limits, and each signal in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import plotly.graph_objects as go

from reports.disclosure.over_time_points import ReleasedTimes, TimeLine
from reports.figures import theme
from reports.figures.chart_labels import LABEL_PX, signal_labels
from reports.figures.figure import NO_PROCEDURES, Figure, empty, hover
from reports.stats.over_time_months import last_day
from reports.wording_over_time import limits, say_signal

PLOT_PX = 250
AXIS_PX = 40
TOP_PX = 16
RIGHT_PX = 70
_MARGIN = timedelta(days=5)
_FEW_MONTHS = 5


@dataclass(frozen=True, slots=True)
class Series:
    """What is charted: title and subtitle, the axis' range, and how a value is said.

    `scale` is what a value is drawn in: 100 for a proportion in percent. `span` is the axis' fixed
    range; None starts it at 0 and ends it above the highest. `middle` names the centre line,
    `facts` what a hover says besides.
    """

    title: str
    subtitle: str
    say: Callable[[float], str]
    facts: Callable[[TimeLine], tuple[str, ...]]
    scale: float = 1.0
    span: tuple[float, float] | None = None
    suffix: str = ""
    middle: str = "mean"


TOO_FEW = "Too few to show how it goes over time.\nWiden the dates or take a filter away."


def control_chart(released: ReleasedTimes, series: Series, nothing: str = NO_PROCEDURES) -> Figure:
    """Draw a released control chart; `nothing` says why where there is no point at all."""
    if not released.lines:
        message = TOO_FEW if released.too_few else nothing
        return empty(series.title, series.subtitle, message)
    low, high = series.span or (0.0, _top(released.lines))
    heights = [(line.value * series.scale - low) / (high - low) for line in released.lines]
    words, ties, rows = signal_labels(released, _days(released.lines), heights, PLOT_PX)
    top = TOP_PX + rows * LABEL_PX
    figure = go.Figure()
    figure.update_layout(
        template=theme.TEMPLATE,
        height=top + PLOT_PX + AXIS_PX,
        margin={"t": top, "r": RIGHT_PX, "b": AXIS_PX, "l": 40},
        annotations=[*words, *_line_labels(released.lines, series)],
        shapes=ties,
    )
    figure.update_xaxes(
        type="date",
        range=_reach(released.lines),
        showgrid=False,
        nticks=5,
        dtick="M1" if _months(released.lines) < _FEW_MONTHS else None,
        tickangle=0,
        tickformat="%b<br>%Y",
    )
    figure.update_yaxes(
        range=[low, high],
        ticksuffix=series.suffix,
        nticks=7,
    )
    for trace in _traces(released, series):
        figure.add_trace(trace)
    return Figure(figure, series.title, series.subtitle, _aria(released, series))


def _traces(released: ReleasedTimes, series: Series) -> list[go.Scatter]:
    lines, judged = released.lines, released.judged
    return [
        _step("upper limit", judged, [line.high for line in judged], series, dash="4px,3px"),
        _step("lower limit", judged, [line.low for line in judged], series, dash="4px,3px"),
        _step(series.middle, judged, [line.centre for line in judged], series, dash="solid"),
        _joints(judged, series),
        _points(lines, series),
    ]


def _step(
    name: str, lines: Sequence[TimeLine], at: Sequence[float | None], series: Series, dash: str
) -> go.Scatter:
    """Draw a line level over each point's months; None where there is none."""
    told = [(line, y * series.scale) for line, y in zip(lines, at, strict=True) if y is not None]
    return go.Scatter(
        name=name,
        mode="lines",
        x=[day for line, _ in told for day in (_first(line), _last(line))],
        y=[y for _, y in told for _ in range(2)],
        line={"color": theme.SOFT, "width": 1.5 if dash == "solid" else 1, "dash": dash},
        hoverinfo="skip",
    )


def _joints(lines: Sequence[TimeLine], series: Series) -> go.Scatter:
    return go.Scatter(
        name="course",
        mode="lines",
        x=_days(lines),
        y=[line.value * series.scale for line in lines],
        line={"color": theme.ACCENT, "width": 1.5},
        hoverinfo="skip",
    )


def _points(lines: Sequence[TimeLine], series: Series) -> go.Scatter:
    """Draw the points: a big diamond where a rule fired, hollow where a point isn't judged."""
    return go.Scatter(
        name="points",
        mode="markers",
        x=_days(lines),
        y=[line.value * series.scale for line in lines],
        marker={
            "opacity": 1,
            "symbol": ["diamond" if line.rules else "circle" for line in lines],
            "size": [12 if line.rules else 8 for line in lines],
            "color": [_fill(line) for line in lines],
            "line": {
                "width": 2,
                "color": [theme.INK if line.rules else theme.ACCENT for line in lines],
            },
        },
        hovertext=[_hover(line, series) for line in lines],
        hoverinfo="text",
        cliponaxis=False,
    )


def _fill(line: TimeLine) -> str:
    if line.rules:
        return theme.WARNING
    return theme.ACCENT if line.judged else theme.SURFACE


def _hover(line: TimeLine, series: Series) -> str:
    told = [] if line.judged else ["not a whole period: not judged"]
    if line.centre is not None:
        told.append(f"{series.middle} {series.say(line.centre)}")
        told.append(f"control limits {limits(line, series.say)}")
    return hover(line.months, *series.facts(line), *told, *(rule.words for rule in line.rules))


def _line_labels(lines: Sequence[TimeLine], series: Series) -> list[dict[str, object]]:
    """Name centre line and limits where they end, at the right edge."""
    last = next((line for line in reversed(lines) if line.centre is not None), None)
    if last is None:
        return []
    told = (("limit", last.high), (series.middle, last.centre), ("limit", last.low))
    return [
        {
            "text": f"{name} {series.say(value)}",
            "x": 1,
            "xref": "paper",
            "xanchor": "left",
            "xshift": 4,
            "y": value * series.scale,
            "yanchor": "middle",
            "showarrow": False,
            "font": {"size": theme.SMALL_PX, "color": theme.SOFT},
        }
        for name, value in told
        if value is not None
    ]


def _first(line: TimeLine) -> date:
    return date.fromisoformat(f"{line.first}-01")


def _last(line: TimeLine) -> date:
    return last_day(date.fromisoformat(f"{line.last}-01"))


def _days(lines: Sequence[TimeLine]) -> list[date]:
    """Place each point in the middle of its months."""
    return [_first(line) + (_last(line) - _first(line)) / 2 for line in lines]


def _reach(lines: Sequence[TimeLine]) -> list[date]:
    return [_first(lines[0]) - _MARGIN, _last(lines[-1]) + _MARGIN]


def _months(lines: Sequence[TimeLine]) -> int:
    first, last = _first(lines[0]), _last(lines[-1])
    return 12 * (last.year - first.year) + last.month - first.month + 1


def _top(lines: Sequence[TimeLine]) -> float:
    """Leave room over the highest point or limit."""
    return max(5.0, 1.12 * max(max(line.value, line.high or 0.0) for line in lines))


def _aria(released: ReleasedTimes, series: Series) -> str:
    told = "; ".join(f"{line.months} {series.say(line.value)}" for line in released.lines)
    fired = "; ".join(say_signal(released, signal) for signal in released.signals)
    said = f"More than chance: {fired}." if fired else "No rule fired."
    return f"{series.title} {told}. {said}"
