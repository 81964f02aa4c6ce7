"""How groups and periods fall apart: stacked bars, and a strip of shares over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from reports import wording
from reports.disclosure import HELD
from reports.disclosure.activity import CrossLine, ReleasedCross
from reports.figures import theme
from reports.figures.figure import Canvas, Figure, Label, hover, instead
from reports.figures.marks import labels

_DARK = "var(--state-died-before)"
DEATH_FILLS: Mapping[str, theme.Fill] = {
    "0-7": theme.Fill(theme.INK, theme.SURFACE),
    "8-28": theme.Fill(_DARK, "var(--on-accent)", pattern="/", pattern_opacity=0.35),
    "29-90": theme.Fill(theme.FAINT, "var(--on-accent)"),
    "91-180": theme.Fill("var(--state-alive-not-assessed)"),
    "181-up": theme.Fill("var(--sunken)", outline=theme.STRONG_LINE),
    "alive": theme.Fill(theme.CLEAR, outline=theme.STRONG_LINE),
}
"""The nearer to death the fuller, so that the order reads without colour."""
_SHORT = {"alive": "Not known<br>dead", "181-up": "> 180 days"}
_LEGEND_PX = 88
_WIDE_BAR = 0.44
_CELL = 0.86
_ROWS_PX = 44


def death_figure(released: ReleasedCross, title: str, subtitle: str) -> Figure:
    """Draw one bar a group, 100 % long: when its patients died, from the procedure on."""
    lines = released.lines
    if nothing := instead(title, subtitle, released.known):
        return nothing
    rows = [Label(line.head.label, f"n {wording.count(line.n)}") for line in lines]
    canvas = Canvas(tuple(rows), 28)
    names = [_SHORT.get(part.slug, part.label.replace(" to ", "-")) for part in released.parts]
    figure = canvas.draw(top=_LEGEND_PX, left=14, wide_top=44)
    place = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "entrywidth": 74}
    legend = place | {"font": {"size": 11}}
    figure.update_layout(barmode="stack", showlegend=True, legend=legend)
    figure.update_xaxes(range=[0, 100.4], dtick=25, ticksuffix=" %", title_text="of the group")
    for i, part in enumerate(released.parts):
        texts = [f"{part.label}: {wording.of(line.counts[i], line.n)}" for line in lines]
        shares = [_share(line, i) for line in lines]
        counts = ["" if n is HELD or not n else str(n) for n in (k.counts[i] for k in lines)]
        hovers = [hover(line.head.label, t) for line, t in zip(lines, texts, strict=True)]
        figure.add_trace(_segment(canvas, names[i], DEATH_FILLS[part.slug], shares, counts, hovers))
    rest = [_rest(line) for line in lines]
    if any(rest):
        held = [wording.HELD_BACK if share else "" for share in rest]
        figure.add_trace(_segment(canvas, "Held back", theme.HELD_FILL, rest, held, held))
    return Figure(figure, title, subtitle, _aria(released, title))


def _share(line: CrossLine, at: int) -> float:
    """Give a part's share in percent; shares of rounded counts are fitted to the whole bar."""
    count = line.counts[at]
    known = sum(n for n in line.counts if n is not HELD)
    whole = max(known, 0 if line.n is HELD else line.n)
    if not any(n is HELD for n in line.counts):
        whole = known
    return 0.0 if count is HELD or not whole else 100 * count / whole


def _rest(line: CrossLine) -> float:
    if line.n is HELD:
        return 100.0
    if not any(n is HELD for n in line.counts):
        return 0.0
    return 100.0 - sum(_share(line, i) for i in range(len(line.counts)))


def _segment(
    canvas: Canvas,
    name: str,
    fill: theme.Fill,
    shares: Sequence[float],
    texts: Sequence[str],
    hovers: Sequence[str],
) -> go.Bar:
    return go.Bar(
        name=name,
        orientation="h",
        y=[canvas.y(i, 0.45) for i in range(len(shares))],
        x=list(shares),
        width=canvas.height(0.9),
        meta={"wide": {"width": _WIDE_BAR}},
        marker=fill.marker,
        text=[t if s >= 5 + 2 * len(t) else "" for t, s in zip(texts, shares, strict=True)],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        insidetextfont={"color": fill.text, "size": theme.SMALL_PX},
        hovertext=list(hovers),
        hoverinfo="text",
    )


def access_figure(released: ReleasedCross, title: str, subtitle: str) -> Figure:
    """Draw, for each part and period, a bar of the part's share: full at 100 %."""
    lines = released.lines
    if nothing := instead(title, subtitle, released.known):
        return nothing
    shares = [wording.percent(share) for share in released.total.shares]
    rows = [
        Label(part.label, f"over all periods: {share}")
        for part, share in zip(released.parts, shares, strict=True)
    ]
    canvas = Canvas(tuple(rows), _ROWS_PX)
    figure = canvas.draw(top=46, right=4, left=4, wide_top=46, wide_row=0.58)
    figure.update_layout(barmode="overlay", margin_b=8)
    figure.update_xaxes(
        range=[0, len(lines)],
        tickvals=[i + _CELL / 2 for i in range(len(lines))],
        ticktext=[_heading(line) for line in lines],
        side="top",
        tickangle=0,
        tickfont={"size": 11},
        showgrid=False,
    )
    for held in (False, True):
        figure.add_trace(_frames(canvas, released, held=held))
    figure.add_trace(_fillings(canvas, released))
    figure.add_trace(_numbers(canvas, released))
    return Figure(figure, title, subtitle, _aria(released, title))


def _heading(line: CrossLine) -> str:
    months, _, year = line.head.label.removesuffix(", so far").rpartition(" ")
    n = "" if line.n is HELD else f"<br>n {line.n:,}"
    return f"{months}<br>{year}" + n if months else f"{year}{n}"


def _cells(released: ReleasedCross) -> list[tuple[int, int, CrossLine]]:
    return [(i, j, k) for i in range(len(released.parts)) for j, k in enumerate(released.lines)]


def _frames(canvas: Canvas, released: ReleasedCross, *, held: bool) -> go.Bar:
    """Draw the outlines of 100 %; crossed out where held back."""
    cells = [(i, j, k) for i, j, k in _cells(released) if (k.shares[i] is HELD) == held]
    fill = theme.HELD_FILL if held else theme.Fill(theme.CLEAR, outline=theme.STRONG_LINE)
    return go.Bar(
        orientation="h",
        y=[canvas.y(i, 0.2) for i, _, _ in cells],
        x=[_CELL] * len(cells),
        base=[j for _, j, _ in cells],
        width=canvas.height(0.28),
        marker=fill.marker,
        hovertext=[_hover(released, i, line) for i, _, line in cells],
        hoverinfo="text",
    )


def _fillings(canvas: Canvas, released: ReleasedCross) -> go.Bar:
    cells = [
        (i, j, line, share)
        for i, j, line in _cells(released)
        if isinstance(share := line.shares[i], float)
    ]
    return go.Bar(
        orientation="h",
        y=[canvas.y(i, 0.2) for i, _, _, _ in cells],
        x=[_CELL * share for _, _, _, share in cells],
        base=[j for _, j, _, _ in cells],
        width=canvas.height(0.28),
        marker={"color": theme.ACCENT},
        hovertext=[_hover(released, i, line) for i, _, line, _ in cells],
        hoverinfo="text",
    )


def _numbers(canvas: Canvas, released: ReleasedCross) -> go.Scatter:
    cells = _cells(released)
    points = [(float(j), canvas.y(i, 0.68)) for i, j, _ in cells]
    texts = [
        "held<br>back" if k.shares[i] is HELD else wording.percent(k.shares[i]) for i, _, k in cells
    ]
    numbers = labels("numbers", points, texts, gap_px=0)
    numbers.meta = {"wide": {"text": [text.replace("<br>", " ") for text in texts]}}
    return numbers


def _hover(released: ReleasedCross, at: int, line: CrossLine) -> str:
    share = wording.percent(line.shares[at])
    told = f"{wording.of(line.counts[at], line.n)} ({share})"
    return hover(f"{released.parts[at].label}, {line.head.label}", told)


def _aria(released: ReleasedCross, title: str) -> str:
    told = "; ".join(
        f"{line.head.label}: "
        + ", ".join(
            f"{part.label.lower()} {wording.count(n)}"
            for part, n in zip(released.parts, line.counts, strict=True)
        )
        for line in released.lines
    )
    return f"{title} {told}."
