"""Love plots: how unlike the groups were before, in units of their own spread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from reports import wording
from reports import wording_adjusted as words
from reports.disclosure import HELD
from reports.disclosure.adjusted_baseline import BaselineLine, ReleasedBaselines
from reports.figures import theme
from reports.figures.adjusted_wide import side_by_side
from reports.figures.figure import Figure, Label, hover
from reports.figures.panels import Panels
from reports.groups import Group
from reports.scope import Scope
from reports.stats.balance import WORTH_ADJUSTING

MOST_DRAWN = 6
"""Groups that are drawn against the reference, the largest; the table holds all."""
_ROW_PX = 21
_MOST = 1.0
"""The end of the axis: what lies further stands there, as an arrow with its number."""
_NEAR = 0.6
"""A dot this near to 0 would lie on words that begin there."""
_LEFT_PX = 128


def balance_figure(compared: ReleasedBaselines, treated: ReleasedBaselines, scope: Scope) -> Figure:
    """Draw a panel a group: the size of its differences to the reference, variable by variable."""
    home = compared.reference
    groups = _drawn(compared)
    title = f"{compared.indication.label}: were the groups alike before?"
    fewer = len(compared.groups) - 1 - len(groups)
    subtitle = scope.sentence(
        compared.indication.label.lower(),
        f"against {home.label}, n {wording.count(compared.sizes[home.slug])}",
        "standardised difference; full dots: those compared; hollow: all treated",
        *((f"the {len(groups)} largest groups; the table has {fewer} more",) if fewer else ()),
    )
    variables = list(dict.fromkeys(line.variable for line in compared.lines))
    labels = tuple(Label(group.label, _facts(group, compared, treated)) for group in groups)
    panels = Panels(labels, _ROW_PX * len(variables))
    figure = panels.draw(*_axes(variables), left=_LEFT_PX, right=28)
    side_by_side(figure, panels, _LEFT_PX)
    for i, group in enumerate(groups):
        figure.add_shape(_mark(panels.on(i)))
        for trace in _panel(group, compared, treated, variables):
            figure.add_trace(trace.update(panels.on(i)))
    return Figure(figure, title, subtitle, _aria(compared, groups, title))


def _axes(variables: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the axis of sizes, and that of variables, the first on top."""
    across = {
        "range": [-0.03, _MOST + 0.03],
        "tickvals": [0, 0.5, _MOST],
        "title": "Standardised difference, size",
    }
    down = {
        "range": [len(variables) - 0.5, -0.5],
        "tickvals": list(range(len(variables))),
        "ticktext": [words.VARIABLES[v].short for v in variables],
        "ticklabelstandoff": 6,
    }
    return across, down


def _drawn(one: ReleasedBaselines) -> list[Group]:
    def size(group: Group) -> int:
        n = one.sizes[group.slug]
        return 0 if n is HELD else n

    others = [group for group in one.groups if group != one.reference]
    largest = sorted(others, key=size, reverse=True)[:MOST_DRAWN]
    return [group for group in others if group in largest]


def _facts(group: Group, compared: ReleasedBaselines, treated: ReleasedBaselines) -> str:
    here, whole = (wording.count(one.sizes[group.slug]) for one in (compared, treated))
    return f"{here} compared, {whole} treated"


def _mark(on: dict[str, str]) -> dict[str, Any]:
    """Draw the line beyond which a difference is worth adjusting for."""
    line = {"color": theme.WARNING, "width": 1, "dash": "dash"}
    across = {"x0": WORTH_ADJUSTING, "x1": WORTH_ADJUSTING, "y0": 0, "y1": 1}
    place = {"xref": on["xaxis"], "yref": f"{on['yaxis']} domain"}
    return {"type": "line", "layer": "below", "line": line, **across, **place}


def _panel(
    group: Group, compared: ReleasedBaselines, treated: ReleasedBaselines, variables: Sequence[str]
) -> list[go.Scatter]:
    told = {line.variable: line for line in compared.lines if line.group == group}
    whole = {line.variable: line for line in treated.lines if line.group == group}
    order = {variable: i for i, variable in enumerate(variables)}
    hovers = [_hover(group, told[v], whole[v]) for v in variables]
    unsaid = [
        (_beside(whole[v]), order[v], _why(told[v]))
        for v in variables
        if not isinstance(told[v].smd, float)
    ]
    return [
        _dots("all treated", [whole[v] for v in variables], hovers, filled=False),
        _dots("compared", [told[v] for v in variables], hovers, filled=True),
        go.Scatter(
            name="unsaid",
            mode="text",
            x=[x for x, _, _ in unsaid],
            y=[at for _, at, _ in unsaid],
            text=[text for _, _, text in unsaid],
            textposition="middle right",
            textfont={"color": theme.SOFT, "size": theme.SMALL_PX},
            hoverinfo="skip",
            cliponaxis=False,
        ),
    ]


def _beside(whole: BaselineLine) -> float:
    """Find room for words beside the dot of all treated, if there is one."""
    if isinstance(whole.smd, float) and abs(whole.smd) < _NEAR:
        return 0.07 + abs(whole.smd)
    return 0.03


def _dots(
    name: str, lines: Sequence[BaselineLine], hovers: Sequence[str], *, filled: bool
) -> go.Scatter:
    shown = [
        (min(abs(line.smd), _MOST), i, abs(line.smd), box)
        for i, (line, box) in enumerate(zip(lines, hovers, strict=True))
        if isinstance(line.smd, float)
    ]
    colour = theme.ACCENT if filled else theme.SOFT
    beyond = [size > _MOST for _, _, size, _ in shown]
    return go.Scatter(
        name=name,
        mode="markers+text",
        x=[x for x, _, _, _ in shown],
        y=[y for _, y, _, _ in shown],
        text=[
            f"{size:.1f}" if far and filled else ""
            for (_, _, size, _), far in zip(shown, beyond, strict=True)
        ],
        textposition="middle left",
        textfont={"color": theme.INK, "size": theme.SMALL_PX},
        marker={
            "symbol": ["triangle-right" if far else "circle" for far in beyond],
            "color": colour if filled else theme.SURFACE,
            "size": 9 if filled else 10,
            "line": {"width": 2, "color": colour},
        },
        hovertext=[box for _, _, _, box in shown],
        hoverinfo="text",
        cliponaxis=False,
    )


def _why(line: BaselineLine) -> str:
    if line.smd is HELD:
        return wording.HELD_BACK
    return "nothing in common" if line.counts and line.n else "can't be worked out"


def _hover(group: Group, line: BaselineLine, whole: BaselineLine) -> str:
    return hover(
        f"{group.label}, {words.VARIABLES[line.variable].name}",
        f"those compared: {words.smd(line.smd)}",
        f"all treated: {words.smd(whole.smd)}",
    )


def _aria(one: ReleasedBaselines, groups: Sequence[Group], title: str) -> str:
    told = "; ".join(
        f"{group.label}: "
        + ", ".join(
            f"{words.VARIABLES[line.variable].short} {words.smd(line.smd)}"
            for line in one.lines
            if line.group == group
        )
        for group in groups
    )
    return f"{title} Standardised differences against {one.reference.label}. {told}."
