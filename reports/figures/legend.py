"""The room that a figure's legend needs above it."""

from __future__ import annotations

from collections.abc import Iterable

WIDTH_PX = 280
"""Width for which a legend is broken into lines: a phone's."""


def legend_px(names: Iterable[str]) -> int:
    """Give the height of a legend on a phone, where long names stand one to a line."""
    names = set(names)
    entry_px = 45 + 6.5 * max(map(len, names), default=0)
    columns = max(1, int(WIDTH_PX // entry_px))
    return max(30, 12 + 20 * -(-len(names) // columns))
