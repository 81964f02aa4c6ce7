"""Change strips: less or more opioid than before, at every window, and how many take much less."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import plotly.graph_objects as go

from registry.domain.windows import Window
from reports import wording
from reports.disclosure import HELD, Held, Released
from reports.disclosure.doses import ChangeLine
from reports.figures import theme
from reports.figures.doses_strips import DOSE, Strips, drawn_groups, known, said
from reports.figures.figure import Figure, Label, hover, instead
from reports.figures.marks import Look, dots, spans
from reports.groups import Group
from reports.scope import Scope
from reports.stats.doses_change import COMPARED, NEURAXIAL
from reports.stats.intervals import Proportion, Quartiles

_CHANGE = Look(theme.ACCENT, "circle")
_LESS = {"medd30": Look(theme.ACCENT, "circle"), "medd50": Look(theme.SOFT, "diamond")}


def change_figure(
    released: Released[ChangeLine], scope: Scope, conversion: str, window: Window
) -> Figure:
    """Draw the paired change of each group at every window; left of the line is less."""
    groups, chosen = _groups(released)
    title = "Is less opioid taken than before?"
    subtitle = scope.sentence(
        f"systemic MEDD, {DOSE}, {conversion}",
        "median change and quartiles of complete pairs",
        "neuraxial opioid left out",
        *chosen,
    )
    if nothing := instead(title, subtitle, [_any_known(row) for row in groups]):
        return nothing
    strips, lines = _strips(groups, window), [line for row in groups for line in row]
    return Figure(_draw_change(strips, released, lines), title, subtitle, _aria(groups))


def _draw_change(
    strips: Strips, released: Released[ChangeLine], lines: Sequence[ChangeLine]
) -> go.Figure:
    values = [known(line.change_mg) for line in lines]
    reach = _reach(values)
    axis = {
        "range": [-reach, reach],
        "zeroline": True,
        "zerolinewidth": 2,
        "title_text": f"Change of MEDD, {DOSE}",
    }
    figure = strips.draw(axis, right=96)
    heights = strips.heights()
    figure.add_trace(spans("change, quartiles", heights, values, _CHANGE.colour))
    boxes = [_hover(line) for line in lines]
    figure.add_trace(dots("change", heights, values, _CHANGE, boxes))
    told = [
        "" if v is None else f"{wording.signed(v.median)} · n {wording.count(line.pairs)}"
        for v, line in zip(values, lines, strict=True)
    ]
    figure.add_trace(said("medians", [(reach, y) for y in heights], told, known=True))
    figure.add_trace(_notes(released, lines, heights, -reach))
    return figure


def share_figure(
    released: Released[ChangeLine], scope: Scope, conversion: str, window: Window
) -> Figure:
    """Draw how many take at least 30 % and 50 % less, of those who took some before."""
    groups, chosen = _groups(released)
    title = "How many take at least 30 % or 50 % less opioid?"
    subtitle = scope.sentence(
        f"of complete pairs on some opioid before, {conversion}",
        "dot: at least 30 % less, diamond: at least 50 % less, with 95 % Wilson interval",
        *chosen,
    )
    if nothing := instead(title, subtitle, [_any_known(row) for row in groups]):
        return nothing
    lines = [line for row in groups for line in row]
    strips = _strips(groups, window, strip_px=27)
    axis = {
        "range": [-3, 100],
        "dtick": 50,
        "tick0": 0,
        "ticksuffix": " %",
        "title_text": "Take less opioid",
    }
    figure = strips.draw(axis, right=112)
    for place, slug in ((0.3, "medd30"), (0.72, "medd50")):
        for trace in _shares(lines, slug, strips.heights(place)):
            figure.add_trace(trace)
    told = [_both(line) for line in lines]
    figure.add_trace(said("words", [(100, y) for y in strips.heights()], told, known=True))
    figure.add_trace(_notes(released, lines, strips.heights(), 0))
    return Figure(figure, title, subtitle, _aria(groups))


def _groups(released: Released[ChangeLine]) -> tuple[list[list[ChangeLine]], tuple[str, ...]]:
    compared = (line for line in released.lines if line.people == COMPARED)
    return drawn_groups(compared, lambda line: line.pairs)


def _any_known(row: Sequence[ChangeLine]) -> bool:
    return any(line.pairs is not HELD for line in row)


def _strips(groups: Sequence[Sequence[ChangeLine]], window: Window, strip_px: int = 21) -> Strips:
    return Strips(
        tuple(Label(row[0].group.label, _facts(row, window)) for row in groups),
        tuple(wording.short(line.window) for line in groups[0]),
        strip_px=strip_px,
        left=48,
    )


def _facts(row: Sequence[ChangeLine], window: Window) -> str:
    """Tell the window that is looked at; the strips tell the others."""
    line = next(line for line in row if line.window == window)
    pairs = f"at {wording.short(window)}: n {wording.count(line.pairs)}"
    change = known(line.change_percent)
    return pairs if change is None else f"{pairs}, {wording.signed(round(change.median))} %"


def _reach(values: Sequence[Quartiles | None]) -> float:
    ends = [abs(x) for v in values if v for x in (v.low, v.median, v.high) if x is not None]
    return 1.15 * max(ends, default=10) or 10


def _shares(
    lines: Sequence[ChangeLine], slug: str, heights: Sequence[float]
) -> tuple[go.Scatter, go.Scatter]:
    values = [_percents(getattr(line, slug)) for line in lines]
    look, words = _LESS[slug], f"at least {slug.removeprefix('medd')} % less"
    boxes = [
        hover(
            f"{li.group.label}, {li.window.label}",
            f"{words}: {wording.response(getattr(li, slug))}",
        )
        for li in lines
    ]
    return (
        spans(f"{slug}, interval", heights, values, look.colour),
        dots(slug, heights, values, look, boxes),
    )


def _percents(share: Proportion | Held) -> Quartiles | None:
    if share is HELD or share.value is None:
        return None
    ends = (share.interval.low, share.interval.high) if share.interval else (None, None)
    low, high = (None if end is None else round(100 * end, 2) for end in ends)
    return Quartiles(low, round(100 * share.value, 2), high)


def _both(line: ChangeLine) -> str:
    if line.from_some is HELD or not line.from_some:
        return ""
    thirty, fifty = (_percent(share) for share in (line.medd30, line.medd50))
    return f"{thirty} / {fifty} · n {line.from_some:,}"


def _percent(share: Proportion | Held) -> str:
    return "held" if share is HELD else wording.percent(share.value)


def _notes(
    released: Released[ChangeLine],
    lines: Sequence[ChangeLine],
    heights: Sequence[float],
    at: float,
) -> go.Scatter:
    """Say why a strip has no mark: too few to show, all of them apart, or nobody."""
    apart = {(li.group, li.window) for li in released.lines if li.people == NEURAXIAL and li.pairs}
    texts = ["" if line.pairs and line.pairs is not HELD else _why(line, apart) for line in lines]
    return said("notes", [(at, y) for y in heights], texts, known=False)


def _why(line: ChangeLine, apart: Collection[tuple[Group, Window]]) -> str:
    if line.pairs is HELD:
        return wording.HELD_BACK
    if (line.group, line.window) in apart:
        return "neuraxial opioid: stands apart"
    return "no pair to compare"


def _hover(line: ChangeLine) -> str:
    return hover(
        f"{line.group.label}, {line.window.label}",
        f"{wording.quartiles(line.before)} to {wording.quartiles(line.after)} mg/24 h, "
        f"n {wording.count(line.pairs)}",
        f"change {wording.quartiles(line.change_mg, change=True)} mg, "
        f"{wording.quartiles(line.change_percent, change=True)} %",
        f"at least 30 % less: {wording.response(line.medd30)}",
        f"at least 50 % less: {wording.response(line.medd50)}",
    )


def _aria(groups: Sequence[Sequence[ChangeLine]]) -> str:
    told = "; ".join(
        f"{row[0].group.label}: "
        + ", ".join(
            f"{wording.short(line.window)} {wording.quartiles(line.change_mg, change=True)} mg, "
            f"30 % less {wording.response(line.medd30)}"
            for line in row
            if line.pairs is not HELD and line.pairs
        )
        for row in groups
        if any(line.pairs is not HELD and line.pairs for line in row)
    )
    return f"Change of systemic MEDD by window. {told or 'No change is shown'}."
