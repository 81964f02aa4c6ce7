"""Dose strips: systemic MEDD before and at every window, from zero, with who is still there."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from registry.domain.windows import BASELINE, Window
from reports import wording
from reports.disclosure import HELD, Released
from reports.disclosure.doses import DoseLine
from reports.figures import theme
from reports.figures.doses_strips import DOSE, Strips, drawn_groups, known, said, tips
from reports.figures.figure import Figure, Label, hover, instead
from reports.figures.marks import Look, Point, dots, segments
from reports.scope import Scope
from reports.stats.doses import MOMENTS

TITLE = "How much opioid is taken, before and at every window?"
_BEFORE, _AFTER = Look(theme.SOFT, "circle", filled=False), Look(theme.ACCENT, "circle")


def dose_figure(released: Released[DoseLine], scope: Scope, conversion: str) -> Figure:
    """Draw each group's doses: median, quartiles thick, 10th to 90th percentile thin."""
    rows, chosen = drawn_groups(released.lines, lambda line: line.treated)
    subtitle = scope.sentence(
        f"systemic MEDD, {DOSE}, {conversion}",
        "median, quartiles (thick) and 10th to 90th percentile (thin) of those wholly converted",
        "not the same people at every window",
        *chosen,
    )
    lines = [line for row in rows for line in row]
    shown = [any(line.whole is not HELD for line in row) for row in rows]
    if nothing := instead(TITLE, subtitle, shown):
        return nothing
    strips = Strips(
        tuple(Label(row[0].group.label, _facts(row)) for row in rows),
        tuple(moment_name(w) for w in MOMENTS),
    )
    axis = {"range": [0, _reach(lines)], "rangemode": "tozero", "title_text": f"MEDD, {DOSE}"}
    figure = strips.draw(axis, right=92)
    heights = strips.heights()
    figure.add_trace(_tails(lines, heights))
    for look, wanted in ((_BEFORE, True), (_AFTER, False)):
        own = [
            (line, y)
            for line, y in zip(lines, heights, strict=True)
            if (line.window == BASELINE) == wanted
        ]
        for trace in _marks(look, [line for line, _ in own], [y for _, y in own]):
            figure.add_trace(trace)
    for trace in _words(lines, heights):
        figure.add_trace(trace)
    return Figure(figure, TITLE, subtitle, _aria(rows))


def moment_name(window: Window) -> str:
    """Name a moment where there is little room."""
    return "before" if window == BASELINE else wording.short(window)


def _reach(lines: Sequence[DoseLine]) -> float:
    ends = [p for line in lines if isinstance(p := line.p90, float)]
    for line in lines:
        if (dose := known(line.dose)) is not None:
            ends.append(dose.median if dose.high is None else dose.high)
    return 1.04 * max(ends, default=0) or 10


def _tails(lines: Sequence[DoseLine], heights: Sequence[float]) -> go.Scatter:
    ends: list[tuple[Point, Point]] = [
        ((line.p10, y), (line.p90, y))
        for line, y in zip(lines, heights, strict=True)
        if isinstance(line.p10, float) and isinstance(line.p90, float)
    ]
    return segments("10th to 90th percentile", ends, {"color": theme.STRONG_LINE, "width": 1})


def _marks(
    look: Look, lines: Sequence[DoseLine], heights: Sequence[float]
) -> tuple[go.Scatter, go.Scatter]:
    values = [known(line.dose) for line in lines]
    ends = [
        ((v.low, y), (v.high, y))
        for v, y in zip(values, heights, strict=True)
        if v is not None and v.low is not None and v.high is not None
    ]
    name = "before" if look is _BEFORE else "at the window"
    boxes = [_hover(line) for line in lines]
    return (
        segments(f"{name}, quartiles", ends, {"color": look.colour, "width": 4}),
        dots(name, heights, values, look, boxes),
    )


def _words(lines: Sequence[DoseLine], heights: Sequence[float]) -> list[go.Scatter]:
    values = [known(line.dose) for line in lines]
    points = [
        (line.p90 if isinstance(line.p90, float) else x, y)
        for line, (x, y) in zip(lines, tips(values, heights, 0), strict=True)
    ]
    told = [
        f"{wording.number(v.median)} · n {wording.count(line.whole)}" if v is not None else ""
        for v, line in zip(values, lines, strict=True)
    ]
    why = [_why(line) if v is None else "" for v, line in zip(values, lines, strict=True)]
    return [said("medians", points, told, known=True), said("notes", points, why, known=False)]


def _why(line: DoseLine) -> str:
    """Say why a strip has no mark."""
    if line.whole is HELD:
        return wording.HELD_BACK
    if line.neuraxial == line.treated:
        return "neuraxial opioid: stands apart"
    if line.incomplete is HELD or line.incomplete:
        return "none wholly converted"
    if line.unasked == 0 and line.died == 0 and line.not_due:
        return "not due yet"
    return "no regimen recorded"


def _facts(row: Sequence[DoseLine]) -> str:
    last = row[-1]
    apart = "" if last.neuraxial == 0 else f" · neuraxial {wording.count(last.neuraxial)}"
    return f"{wording.count(last.treated)} treated{apart} · {_dead(last)}"


def _dead(line: DoseLine) -> str:
    return f"died by {wording.short(line.window)}: {wording.count(line.dead)}"


def _hover(line: DoseLine) -> str:
    tails = (
        f"10th to 90th percentile: {wording.number(line.p10)} to {wording.number(line.p90)}"
        if isinstance(line.p10, float) and isinstance(line.p90, float)
        else "10th to 90th percentile: too few"
    )
    return hover(
        f"{line.group.label}, {line.window.label}",
        f"{wording.quartiles(line.dose)} mg/24 h, n {wording.count(line.whole)}",
        tails,
        f"not wholly converted: {wording.count(line.incomplete)}, no regimen: "
        f"died {wording.count(line.died)}, not due {wording.count(line.not_due)}, "
        f"not asked {wording.count(line.unasked)}",
    )


def _aria(rows: Sequence[Sequence[DoseLine]]) -> str:
    told = "; ".join(
        f"{row[0].group.label}: "
        + ", ".join(
            f"{moment_name(line.window)} {wording.quartiles(line.dose)}"
            for line in row
            if known(line.dose) is not None
        )
        for row in rows
        if any(known(line.dose) is not None for line in row)
    )
    return f"Systemic MEDD, {DOSE}, median and quartiles. {told or 'No dose is shown'}."
