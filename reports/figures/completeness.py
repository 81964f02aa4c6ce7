"""The strip of follow-up: for each group and window, who of those alive and due was assessed."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from registry.domain.windows import Window
from reports import wording
from reports.disclosure import HELD, CompletenessLine, Released
from reports.figures import theme
from reports.figures.figure import Canvas, Figure, Label, hover, instead
from reports.figures.marks import labels
from reports.groups import ALL
from reports.scope import Scope
from reports.stats.intervals import Floors

TITLE = "Of those alive and due, how many were assessed?"
CELL = 0.86
"""Width of a full bar; windows stand 1 apart."""


def completeness_figure(
    released: Released[CompletenessLine],
    scope: Scope,
    windows: Sequence[Window],
    floors: Floors,
    title: str = TITLE,
) -> Figure:
    """Draw a bar for each group and window, full at 100 %; low follow-up is marked in words."""
    rows = _rows(released)
    subtitle = scope.sentence("assessed of alive and due, at each window")
    if (nothing := instead(title, subtitle, [_known(row) for row in rows])) is not None:
        return nothing
    canvas = Canvas(tuple(Label(row[0].group.label, _facts(row[0])) for row in rows), 52)
    figure = canvas.draw(top=26, right=4, left=4, wide_top=26, wide_row=0.55)
    figure.update_layout(barmode="overlay", margin_b=8)
    figure.update_xaxes(
        range=[0, len(windows)],
        tickvals=[i + CELL / 2 for i in range(len(windows))],
        ticktext=[wording.short(window) for window in windows],
        side="top",
        showgrid=False,
    )
    for held in (False, True):
        figure.add_trace(_frames(canvas, rows, held))
    figure.add_trace(_bars(canvas, rows, floors))
    figure.add_trace(_texts(canvas, rows, floors))
    return Figure(figure, title, subtitle, _aria(rows))


def _rows(released: Released[CompletenessLine]) -> list[list[CompletenessLine]]:
    """Gather each group's windows; all groups together come first."""
    groups = list(dict.fromkeys(line.group for line in released.lines))
    groups.sort(key=lambda group: group != ALL)
    return [[line for line in released.lines if line.group == group] for group in groups]


def _known(row: Sequence[CompletenessLine]) -> bool:
    return any(line.treated is not HELD or line.assessed is not HELD for line in row)


def _facts(line: CompletenessLine) -> str:
    if line.treated is HELD:
        return "treated: held back"
    outside = f", {line.ineligible} ineligible" if line.ineligible else ""
    return f"{line.treated:,} treated{outside}"


def _cells(
    rows: Sequence[Sequence[CompletenessLine]],
) -> list[tuple[int, int, CompletenessLine]]:
    return [(i, j, line) for i, row in enumerate(rows) for j, line in enumerate(row)]


def _frames(canvas: Canvas, rows: Sequence[Sequence[CompletenessLine]], held: bool) -> go.Bar:
    """Draw the outlines of 100 %: crossed out where held back, absent where nobody was due."""
    cells = [
        (i, j, line)
        for i, j, line in _cells(rows)
        if line.of_alive_and_due is not None and (line.of_alive_and_due is HELD) == held
    ]
    fill = theme.HELD_FILL if held else theme.Fill(theme.CLEAR, outline=theme.STRONG_LINE)
    return go.Bar(
        name=wording.HELD_BACK if held else "alive and due",
        orientation="h",
        y=[canvas.y(i, 0.15) for i, _, _ in cells],
        x=[CELL] * len(cells),
        base=[j for _, j, _ in cells],
        width=canvas.height(0.27),
        marker=fill.marker,
        hovertext=[_hover(line) for _, _, line in cells],
        hoverinfo="text",
    )


def _bars(canvas: Canvas, rows: Sequence[Sequence[CompletenessLine]], floors: Floors) -> go.Bar:
    cells = [
        (i, j, line, line.of_alive_and_due)
        for i, j, line in _cells(rows)
        if isinstance(line.of_alive_and_due, float)
    ]
    return go.Bar(
        name="assessed",
        orientation="h",
        y=[canvas.y(i, 0.15) for i, _, _, _ in cells],
        x=[CELL * share for _, _, _, share in cells],
        base=[j for _, j, _, _ in cells],
        width=canvas.height(0.27),
        marker={
            "color": [
                theme.WARNING if share < floors.follow_up else theme.ACCENT
                for _, _, _, share in cells
            ]
        },
        hovertext=[_hover(line) for _, _, line, _ in cells],
        hoverinfo="text",
    )


def _texts(
    canvas: Canvas, rows: Sequence[Sequence[CompletenessLine]], floors: Floors
) -> go.Scatter:
    cells = _cells(rows)
    points = [(float(j), canvas.y(i, 0.7)) for i, j, _ in cells]
    texts = [_text(line, floors) for _, _, line in cells]
    numbers = labels("numbers", points, texts, gap_px=0)
    numbers.meta = {"wide": {"text": [_one_line(text) for text in texts]}}
    return numbers


def _one_line(text: str) -> str:
    return text.replace("<br>", " · " if "/" in text else " ")


def _text(line: CompletenessLine, floors: Floors) -> str:
    share = line.of_alive_and_due
    if share is HELD:
        return "held<br>back"
    if share is None:
        return "none<br>due"
    low = " low" if share < floors.follow_up else ""
    return f"{wording.percent(share)}{low}<br>{line.assessed}/{line.alive_and_due}"


def _hover(line: CompletenessLine) -> str:
    return hover(
        f"{line.group.label}, {line.window.label}",
        f"assessed: {wording.count(line.assessed)}",
        f"alive and due: {wording.count(line.alive_and_due)}",
        f"assessed of alive and due: {wording.percent(line.of_alive_and_due)}",
        f"assessed of all treated: {wording.percent(line.of_treated)}",
    )


def _aria(rows: Sequence[Sequence[CompletenessLine]]) -> str:
    told = "; ".join(
        f"{row[0].group.label}: "
        + ", ".join(
            f"{wording.percent(line.of_alive_and_due)} at {line.window.label}" for line in row
        )
        for row in rows
    )
    return f"Share of those alive and due who were assessed. {told}."
