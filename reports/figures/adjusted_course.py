"""Adjusted means over the windows: a panel a group, 0-10, the reference behind it."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from registry.domain.windows import WINDOWS
from reports import wording
from reports import wording_adjusted as words
from reports.disclosure import HELD
from reports.disclosure.adjusted import CourseLine, ReleasedCourse, ReleasedEstimate
from reports.figures import theme
from reports.figures.adjusted_wide import side_by_side
from reports.figures.figure import Figure, Label, hover
from reports.figures.marks import segments
from reports.figures.panels import Panels
from reports.groups import Group
from reports.scope import Scope

MOST_DRAWN = 8
"""Groups that are drawn, the largest; the table holds all."""
_LEFT_PX = 48
_HELD = "held<br>back"
"""Five stand side by side on a phone."""
_AT = {w: i for i, w in enumerate(WINDOWS)}


def course_figure(one: ReleasedCourse, scope: Scope) -> Figure:
    """Draw each group's adjusted mean with its interval, window by window."""
    basis, groups = one.basis, _drawn(one)
    title = f"{basis.indication.label}: what course does pain take, from the same baseline?"
    fewer = len(basis.groups) - len(groups)
    subtitle = scope.sentence(
        basis.indication.label.lower(),
        f"{wording.count(basis.n)} scores of {wording.count(basis.patients)} patients",
        f"average pain over 24 h, adjusted for {words.adjusted_for(basis)}, with 95 % intervals",
        *((f"the {len(groups)} largest groups; the table has {fewer} more",) if fewer else ()),
    )
    labels = tuple(Label(g.label, _facts(g, one)) for g in groups)
    panels = Panels(labels, 150, under_px=16 * _lines_under(one))
    figure = panels.draw(
        {"range": [-0.45, len(WINDOWS) - 0.55], "tickvals": list(_AT.values()), "tickangle": 0},
        {"range": [0, 10], "dtick": 2, "title": {"text": "NRS 0-10", "font": {"size": 12}}},
        left=_LEFT_PX,
        right=12,
    )
    side_by_side(figure, panels, _LEFT_PX)
    home = [] if basis.reference is None else one.of(basis.reference)
    for i, group in enumerate(groups):
        figure.update_layout({f"xaxis{i + 1 if i else ''}.ticktext": _ticks(one.of(group))})
        behind = [] if group == basis.reference else [_line(home, theme.SOFT, dash="dot")]
        for trace in [*behind, *_own(one.of(group))]:
            figure.add_trace(trace.update(panels.on(i)))
    return Figure(figure, title, subtitle, _aria(one, groups, title))


def _drawn(one: ReleasedCourse) -> list[Group]:
    """Choose whom to draw: the reference and those with the most scores, in the page's order."""

    def size(group: Group) -> tuple[bool, int]:
        counted = sum(line.n for line in one.of(group) if line.n is not HELD)
        return group == one.basis.reference, counted

    largest = sorted(one.basis.groups, key=size, reverse=True)[:MOST_DRAWN]
    return [group for group in one.basis.groups if group in largest]


def _facts(group: Group, one: ReleasedCourse) -> str:
    reference = one.basis.reference
    if reference is None or group == reference:
        return words.REFERENCE
    return f"dotted: {reference.label}"


def _lines_under(one: ReleasedCourse) -> int:
    """Count the lines under a window's name."""
    return 2 if any(line.n is HELD for group in one.basis.groups for line in one.of(group)) else 1


def _ticks(lines: Sequence[CourseLine]) -> list[str]:
    """Name every window with its n, which differs from panel to panel."""
    counted = {line.window: line.n for line in lines}
    said = {w: _HELD if n is HELD else f"n {n:,}" for w, n in counted.items()}
    return [f"{wording.short(w)}<br>{said.get(w, 'n 0')}" for w in WINDOWS]


def _mean(line: CourseLine) -> ReleasedEstimate | None:
    return None if line.mean is HELD else line.mean


def _own(lines: Sequence[CourseLine]) -> list[go.Scatter]:
    known = [(line, mean) for line in lines if (mean := _mean(line))]
    ends = [((_AT[x.window], m.low), (_AT[x.window], m.high)) for x, m in known]
    return [
        segments("interval", ends, {"color": theme.ACCENT, "width": 2}),
        _line(lines, theme.ACCENT),
        go.Scatter(
            name="mean",
            mode="markers",
            x=[_AT[line.window] for line, _ in known],
            y=[mean.value for _, mean in known],
            marker={"color": theme.ACCENT, "size": 9},
            hovertext=[_hover(line) for line, _ in known],
            hoverinfo="text",
            cliponaxis=False,
        ),
        go.Scatter(
            name="words",
            mode="text",
            x=[_AT[line.window] for line, _ in known],
            y=[mean.high for _, mean in known],
            text=[wording.number(mean.value) for _, mean in known],
            textposition="top center",
            textfont={"color": theme.INK, "size": theme.SMALL_PX},
            hoverinfo="skip",
            cliponaxis=False,
        ),
    ]


def _line(lines: Sequence[CourseLine], colour: str, dash: str = "solid") -> go.Scatter:
    """Join the means; where one is not shown the line breaks."""
    means = {line.window: mean.value for line in lines if (mean := _mean(line))}
    return go.Scatter(
        name="course",
        mode="lines",
        x=list(_AT.values()),
        y=[means.get(w) for w in WINDOWS],
        line={"color": colour, "width": 2, "dash": dash},
        connectgaps=False,
        hoverinfo="skip",
    )


def _hover(line: CourseLine) -> str:
    told = [
        f"{line.group.label}, {line.window.label}",
        f"{wording.count(line.n)} scores of {wording.count(line.patients)} patients",
        f"adjusted mean: {words.estimate(line.mean)}",
    ]
    if line.difference:
        told.append(f"difference: {words.estimate(line.difference, change=True)}")
    return hover(*told)


def _aria(one: ReleasedCourse, groups: Sequence[Group], title: str) -> str:
    told = "; ".join(
        f"{group.label}: "
        + ", ".join(f"{line.window.label} {words.estimate(line.mean)}" for line in one.of(group))
        for group in groups
    )
    return f"{title} Adjusted means with 95 % intervals. {told}."
