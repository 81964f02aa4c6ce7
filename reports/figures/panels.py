"""Small multiples: panels one under the other, each named, on axes that they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

from reports.figures import theme
from reports.figures.figure import BOLD, LINE_PX, Label

HEAD_PX = 50
GAP_PX = 14
FOOT_PX = 52
"""Room for the name of the axis; without one a panel's own ticks are the last thing."""
BARE_FOOT_PX = 12
TOP_PX = 4
TICK_PX = 22


@dataclass(frozen=True, slots=True)
class Panels:
    """Panels of equal height, `body_px` each, with `under_px` below each for words of its own.

    Every panel repeats the ticks of the shared axis: on a phone the last one is far away.
    """

    labels: tuple[Label, ...]
    body_px: int = 150
    under_px: int = 0

    @property
    def row_px(self) -> int:
        """Give the height of a whole panel with its name, ticks and words."""
        return HEAD_PX + self.body_px + TICK_PX + self.under_px + GAP_PX

    @property
    def _plot_px(self) -> int:
        return self.row_px * len(self.labels)

    def y(self, panel: int, px: float) -> float:
        """Give the paper's height at `px` below the top of a panel."""
        return 1 - (panel * self.row_px + px) / self._plot_px

    def under(self, panel: int) -> float:
        """Give the paper's height where the words under a panel begin."""
        return self.y(panel, HEAD_PX + self.body_px + TICK_PX)

    def draw(
        self,
        x: Mapping[str, Any],
        y: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        *,
        left: int = 48,
        right: int = 96,
    ) -> go.Figure:
        """Make the figure with its axes; `y` is one axis for all panels or one for each."""
        own = [y] * len(self.labels) if isinstance(y, Mapping) else list(y)
        figure = go.Figure()
        axes: dict[str, Any] = {}
        foot = FOOT_PX if x.get("title") else BARE_FOOT_PX
        for i in range(len(self.labels)):
            n = "" if i == 0 else str(i + 1)
            base = self.y(i, HEAD_PX + self.body_px)
            axes[f"xaxis{n}"] = {**x, "anchor": f"y{n}", "title": None}
            if i:
                axes[f"xaxis{n}"]["matches"] = "x"
            axes[f"yaxis{n}"] = {
                **own[i],
                "domain": [base, self.y(i, HEAD_PX)],
                "anchor": f"x{n}",
            }
        figure.update_layout(
            template=theme.TEMPLATE,
            height=TOP_PX + self._plot_px + foot,
            margin={"t": TOP_PX, "r": right, "b": foot, "l": left},
            annotations=[*self._names(left), *self._x_title(x)],
            **axes,
        )
        return figure

    def on(self, panel: int) -> dict[str, str]:
        """Name a panel's axes, for a trace to stand on."""
        n = "" if panel == 0 else str(panel + 1)
        return {"xaxis": f"x{n}", "yaxis": f"y{n}"}

    def _names(self, left: int) -> list[dict[str, Any]]:
        placed = []
        for i, label in enumerate(self.labels):
            name, facts = {"weight": BOLD}, {"size": theme.SMALL_PX, "color": theme.SOFT}
            placed.append({**_line(label.name, self.y(i, 4), -left), "font": name})
            placed.append({**_line(label.facts, self.y(i, 4 + LINE_PX), -left), "font": facts})
        return placed

    def _x_title(self, x: Mapping[str, Any]) -> list[dict[str, Any]]:
        if not x.get("title"):
            return []
        said = _line(str(x["title"]), 0, 0)
        return [{**said, "yshift": 4, "font": {"size": theme.SMALL_PX, "color": theme.SOFT}}]


def _line(text: str, y: float, shift: int) -> dict[str, Any]:
    return {
        "text": escape(text),
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "xshift": shift,
        "y": y,
        "yref": "paper",
        "yanchor": "top",
        "align": "left",
        "showarrow": False,
    }


def end_labels(
    texts: Sequence[str], ends: Sequence[tuple[Any, float]], colours: Sequence[str], span: float
) -> list[tuple[Any, float, str, str]]:
    """Place words at the ends of lines, moved apart where they would lie on each other.

    `span` is the axis' length; words keep a ninth of it from each other. Gives x, y, word, colour.
    """
    apart = span / 9
    order = sorted(range(len(texts)), key=lambda i: ends[i][1])
    heights: dict[int, float] = {}
    lowest = float("-inf")
    for i in order:
        heights[i] = max(ends[i][1], lowest + apart)
        lowest = heights[i]
    top = ends[order[-1]][1] if order else 0.0
    over = lowest - max(top, span) if order else 0.0
    return [
        (ends[i][0], heights[i] - max(over, 0.0), texts[i], colours[i]) for i in range(len(texts))
    ]
