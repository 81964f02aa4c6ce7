"""One line a patient: systemic MEDD over time, for those who may see records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from reports import wording
from reports.disclosure.doses import ShownPaths
from reports.figures import theme
from reports.figures.doses_distribution import moment_name
from reports.figures.doses_strips import DOSE
from reports.figures.figure import Figure, Label, empty
from reports.figures.panels import Panels
from reports.scope import Scope
from reports.stats.doses import MOMENTS
from reports.stats.doses_paths import GroupPaths, Path

TITLE = "How does each patient's dose go?"


def paths_figure(shown: ShownPaths, scope: Scope, conversion: str) -> Figure:
    """Draw the chosen paths of each group on a linear axis from zero, shared by all groups."""
    subtitle = scope.sentence(
        f"systemic MEDD, {DOSE}, {conversion}",
        "one line a procedure with two whole doses or more; neuraxial opioid left out",
        "linear from 0",
    )
    rows = [row for row in shown.rows if row.paths]
    if not rows:
        message = "No procedure has whole doses at two moments.\nWiden the dates."
        return empty(TITLE, subtitle, message)
    panels = Panels(
        tuple(Label(row.group.label, _facts(row, _top(rows))) for row in rows), body_px=150
    )
    x: dict[str, Any] = {
        "range": [-0.15, len(MOMENTS) - 0.85],
        "tickvals": list(range(len(MOMENTS))),
        "ticktext": [moment_name(w) for w in MOMENTS],
        "showgrid": False,
    }
    top = _top(rows)
    y = {"range": [0, top], "rangemode": "tozero", "nticks": 4}
    figure = panels.draw(x, y, left=52, right=20)
    for i, row in enumerate(rows):
        figure.add_trace(_lines(row.paths).update(panels.on(i)))
    return Figure(figure, TITLE, subtitle, _aria(rows))


def _lines(paths: Sequence[Path]) -> go.Scatter:
    """Draw all paths of a group as one trace; a missing dose is passed over."""
    xs: list[int | None] = []
    ys: list[float | None] = []
    for path in paths:
        told = [(i, dose) for i, dose in enumerate(path) if dose is not None]
        xs += [*(i for i, _ in told), None]
        ys += [*(round(dose, 1) for _, dose in told), None]
    return go.Scatter(
        name="dose",
        mode="lines+markers",
        x=xs,
        y=ys,
        opacity=0.45,
        line={"color": theme.ACCENT, "width": 1},
        marker={"color": theme.ACCENT, "size": 4},
        hovertemplate="%{y:,} mg/24 h<extra></extra>",
    )


def _top(rows: Sequence[GroupPaths]) -> float:
    """Give the axis' end: a few very high doses must not flatten all others."""
    told = sorted(dose for row in rows for dose in _doses(row))
    return 1.1 * max(told[int(0.99 * (len(told) - 1))], 10)


def _doses(row: GroupPaths) -> list[float]:
    return [dose for path in row.paths for dose in path if dose is not None]


def _facts(row: GroupPaths, top: float) -> str:
    drawn = (
        f"all {row.eligible:,} with 2 whole doses or more"
        if row.every == 1
        else f"every {_ordinal(row.every)} of {row.eligible:,} by day"
    )
    above = [dose for dose in _doses(row) if dose > top]
    over = f" · {len(above)} above the axis, to {wording.number(max(above))} mg" if above else ""
    return drawn + over


def _ordinal(n: int) -> str:
    ending = "th" if 10 < n % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def _aria(rows: Sequence[GroupPaths]) -> str:
    told = "; ".join(f"{row.group.label}: {len(row.paths)} of {row.eligible}" for row in rows)
    return f"Single doses over time, {wording.number(len(MOMENTS))} moments. Lines drawn: {told}."
