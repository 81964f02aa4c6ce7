"""Follow-up over time: the share assessed above, how many that is below, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import plotly.graph_objects as go

from reports import wording
from reports.disclosure import HELD, Count
from reports.disclosure.follow_up import MonthsLine, ReleasedMonths
from reports.figures import theme
from reports.figures.figure import Figure, Label, empty, hover, instead
from reports.figures.panels import Panels
from reports.scope import Scope
from reports.stats.intervals import Floors

MOST_NAMED = 8
"""With more spans than this their percentages are left to the hover and the table."""


def months_figure(released: ReleasedMonths, scope: Scope, floors: Floors) -> Figure:
    """Draw follow-up of those alive and due at one window, by month of the procedure."""
    window, lines = released.window, released.lines
    title = f"Is follow-up at {window.label} as complete as it was?"
    subtitle = scope.sentence(
        f"assessed of alive and due at {window.label}, by month of the procedure",
        f"n {wording.count(_total(lines))}",
    )
    if not lines:
        return empty(title, subtitle, f"Nobody was alive and due at {window.label} yet.")
    if nothing := instead(title, subtitle, [line.alive_and_due is not HELD for line in lines]):
        return nothing
    panels = Panels(
        (
            Label("Assessed of alive and due", "in percent"),
            Label("How many that is", "alive and due: assessed full, not assessed pale"),
        ),
        under_px=20,
    )
    share = {"range": [0, 104], "dtick": 25, "ticksuffix": " %"}
    most = max((line.alive_and_due for line in lines if line.alive_and_due is not HELD), default=0)
    counts = {"range": [0, max(1.1 * most, 4)], "nticks": 5}
    figure = panels.draw(
        {"type": "date", **_ticks(lines)},
        [share, counts],
        right=20,
    )
    figure.update_layout(barmode="stack", bargap=0)
    figure.add_trace(_floor(lines, floors, panels.on(0)))
    figure.add_trace(_shares(lines, floors, panels.on(0)))
    for trace in _bars(lines, panels.on(1)):
        figure.add_trace(trace)
    return Figure(figure, title, subtitle, _aria(lines, window.label))


def _total(lines: Sequence[MonthsLine]) -> Count:
    known = [line.alive_and_due for line in lines]
    return HELD if HELD in known else sum(n for n in known if n is not HELD)


def _end(line: MonthsLine) -> date:
    """Give the first day after the months of a line."""
    return (line.last.replace(day=28) + timedelta(days=4)).replace(day=1)


def _middle(line: MonthsLine) -> date:
    return line.first + (_end(line) - line.first) / 2


def _ticks(lines: Sequence[MonthsLine]) -> dict[str, object]:
    """Give an axis of whole months, with a margin: one month alone must have a width too."""
    edge = timedelta(days=4)
    start, end = lines[0].first - edge, _end(lines[-1]) + edge
    days = (end - start).days
    step = "M1" if days < 200 else "M3" if days < 800 else "M6" if days < 1600 else "M12"
    return {"range": [start, end], "dtick": step} | {
        "tickformat": "%b\n%Y",
        "hoverformat": "%b %Y",
        "tickangle": 0,
    }


def _floor(lines: Sequence[MonthsLine], floors: Floors, on: dict[str, str]) -> go.Scatter:
    level = 100 * floors.follow_up
    return go.Scatter(
        name="floor",
        mode="lines+text",
        x=[lines[0].first, _end(lines[-1])],
        y=[level, level],
        text=[f"below {level:.0f} %: low", ""],
        textposition="bottom right",
        textfont={"color": theme.SOFT, "size": theme.SMALL_PX},
        line={"color": theme.STRONG_LINE, "width": 1, "dash": "dash"},
        hoverinfo="skip",
        **on,
    )


def _shares(lines: Sequence[MonthsLine], floors: Floors, on: dict[str, str]) -> go.Scatter:
    known = [(line, line.of_alive_and_due) for line in lines]
    drawn = [(line, share) for line, share in known if isinstance(share, float)]
    named = len(drawn) <= MOST_NAMED
    return go.Scatter(
        name="assessed of alive and due",
        mode="lines+markers+text" if named else "lines+markers",
        x=[_middle(line) for line, _ in drawn],
        y=[100 * share for _, share in drawn],
        text=[wording.percent(share) for _, share in drawn] if named else None,
        textposition="top center",
        line={"color": theme.ACCENT, "width": 2},
        marker={
            "size": 9,
            "line": {"width": 2, "color": theme.ACCENT},
            "color": [
                theme.SURFACE if share < floors.follow_up else theme.ACCENT for _, share in drawn
            ],
        },
        hovertext=[_hover(line) for line, _ in drawn],
        hoverinfo="text",
        cliponaxis=False,
        **on,
    )


def _bars(lines: Sequence[MonthsLine], on: dict[str, str]) -> list[go.Bar]:
    drawn = [
        (line, line.assessed, line.alive_and_due - line.assessed)
        for line in lines
        if line.alive_and_due is not HELD and line.assessed is not HELD
    ]
    pale = theme.Fill(
        theme.SURFACE,
        outline=theme.STRONG_LINE,
        pattern="\\",
        pattern_colour=theme.STRONG_LINE,
        pattern_opacity=0.6,
    )
    looks = (("assessed", theme.Fill(theme.ACCENT)), ("not assessed", pale))
    day_ms = 86_400_000
    return [
        go.Bar(
            name=name,
            x=[_middle(line) for line, *_ in drawn],
            y=[counts[place] for _, *counts in drawn],
            width=[(_end(line) - line.first).days * 0.9 * day_ms for line, *_ in drawn],
            marker=fill.marker,
            hovertext=[_hover(line) for line, *_ in drawn],
            hoverinfo="text",
            **on,
        )
        for place, (name, fill) in enumerate(looks)
    ]


def _hover(line: MonthsLine) -> str:
    return hover(
        wording.months(line.first, line.last),
        f"assessed: {wording.of(line.assessed, line.alive_and_due)} alive and due",
        wording.percent(line.of_alive_and_due),
    )


def _aria(lines: Sequence[MonthsLine], window: str) -> str:
    told = "; ".join(
        f"{wording.months(line.first, line.last)} {wording.percent(line.of_alive_and_due)}"
        for line in lines
    )
    return f"Share of those alive and due at {window} who were assessed, by month. {told}."
