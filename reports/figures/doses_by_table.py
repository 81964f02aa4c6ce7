"""Table strips: the same change under every conversion table, and of the same people."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from registry.domain.windows import Window
from reports import wording
from reports.disclosure import HELD, Released
from reports.disclosure.doses import TableLine
from reports.doses import table_title
from reports.figures import theme
from reports.figures.doses_strips import DOSE, Strips, drawn_groups, known, said
from reports.figures.figure import Figure, Label, hover, instead
from reports.figures.marks import Look, dots, spans
from reports.scope import Scope
from reports.stats.intervals import Quartiles

_OWN = Look(theme.ACCENT, "circle")
_COMMON = Look(theme.SOFT, "diamond", filled=False)


def table_figure(released: Released[TableLine], scope: Scope, window: Window) -> Figure:
    """Draw each group's median change under each table; left of the line is less."""
    title = f"How far does the conversion table change the answer at {window.label}?"
    lines = released.at(window)
    rows, chosen = drawn_groups(lines, lambda line: line.recorded)
    subtitle = scope.sentence(
        f"at {window.label}, change of systemic MEDD, {DOSE}",
        "dot: all whom a table converts wholly, with quartiles; diamond: only those whom every "
        "table does",
        *chosen,
    )
    if nothing := instead(title, subtitle, [line.recorded is not HELD for line in lines]):
        return nothing
    lines = tuple(line for row in rows for line in row)
    strips = Strips(
        tuple(Label(row[0].group.label, _facts(row)) for row in rows),
        tuple(table_title(line.table_id) for line in rows[0]),
        strip_px=32,
        left=92,
    )
    return Figure(_draw(strips, lines), title, subtitle, _aria(rows, window))


def _draw(strips: Strips, lines: Sequence[TableLine]) -> go.Figure:
    """Draw a dot for all whom a table converts, a diamond for those whom all tables do."""
    own, common = ([known(v) for v in values] for values in _values(lines))
    reach = _reach([*own, *common])
    axis = {
        "range": [-reach, reach],
        "zeroline": True,
        "zerolinewidth": 2,
        "title_text": f"Change of MEDD, {DOSE}",
        "nticks": 6,
    }
    figure = strips.draw(axis, right=88)
    heights = strips.heights(0.3)
    boxes = [_hover(line) for line in lines]
    figure.add_trace(spans("converted, quartiles", heights, own, _OWN.colour))
    figure.add_trace(dots("converted by the table", heights, own, _OWN, boxes))
    alike = dots("converted by every table", strips.heights(0.72), common, _COMMON, boxes)
    figure.add_trace(alike.update(marker_size=8, marker_line_width=1.5))
    told = [
        "" if v is None else f"{wording.signed(v.median)} · n {wording.count(line.whole)}"
        for v, line in zip(own, lines, strict=True)
    ]
    figure.add_trace(said("medians", [(reach, y) for y in strips.heights()], told, known=True))
    why = [_why(line) for line in lines]
    figure.add_trace(said("notes", [(-reach, y) for y in strips.heights()], why, known=False))
    return figure


def _values(
    lines: Sequence[TableLine],
) -> tuple[list[Quartiles | None], list[Quartiles | None]]:
    return [known(li.change) for li in lines], [known(li.common_change) for li in lines]


def _reach(values: Sequence[Quartiles | None]) -> float:
    ends = [abs(x) for v in values if v for x in (v.low, v.median, v.high) if x is not None]
    return 1.15 * max(ends, default=10) or 10


def _why(line: TableLine) -> str:
    if line.whole is HELD:
        return wording.HELD_BACK
    if line.recorded == 0:
        return "no pair to compare"
    return "" if line.whole else "none wholly converted"


def _facts(row: Sequence[TableLine]) -> str:
    line = row[0]
    return (
        f"{wording.count(line.recorded)} with regimens · under every table "
        f"{wording.count(line.common)}"
    )


def _hover(line: TableLine) -> str:
    return hover(
        f"{line.group.label}, {table_title(line.table_id)}",
        f"wholly converted: {wording.of(line.whole, line.recorded)}",
        f"change {wording.quartiles(line.change, change=True)} mg/24 h",
        f"of the {wording.count(line.common)} under every table: "
        f"{wording.quartiles(line.common_change, change=True)} mg/24 h",
    )


def _aria(rows: Sequence[Sequence[TableLine]], window: Window) -> str:
    told = "; ".join(
        f"{row[0].group.label}: "
        + ", ".join(
            f"{table_title(line.table_id)} {wording.quartiles(line.change, change=True)} mg, "
            f"n {wording.count(line.whole)}"
            for line in row
        )
        for row in rows
    )
    return f"Median change of systemic MEDD at {window.label} by conversion table. {told}."
