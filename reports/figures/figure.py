"""What every figure is, and the canvas of rows that the comparisons are drawn on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

from reports.figures import theme

LABEL_PX = 42
GAP_PX = 10
AXIS_PX = 48
LINE_PX = 19
BOLD = 650
TOP_PX = 6
SIDE_PX = 330
"""Width of the labels' own column, where the screen has room for one."""
WIDE_ROW = 0.68
"""Height of a row whose label stands beside it, as a share of one whose label stands over it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with its words: the title is a question, the subtitle says of whom it speaks.

    `aria` is one sentence that stands for the drawing. The page sets the words; the drawing itself
    has no title.
    """

    plot: go.Figure
    title: str
    subtitle: str
    aria: str

    def json(self) -> str:
        """Give the drawing as Plotly's JSON."""
        return str(self.plot.to_json())


@dataclass(frozen=True, slots=True)
class Label:
    """What stands over a row: the group's name, and its n and finding in words."""

    name: str
    facts: str


@dataclass(frozen=True, slots=True)
class Canvas:
    """Rows of equal height, top to bottom, each with its label over `body_px` to draw in."""

    labels: tuple[Label, ...]
    body_px: int

    @property
    def row_px(self) -> int:
        """Give the height of a whole row."""
        return LABEL_PX + self.body_px + GAP_PX

    def y(self, row: int, share: float) -> float:
        """Give the height at `share` (0 to 1) of a row's body, on an axis that counts rows down."""
        return row + (LABEL_PX + share * self.body_px) / self.row_px

    def height(self, share: float) -> float:
        """Give a share of the body's height in the axis' units."""
        return share * self.body_px / self.row_px

    def draw(
        self,
        *,
        top: int = TOP_PX,
        right: int = 28,
        left: int = 12,
        wide_top: int = TOP_PX,
        wide_row: float = WIDE_ROW,
    ) -> go.Figure:
        """Make the figure with its rows labelled and ruled; margins are in pixels.

        Labels stand over their rows, as a phone needs it. What differs on a wide screen, where they
        stand beside them, is the layout's `meta.wide`: the page's script puts it in.
        """
        rows = len(self.labels)
        figure = go.Figure()
        figure.update_layout(
            template=theme.TEMPLATE,
            height=top + rows * self.row_px + AXIS_PX,
            margin={"t": top, "r": right, "b": AXIS_PX, "l": left},
            annotations=self._labels(left, at=0, down=2),
            shapes=self._rules(0),
            meta={"wide": self._wide(wide_top, round(wide_row * self.row_px))},
        )
        figure.update_yaxes(range=[rows, 0], showticklabels=False, showgrid=False)
        return figure

    def _wide(self, top: int, row_px: int) -> dict[str, Any]:
        """Give what differs where labels stand beside their rows: a column for them, lower rows.

        The body lies under the middle of its row, so the rows' bounds move down to its middle.
        """
        rows, middle = len(self.labels), self.y(0, 0.5)
        down = middle - 0.5
        return {
            "height": top + rows * row_px + AXIS_PX,
            "margin": {"t": top, "l": SIDE_PX},
            "yaxis": {"range": [rows + down, down]},
            "annotations": self._labels(SIDE_PX, at=middle, down=1 - LINE_PX),
            "shapes": self._rules(down),
        }

    def _labels(self, left: int, *, at: float, down: int) -> list[dict[str, Any]]:
        """Place every label `left` and `down` (pixels) of `at`, a share of its row."""
        placed = []
        for i, label in enumerate(self.labels):
            name, facts = {"weight": BOLD}, {"size": theme.SMALL_PX}
            placed.append(_beside(label.name, i + at, left, down=down) | {"font": name})
            lower = down + LINE_PX - 2
            placed.append(_beside(label.facts, i + at, left, down=lower) | {"font": facts})
        return placed

    def _rules(self, down: float) -> list[dict[str, Any]]:
        """Rule between rows; `down` is in rows."""
        line = {"color": theme.LINE, "width": 1}
        across = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "layer": "below", "line": line}
        return [across | {"y0": i + down, "y1": i + down} for i in range(1, len(self.labels))]


def _beside(text: str, row: float, left: int, *, down: int) -> dict[str, Any]:
    """Place a line of a row's label. Weight and size are the annotation's own, since tags in the
    text would become inline styles, which the page's policy refuses.
    """
    return {
        "text": escape(text),
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "xshift": -left,
        "y": row,
        "yanchor": "top",
        "yshift": -down,
        "align": "left",
        "showarrow": False,
        # Words over a grid: no line runs through them.
        "bgcolor": theme.SURFACE,
    }


def hover(title: str, *facts: str) -> str:
    """Make the text of a hover box."""
    return "<br>".join(escape(line) for line in (title, *facts))


def empty(title: str, subtitle: str, message: str) -> Figure:
    """Make the figure of a comparison that has nothing to draw, and say why."""
    plot = go.Figure()
    plot.update_layout(template=theme.TEMPLATE, height=120, margin={"t": 8, "r": 8, "b": 8, "l": 8})
    plot.update_xaxes(visible=False)
    plot.update_yaxes(visible=False)
    plot.add_annotation(
        text="<br>".join(escape(line) for line in message.split("\n")),
        x=0.5,
        y=0.5,
        xref="paper",
        yref="paper",
        showarrow=False,
        font={"color": theme.SOFT},
    )
    return Figure(plot, title, subtitle, f"{title} {message}".replace("\n", " "))


NO_PROCEDURES = "No procedure matches these filters.\nWiden the dates or take a filter away."
ALL_HELD = "Too few procedures to show anything.\nWiden the dates or take a filter away."


def instead(title: str, subtitle: str, known: Sequence[bool]) -> Figure | None:
    """Give the empty figure when there are no rows, or none of which anything is known."""
    if not known:
        return empty(title, subtitle, NO_PROCEDURES)
    if not any(known):
        return empty(title, subtitle, ALL_HELD)
    return None
