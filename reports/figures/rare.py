"""Rare events: procedures, and days, between one severe harm and the next, with their limits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go

from reports.disclosure import HELD, Held
from reports.disclosure.safety_events import RareLine, ReleasedRare
from reports.figures import theme
from reports.figures.figure import Figure, empty, hover
from reports.scope import Scope
from reports.stats.signals import Rule

TITLE = "Are severe harms coming closer together?"
G_TITLE = "Are severe harms coming after fewer procedures?"
T_TITLE = "Are severe harms coming after fewer days?"
NEEDS_RECORDS = "This chart has a mark for each harm: it needs\nthe right to read records."
MOST_DRAWN = 150
"""The latest points that are drawn, so that a figure stays small at any registry size."""
_HEIGHT = 330
_SHORT = {
    Rule.BEYOND_LIMITS: "outside limits",
    Rule.SHIFT: "8 on one side",
    Rule.TREND: "6 one way",
    Rule.TWO_OF_THREE: "2 of 3 far out",
}


def rare_figures(released: ReleasedRare | Held, scope: Scope) -> tuple[Figure, ...]:
    """Draw the g chart (procedures between) and the t chart (days between) of severe harms."""
    if released is HELD:
        return (empty(TITLE, scope.sentence("harms of grade 3 or more"), NEEDS_RECORDS),)
    return (
        _figure(G_TITLE, "g chart", released, released.between, "procedures", scope),
        _figure(T_TITLE, "t chart", released, released.days, "days", scope),
    )


def _figure(
    title: str,
    chart: str,
    released: ReleasedRare,
    lines: Sequence[RareLine],
    unit: str,
    scope: Scope,
) -> Figure:
    harms = len(released.on)
    n = f"{harms} severe harm{'' if harms == 1 else 's'} in {released.procedures:,} procedures"
    latest = f"the latest {MOST_DRAWN}" if len(lines) > MOST_DRAWN else ""
    alone = "" if lines and lines[0].centre is not None else "too few for limits"
    subtitle = scope.sentence(
        *filter(None, (f"{chart}: {unit} from one harm of grade 3 or more to the next", n, latest)),
        *((alone,) if alone else ()),
    )
    if not lines:
        return empty(title, subtitle, "There is nothing between fewer than two severe harms.")
    drawn = lines[-MOST_DRAWN:]
    figure = _axes(drawn, unit)
    for trace in (*_rules(drawn), _series(drawn), _points(drawn, unit)):
        figure.add_trace(trace)
    for note in _line_names(drawn):
        figure.add_annotation(**note)
    return Figure(figure, title, subtitle, _aria(title, drawn, unit))


def _axes(lines: Sequence[RareLine], unit: str) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        template=theme.TEMPLATE,
        height=_HEIGHT,
        margin={"t": 14, "r": 92, "b": 58, "l": 50},
    )
    last = len(lines) - 1
    marked = sorted({0, last})
    figure.update_xaxes(
        range=[-0.6, last + 0.6],
        tickvals=marked,
        ticktext=[_month(lines[i].on) for i in marked],
        title_text="Severe harms in order of time",
        showgrid=False,
    )
    highest = max(max(x.value, x.high or 0.0) for x in lines)
    figure.update_yaxes(
        range=[-0.03 * (highest or 1), 1.12 * (highest or 1)], title_text=unit.capitalize()
    )
    return figure


def _month(day: date) -> str:
    return f"{day:%b %Y}"


def _rules(lines: Sequence[RareLine]) -> list[go.Scatter]:
    """Draw centre line and limits across, where there are any: each is the same at all points."""
    first, across = lines[0], [-0.6, len(lines) - 0.4]
    looks = (
        ("centre", first.centre, "solid"),
        ("low", first.low, "dash"),
        ("high", first.high, "dash"),
    )
    return [
        go.Scatter(
            name=name,
            mode="lines",
            x=across,
            y=[at, at],
            line={"color": theme.STRONG_LINE, "width": 1.5, "dash": dash},
            hoverinfo="skip",
        )
        for name, at, dash in looks
        if at is not None
    ]


def _line_names(lines: Sequence[RareLine]) -> list[dict[str, object]]:
    """Name the lines at their right ends."""
    first = lines[0]
    told = (("upper limit", first.high), ("centre", first.centre), ("lower limit", first.low))
    return [
        {
            "text": f"{name} {_number(at)}",
            "x": 1,
            "xref": "paper",
            "xanchor": "left",
            "xshift": 6,
            "y": at,
            "showarrow": False,
            "font": {"size": theme.SMALL_PX, "color": theme.SOFT},
        }
        for name, at in told
        if at is not None
    ]


def _series(lines: Sequence[RareLine]) -> go.Scatter:
    return go.Scatter(
        name="order",
        mode="lines",
        x=list(range(len(lines))),
        y=[x.value for x in lines],
        line={"color": theme.LINE, "width": 1.5},
        hoverinfo="skip",
    )


def _points(lines: Sequence[RareLine], unit: str) -> go.Scatter:
    """Draw the harms; where a rule fired they are larger, and the last of its run names it."""
    return go.Scatter(
        name="severe harms",
        mode="markers+text",
        x=list(range(len(lines))),
        y=[x.value for x in lines],
        marker={
            "color": [_colour(x) for x in lines],
            "symbol": ["diamond" if x.rules else "circle" for x in lines],
            "size": [13 if x.rules else 8 for x in lines],
            "opacity": 1,
            "line": {"width": 1.5, "color": theme.SURFACE},
        },
        text=_names(lines),
        textposition="top left",
        textfont={"size": theme.SMALL_PX, "color": theme.INK},
        hovertext=[_hover(x, unit) for x in lines],
        hoverinfo="text",
        cliponaxis=False,
    )


def _colour(line: RareLine) -> str:
    """Tell good news (a longer stretch than usual) from bad where a rule fired."""
    if not line.rules:
        return theme.ACCENT
    return "var(--ok)" if line.value > (line.centre or 0.0) else "var(--danger)"


def _names(lines: Sequence[RareLine]) -> list[str]:
    """Name each rule once, at the last point at which it fired."""
    last = {rule: i for i, line in enumerate(lines) for rule in line.rules}
    named = ["" for _ in lines]
    for rule, i in last.items():
        named[i] = f"{named[i]}, {_SHORT[rule]}" if named[i] else _SHORT[rule]
    return named


def _hover(line: RareLine, unit: str) -> str:
    day = f"{line.on.day} {line.on:%b %Y}"
    rules = [rule.words for rule in line.rules]
    return hover(day, f"{_number(line.value)} {unit} since the one before", *rules)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def _aria(title: str, lines: Sequence[RareLine], unit: str) -> str:
    told = ", ".join(_number(x.value) for x in lines)
    fired = sorted({rule.words for x in lines for rule in x.rules})
    signal = f"Rules that fired: {'; '.join(fired)}" if fired else "No rule fired"
    if lines[0].centre is None:
        signal = "There are too few for limits"
    return f"{title} {unit.capitalize()} between severe harms: {told}. {signal}."
