"""State bars: where do all treated patients stand at a window?"""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from registry.domain.outcomes import State
from registry.domain.windows import Window
from reports import wording
from reports.disclosure import HELD, Count, Released, StateLine
from reports.figures import theme
from reports.figures.figure import Canvas, Figure, Label, hover, instead
from reports.frames import STATES
from reports.groups import ALL
from reports.scope import Scope

LEGEND_PX = 88
"""Room for the states' names in two columns on a phone."""
WIDE_LEGEND_PX = 44
WIDE_BAR = 0.44
"""Width of a bar where rows are low, as a share of its row: its number fits in."""
_BROKEN = {State.ALIVE_NOT_ASSESSED: "Alive,<br>not assessed"}


def state_figure(released: Released[StateLine], scope: Scope, window: Window) -> Figure:
    """Draw one bar a group, 100 % long: the six states, and what is held back.

    Where the treated are held back the bar is of the eligible, and its label says so.
    """
    lines = [line for line in released.at(window) if line.group != ALL]
    title = f"Where do all treated patients stand at {window.label}?"
    subtitle = scope.sentence(f"at {window.label}", _everyone(released.at(window)))
    if nothing := instead(title, subtitle, [line.eligible is not HELD for line in lines]):
        return nothing
    canvas = Canvas(tuple(Label(line.group.label, _facts(line)) for line in lines), 28)
    figure = canvas.draw(top=LEGEND_PX, left=14, right=28, wide_top=WIDE_LEGEND_PX)
    figure.update_layout(
        barmode="stack",
        showlegend=True,
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1,
            "yanchor": "bottom",
            "traceorder": "normal",
            "entrywidth": 74,
            "font": {"size": 11},
        },
    )
    figure.update_xaxes(range=[0, 100.4], dtick=25, ticksuffix=" %", title_text="of the group")
    for state in STATES:
        if any(_shown(line, state) for line in lines):
            figure.add_trace(_segment(canvas, lines, state))
    if any(_rest(line) for line in lines):
        figure.add_trace(_held_segment(canvas, lines))
    return Figure(figure, title, subtitle, _aria(lines, window))


def _everyone(lines: Sequence[StateLine]) -> str:
    """Say how many were treated in all."""
    total = next((line for line in lines if line.group == ALL), lines[0] if lines else None)
    if total is None:
        return "n 0"
    return f"treated: {wording.HELD_BACK}" if total.treated is HELD else f"n {total.treated:,}"


def _facts(line: StateLine) -> str:
    if line.treated is not HELD:
        return f"{line.treated:,} treated"
    return f"{wording.count(line.eligible)} eligible; ineligible: held back"


def _base(line: StateLine) -> int:
    """Count whom the bar stands for; rounded states may come to a little more than the treated."""
    known = line.eligible if line.treated is HELD else line.treated
    return max(0 if known is HELD else known, sum(_shown(line, state) for state in STATES))


def _shown(line: StateLine, state: State) -> int:
    value: Count = line.counts[state]
    return 0 if value is HELD else value


def _rest(line: StateLine) -> int:
    """Count what is in the bar but in none of the states that are shown."""
    if HELD not in line.counts.values():
        return 0
    return _base(line) - sum(_shown(line, state) for state in STATES)


def _share(part: int, line: StateLine) -> float:
    return 100 * part / _base(line) if _base(line) else 0.0


def _segment(canvas: Canvas, lines: Sequence[StateLine], state: State) -> go.Bar:
    fill, label = theme.STATE_FILLS[state], wording.STATE_LABELS[state]
    counts = [_shown(line, state) for line in lines]
    shares = [_share(n, line) for n, line in zip(counts, lines, strict=True)]
    return _bar(
        canvas,
        _BROKEN.get(state, label),
        fill,
        shares,
        texts=[str(n) if n else "" for n in counts],
        hovers=[
            hover(line.group.label, f"{label}: {wording.of(n, _base(line))} ({share:.0f} %)")
            for line, n, share in zip(lines, counts, shares, strict=True)
        ],
    )


def _held_segment(canvas: Canvas, lines: Sequence[StateLine]) -> go.Bar:
    return _bar(
        canvas,
        "Held back",
        theme.HELD_FILL,
        [_share(_rest(line), line) for line in lines],
        texts=[wording.HELD_BACK if _rest(line) else "" for line in lines],
        hovers=[
            hover(line.group.label, "Small numbers, and what would give them away: held back")
            for line in lines
        ],
    )


def _bar(
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
        meta={"wide": {"width": WIDE_BAR}},
        marker=fill.marker,
        text=[
            text if share >= 5 + 2 * len(text) else ""
            for text, share in zip(texts, shares, strict=True)
        ],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        insidetextfont={"color": fill.text, "size": theme.SMALL_PX},
        hovertext=list(hovers),
        hoverinfo="text",
    )


def _aria(lines: Sequence[StateLine], window: Window) -> str:
    told = "; ".join(
        f"{line.group.label}: "
        + ", ".join(
            f"{wording.STATE_LABELS[state].lower()} {wording.count(line.counts[state])}"
            for state in STATES
        )
        for line in lines
    )
    return f"Counts of the six states at {window.label}. {told}."
