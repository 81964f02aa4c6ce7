"""Panels side by side where the screen has room: what differs there from a phone's one column."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from reports.figures.panels import BARE_FOOT_PX, HEAD_PX, TOP_PX, Panels

WIDE_PX = 1150
"""About the width of a figure on a wide screen."""


FOOT_PX = 34
"""Room for the last ticks and the axis' name."""


def side_by_side(figure: go.Figure, panels: Panels, left_px: int, columns: int = 3) -> None:
    """Lay the panels that `panels` drew out in rows of `columns`, in `meta.wide`.

    `left_px` is the room of each panel's own ticks, its left margin.
    """
    whole = TOP_PX + panels.row_px * len(panels.labels)
    columns = min(columns, len(panels.labels))
    rows = -(-len(panels.labels) // columns)
    tall = rows * panels.row_px
    gap = (left_px + 24) / WIDE_PX
    width = (1 - gap * (columns - 1)) / columns
    drawn = [note.to_plotly_json() for note in figure.layout.annotations]
    names, rest = drawn[: 2 * len(panels.labels)], drawn[2 * len(panels.labels) :]
    foot_px = FOOT_PX if rest else BARE_FOOT_PX
    figure.update_layout(height=whole + foot_px, margin={"b": foot_px})
    wide: dict[str, Any] = {"height": TOP_PX + tall + foot_px}
    for i in range(len(panels.labels)):
        n = "" if i == 0 else str(i + 1)
        row, column = divmod(i, columns)
        start, above = column * (width + gap), row * panels.row_px
        foot = 1 - (above + HEAD_PX + panels.body_px) / tall
        wide[f"xaxis{n}"] = {"domain": [start, start + width]}
        wide[f"yaxis{n}"] = {"domain": [foot, 1 - (above + HEAD_PX) / tall]}
        for note in names[2 * i : 2 * i + 2]:
            # A panel's name keeps its distance in pixels from the panel's top.
            down = (1 - note["y"]) * panels.row_px * len(panels.labels) - i * panels.row_px
            note |= {"x": start, "y": 1 - (above + down) / tall}
    figure.update_layout(meta={"wide": {**wide, "annotations": [*names, *rest]}})
