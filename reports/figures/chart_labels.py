"""The words beside a control chart's signals: over the plot, each tied to its last point."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from reports.disclosure.over_time_points import ReleasedTimes, Signal
from reports.figures import theme
from reports.stats.signals import Rule

LABEL_PX = 17
"""Height of a row of labels."""
WIDTH_PX = 225
"""Width of a plot on a phone, for which labels are spread out."""
CHARACTER_PX = 6.3
MOST = 5
"""So many signals are named beside their points; the table names all."""

Mark = dict[str, object]


def signal_labels(
    released: ReleasedTimes, days: Sequence[date], heights: Sequence[float], plot_px: int
) -> tuple[list[Mark], list[Mark], int]:
    """Give the labels of the signals, the lines that tie them to their points, and the rows used.

    `heights` are those of the points, as shares of the plot's height.
    """
    signals = released.plainest[:MOST]
    rows: list[list[tuple[float, float]]] = []
    words: list[Mark] = []
    ties: list[Mark] = []
    for signal in sorted(signals, key=lambda s: s.last):
        text, at = _words(signal), _share(days, signal.last)
        row = _place(rows, _extent(at, text))
        side = "right" if at > 0.5 else "left"
        words.append(_text(text, side, row) | {"x": days[signal.last]})
        ties.append(_tie(days[signal.last], heights[signal.last], row, plot_px))
    left_out = len(released.signals) - len(signals)
    if left_out:
        more = f"and {left_out} more: see the table"
        words.append(_text(more, "left", len(rows)) | {"x": 0, "xref": "paper"})
    return words, ties, len(rows) + bool(left_out)


def _words(signal: Signal) -> str:
    """Say a rule in few words; the hover and the table say it in full."""
    side = "above" if signal.up else "below"
    run = f"{signal.last - signal.first + 1} in a row"
    return {
        Rule.BEYOND_LIMITS: f"{side} the limit",
        Rule.SHIFT: f"{run} {side} the centre",
        Rule.TREND: f"{run} {'rising' if signal.up else 'falling'}",
        Rule.TWO_OF_THREE: f"2 of 3 far {side}",
    }[signal.rule]


def _share(days: Sequence[date], at: int) -> float:
    whole = (days[-1] - days[0]).days
    return (days[at] - days[0]).days / whole if whole else 0.5


def _extent(at: float, text: str) -> tuple[float, float]:
    width = (CHARACTER_PX * len(text) + 8) / WIDTH_PX
    return (at - width, at) if at > 0.5 else (at, at + width)


def _place(rows: list[list[tuple[float, float]]], extent: tuple[float, float]) -> int:
    """Find the lowest row in which a label touches no other."""
    left, right = extent
    for i, row in enumerate(rows):
        if all(right < a or left > b for a, b in row):
            row.append(extent)
            return i
    rows.append([extent])
    return len(rows) - 1


def _text(text: str, side: str, row: int) -> Mark:
    return {
        "text": text,
        "xanchor": side,
        "align": side,
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": row * LABEL_PX + 8,
        "showarrow": False,
        "bgcolor": theme.SURFACE,
        "font": {"size": theme.SMALL_PX, "color": theme.INK},
    }


def _tie(day: date, height: float, row: int, plot_px: int) -> Mark:
    return {
        "type": "line",
        "x0": day,
        "x1": day,
        "y0": height,
        "y1": 1 + (row * LABEL_PX + 10) / plot_px,
        "yref": "paper",
        "line": {"color": theme.INK, "width": 1, "dash": "dot"},
    }
