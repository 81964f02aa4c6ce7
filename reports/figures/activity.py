"""What is done, to whom, and how soon: bars of counts and shares, and the spread of waits."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from reports import wording
from reports.disclosure import HELD, Held
from reports.disclosure.activity import (
    CrossLine,
    ReleasedCross,
    ReleasedWaiting,
    WaitLine,
    WorkLine,
)
from reports.figures import theme
from reports.figures.figure import Canvas, Figure, Label, hover, instead
from reports.figures.marks import Look, dots, labels, notes, spans
from reports.groups import ALL
from reports.stats.activity_parts import MISSING
from reports.stats.intervals import Floors, Proportion, Quartiles

_BAR_PX = 14
_PLAIN = theme.Fill(theme.ACCENT)
_UNKNOWN = theme.Fill(theme.CLEAR, outline=theme.STRONG_LINE)
_MEDIAN = Look(theme.ACCENT, "circle")
_TAIL = Look(theme.SOFT, "line-ns", filled=False)
_SHARE = Look(theme.ACCENT, "circle")
_DAYS_LEAST = 7.0


def work_figure(lines: Sequence[WorkLine], title: str, subtitle: str) -> Figure:
    """Draw a bar for the procedures of each group."""
    own = [line for line in lines if line.group != ALL]
    if nothing := instead(title, subtitle, [line.procedures is not HELD for line in own]):
        return nothing
    rows = [Label(line.group.label, _worked(line)) for line in own]
    values = [None if line.procedures is HELD else float(line.procedures) for line in own]
    hovers = [hover(line.group.label, _worked(line)) for line in own]
    figure = _bars(rows, values, hovers, [_PLAIN] * len(own))
    figure.update_xaxes(rangemode="tozero", nticks=6, title_text="Procedures")
    told = "; ".join(f"{line.group.label}: {_worked(line)}" for line in own)
    return Figure(figure, title, subtitle, f"{title} {told}.")


def _worked(line: WorkLine) -> str:
    return f"{wording.count(line.procedures)} procedures, {wording.count(line.patients)} patients"


def share_figure(released: ReleasedCross, title: str, subtitle: str) -> Figure:
    """Draw a bar for each part's share of all procedures, 0 to 100 %."""
    line, shares = released.total, released.total.shares
    if nothing := instead(title, subtitle, [n is not HELD for n in line.counts] or released.known):
        return nothing
    facts = [_of(line, i) for i in range(len(shares))]
    rows = [Label(p.label, fact) for p, fact in zip(released.parts, facts, strict=True)]
    values = [None if s is HELD or s is None else 100 * s for s in shares]
    hovers = [hover(p.label, fact) for p, fact in zip(released.parts, facts, strict=True)]
    fills = [_UNKNOWN if part == MISSING else _PLAIN for part in released.parts]
    figure = _bars(rows, values, hovers, fills)
    figure.update_xaxes(range=[0, 100], dtick=25, ticksuffix=" %", title_text="of all procedures")
    told = "; ".join(f"{row.name}: {row.facts}" for row in rows)
    return Figure(figure, title, subtitle, f"{title} {told}.")


def _of(line: CrossLine, at: int) -> str:
    count, share = line.counts[at], line.shares[at]
    if count is HELD or line.n is HELD:
        return wording.HELD_BACK
    return f"{wording.percent(share)} · {wording.of(count, line.n)}"


def _bars(
    rows: Sequence[Label],
    values: Sequence[float | None],
    hovers: Sequence[str],
    fills: Sequence[theme.Fill],
) -> go.Figure:
    """Draw one bar a row; in words where it is held back."""
    canvas = Canvas(tuple(rows), _BAR_PX)
    figure = canvas.draw(wide_row=0.6)
    figure.update_layout(barmode="overlay")
    for fill in dict.fromkeys(fills):
        own = [i for i, f in enumerate(fills) if f == fill and values[i] is not None]
        figure.add_trace(
            go.Bar(
                orientation="h",
                y=[canvas.y(i, 0.5) for i in own],
                x=[values[i] for i in own],
                width=canvas.height(1),
                meta={"wide": {"width": 0.36}},
                marker=fill.marker,
                hovertext=[hovers[i] for i in own],
                hoverinfo="text",
            )
        )
    figure.add_trace(_held([value is None for value in values], canvas))
    return figure


def _held(flags: Sequence[bool], canvas: Canvas) -> go.Scatter:
    texts = [wording.HELD_BACK if flag else "" for flag in flags]
    points = [(0.0, canvas.y(i, 0.5)) for i in range(len(flags))]
    return labels("held back", points, texts, theme.SOFT)


def wait_figure(waits: ReleasedWaiting, title: str, subtitle: str) -> Figure:
    """Draw each head's median days with quartiles, and a tick at the 90th percentile."""
    if nothing := instead(title, subtitle, waits.known):
        return nothing
    lines = waits.lines
    facts = [_waited(line) for line in lines]
    canvas = Canvas(
        tuple(Label(line.group.label, fact) for line, fact in zip(lines, facts, strict=True)), 24
    )
    figure = canvas.draw(right=48)
    days = [None if line.days is HELD else line.days for line in lines]
    most = [_at(line.most) for line in lines]
    figure.update_xaxes(
        range=[0, _longest(days, most)], nticks=7, title_text="Days from referral to procedure"
    )
    heights = [canvas.y(i, 0.5) for i in range(len(lines))]
    hovers = [hover(line.group.label, fact) for line, fact in zip(lines, facts, strict=True)]
    figure.add_trace(spans("quartiles", heights, days, _MEDIAN.colour))
    figure.add_trace(dots("90th percentile", heights, most, _TAIL, hovers))
    figure.add_trace(dots("median", heights, days, _MEDIAN, hovers))
    figure.add_trace(notes(canvas, [_unwaited(line) for line in lines], at=0))
    told = "; ".join(f"{line.group.label}: {f}" for line, f in zip(lines, facts, strict=True))
    return Figure(figure, title, subtitle, f"{title} {told}.")


def _at(value: float | Held | None) -> Quartiles | None:
    return None if value is HELD or value is None else Quartiles(None, value, None)


def _longest(days: Sequence[Quartiles | None], most: Sequence[Quartiles | None]) -> float:
    told = [q for q in (*days, *most) if q is not None]
    return 1.08 * max(
        *(q.high or q.median for q in told), *(q.median for q in told), _DAYS_LEAST, 0
    )


def _waited(line: WaitLine) -> str:
    told = wording.quartiles(line.days)
    tail = (
        "" if line.most is HELD or line.most is None else f", 90 % by {wording.number(line.most)}"
    )
    return f"{told} days{tail} · n {wording.count(line.recorded)}" if line.recorded else "n 0"


def _unwaited(line: WaitLine) -> str:
    if line.recorded is HELD:
        return wording.HELD_BACK
    return "" if line.recorded else "no referral date recorded"


def soon_figure(
    tables: Sequence[tuple[str, ReleasedCross]], title: str, subtitle: str, floors: Floors
) -> Figure:
    """Draw, of each part of each named table, the share in its first column with its interval."""
    lines = [(f"{name}: {line.head.label}", line) for name, t in tables for line in t.lines]
    found = [line.share_of(0, floors) for _, line in lines]
    known = [share is not HELD for share in found] or tables[0][1].known
    if nothing := instead(title, subtitle, known):
        return nothing
    rows = [Label(name, _within(share)) for (name, _), share in zip(lines, found, strict=True)]
    canvas = Canvas(tuple(rows), 16)
    figure = canvas.draw(wide_row=0.62)
    figure.update_xaxes(range=[0, 100], dtick=25, ticksuffix=" %")
    heights = [canvas.y(i, 0.5) for i in range(len(rows))]
    values = [_percents(share) for share in found]
    hovers = [hover(row.name, row.facts) for row in rows]
    figure.add_trace(spans("interval", heights, values, _SHARE.colour))
    figure.add_trace(dots("share", heights, values, _SHARE, hovers))
    figure.add_trace(_held([value is None for value in values], canvas))
    told = "; ".join(f"{row.name}: {row.facts}" for row in rows)
    return Figure(figure, title, subtitle, f"{title} {told}.")


def _within(share: Proportion | Held) -> str:
    if share is HELD:
        return wording.HELD_BACK
    return f"{wording.response(share)} · {wording.responders(share)}"


def _percents(share: Proportion | Held) -> Quartiles | None:
    if share is HELD or share.value is None:
        return None
    if share.interval is None:
        return Quartiles(None, 100 * share.value, None)
    return Quartiles(100 * share.interval.low, 100 * share.value, 100 * share.interval.high)
