"""Strips: under each group's name one thin line for each moment or table, on one shared axis."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import plotly.graph_objects as go

from reports.disclosure import HELD, Count, Held
from reports.disclosure.released import Line
from reports.figures import theme
from reports.figures.figure import Canvas, Label
from reports.figures.marks import Point, labels
from reports.groups import Group
from reports.stats.intervals import Quartiles

DOSE = "mg/24 h oral morphine"
MOST_GROUPS = 24
"""So many groups are drawn: more would be too long to read and too heavy to send."""

LineT = TypeVar("LineT", bound=Line)


@dataclass(frozen=True, slots=True)
class Strips:
    """Groups, each with the same lines, named at the axis' left (`left` pixels wide)."""

    groups: tuple[Label, ...]
    names: tuple[str, ...]
    strip_px: int = 21
    left: int = 66

    @property
    def canvas(self) -> Canvas:
        """Give the rows of the groups."""
        return Canvas(self.groups, self.strip_px * len(self.names))

    def y(self, group: int, strip: int, share: float = 0.5) -> float:
        """Give the height of a strip, or of a share (0 to 1) of it."""
        return self.canvas.y(group, (strip + share) / len(self.names))

    def heights(self, share: float = 0.5) -> list[float]:
        """Give the height of every strip, group by group."""
        return [
            self.y(i, j, share) for i in range(len(self.groups)) for j in range(len(self.names))
        ]

    def draw(self, x: dict[str, Any], *, right: int) -> go.Figure:
        """Make the figure with its groups and strips named; `x` is the shared axis."""
        figure = self.canvas.draw(left=self.left, right=right, wide_row=0.76)
        figure.update_yaxes(
            showticklabels=True,
            tickvals=self.heights(),
            ticktext=[*self.names] * len(self.groups),
            tickfont={"size": theme.SMALL_PX, "color": theme.SOFT},
            ticks="",
        )
        figure.update_xaxes(**x)
        figure.update_layout(meta={"wide": self._wide(figure.layout.meta["wide"])})
        return figure

    def _wide(self, wide: dict[str, Any]) -> dict[str, Any]:
        """Give the strips' names room of their own beside the groups', on a wide screen."""
        margin = {**wide["margin"], "l": wide["margin"]["l"] + self.left}
        moved = [{**said, "xshift": said["xshift"] - self.left} for said in wide["annotations"]]
        return {**wide, "margin": margin, "annotations": moved}


def drawn_groups(
    lines: Iterable[LineT], size: Callable[[LineT], Count]
) -> tuple[list[list[LineT]], tuple[str, ...]]:
    """Gather lines by group; of very many groups the largest, with words that say so."""
    rows: dict[Group, list[LineT]] = {}
    for line in lines:
        rows.setdefault(line.group, []).append(line)
    if len(rows) <= MOST_GROUPS:
        return list(rows.values()), ()
    sizes = {g: max(0 if (n := size(li)) is HELD else n for li in own) for g, own in rows.items()}
    largest = set(sorted(rows, key=lambda group: -sizes[group])[:MOST_GROUPS])
    told = f"drawn: the {MOST_GROUPS} largest of {len(rows)} groups; all are in the table"
    return [own for group, own in rows.items() if group in largest], (told,)


def known(values: Quartiles | Held | None) -> Quartiles | None:
    """Give the quartiles that are shown."""
    return None if values is HELD else values


def tips(values: Sequence[Quartiles | None], heights: Sequence[float], at: float) -> list[Point]:
    """Give where words about a line begin: at its upper end, or at `at` where there is no line."""
    return [
        (at if v is None else v.median if v.high is None else v.high, y)
        for v, y in zip(values, heights, strict=True)
    ]


def said(name: str, points: Sequence[Point], texts: Sequence[str], known: bool) -> go.Scatter:
    """Write what is shown, or, softly, why nothing is."""
    return labels(name, points, texts, theme.INK if known else theme.SOFT)
