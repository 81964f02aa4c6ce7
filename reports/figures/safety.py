"""Rates of harm: dots with exact intervals on an axis from zero, and what is counted apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from reports import wording
from reports.disclosure import HELD, Count, Held
from reports.disclosure.safety import ApartLine, HarmLine, ReleasedApart, ReleasedHarms
from reports.figures import theme
from reports.figures.figure import Canvas, Figure, Label, empty, hover, instead
from reports.figures.marks import Look, dots, labels, spans
from reports.names import apart_name, shortened
from reports.scope import Scope
from reports.stats.intervals import Proportion, Quartiles

RATES = "How many procedures were followed by harm?"
APART = "What belongs to the technique, or to the disease?"
MOST_DRAWN = 24
_ANY = Look(theme.SOFT, "circle")
_SEVERE = Look("var(--danger)", "diamond")
_EFFECT = Look(theme.ACCENT, "circle")
_TICKS = ((5, 1), (10, 2), (20, 5), (30, 10), (50, 10), (100, 25))
"""Ends of the axis in percent, and the steps between its ticks."""


@dataclass(frozen=True, slots=True)
class _Series:
    """One dot a row: how it looks, its words at the axis' end, where in the row it stands."""

    name: str
    look: Look
    shares: Sequence[Proportion | Held]
    at: float
    before: str = ""


def harm_figure(released: ReleasedHarms, scope: Scope) -> Figure:
    """Draw each group's share with any harm and with one of grade 3 or more, in percent."""
    lines = released.lines
    subtitle = scope.sentence(
        "procedures with a harm", "circle: any; diamond: grade 3 or more", "95 % exact interval"
    )
    known = [line.harmed is not HELD or line.severe is not HELD for line in lines]
    if lines and not any(known):
        return empty(RATES, subtitle, "The numbers with harm are too small to show here.")
    if nothing := instead(RATES, subtitle, known):
        return nothing
    canvas = Canvas(tuple(Label(x.group.label, _facts(x.procedures)) for x in lines), 44)
    harmed, severe = [x.harmed for x in lines], [x.severe for x in lines]
    series = (
        _Series("any harm", _ANY, harmed, 0.2, "any: "),
        _Series("grade 3 or more", _SEVERE, severe, 0.72, "≥ 3: "),
    )
    figure = _draw(canvas, series, [x.group.label for x in lines], "Procedures with a harm")
    return Figure(figure, RATES, subtitle, _aria(lines))


def apart_figure(released: ReleasedApart, scope: Scope) -> Figure:
    """Draw the share of procedures with each expected effect, then the disease's course."""
    subtitle = scope.sentence("procedures with what is no harm", "95 % exact interval")
    effects = sorted(released.effects, key=lambda line: line.share is HELD)[:MOST_DRAWN]
    lines = [line for line in (*effects, *released.course) if line.share is not HELD]
    if not lines:
        held = bool(released.effects or released.course)
        return instead(APART, subtitle, [False] if held else []) or _none_drawn(subtitle)
    names = [apart_name(line.what) for line in lines]
    facts = [_of_whom(line) for line in lines]
    canvas = Canvas(tuple(map(Label, map(shortened, names), facts)), 20)
    series = _Series("recorded", _EFFECT, [line.share for line in lines], 0.4)
    figure = _draw(canvas, (series,), names, "Procedures with the effect")
    told = "; ".join(f"{n}, {f}" for n, f in zip(names, facts, strict=True))
    return Figure(figure, APART, subtitle, f"Effects counted apart from harm. {told}.")


def _none_drawn(subtitle: str) -> Figure:
    return empty(APART, subtitle, "Nothing was recorded that is counted apart.")


def _of_whom(line: ApartLine) -> str:
    return f"{line.group.label}: {wording.responders(line.share)}"


def _facts(procedures: Count) -> str:
    return (
        f"procedures: {wording.HELD_BACK}" if procedures is HELD else f"{procedures:,} procedures"
    )


def _draw(canvas: Canvas, series: Sequence[_Series], names: Sequence[str], axis: str) -> go.Figure:
    figure = canvas.draw(right=104, left=14, wide_row=0.8)
    end, step = _axis([share for s in series for share in s.shares])
    figure.update_xaxes(range=[0, end], dtick=step, ticksuffix=" %", title_text=axis)
    for one in series:
        heights = [canvas.y(i, one.at) for i in range(len(names))]
        values = [_percents(share) for share in one.shares]
        hovers = [
            hover(name, f"{one.name}: {wording.rate(share)}")
            for name, share in zip(names, one.shares, strict=True)
        ]
        words = [f"{one.before}{_short(share)}" for share in one.shares]
        figure.add_trace(spans(f"{one.name}, interval", heights, values, one.look.colour))
        figure.add_trace(dots(one.name, heights, values, one.look, hovers))
        points = [(float(end), y) for y in heights]
        figure.add_trace(labels(f"{one.name}, words", points, words, one.look.colour))
    return figure


def _axis(shares: Sequence[Proportion | Held]) -> tuple[int, int]:
    """End the axis just beyond the highest limit, so that rare harms aren't a dot at its foot."""
    tops = [v.high or v.median for share in shares if (v := _percents(share))]
    highest = max(tops, default=0.0)
    return next((end, step) for end, step in _TICKS if highest <= end)


def _percents(share: Proportion | Held) -> Quartiles | None:
    """Turn a proportion into a point and its interval, in percent."""
    if share is HELD or share.value is None:
        return None
    low, high = (share.interval.low, share.interval.high) if share.interval else (None, None)
    return Quartiles(
        None if low is None else 100 * low,
        100 * share.value,
        None if high is None else 100 * high,
    )


def _short(share: Proportion | Held) -> str:
    """Say a rate where there is little room: of nobody the bound is the finding."""
    if share is HELD:
        return wording.HELD_BACK
    if share.k == 0 and share.interval:
        return f"up to {wording.rare_percent(share.interval.high)}"
    return wording.rare_percent(share.value)


def _aria(lines: Sequence[HarmLine]) -> str:
    told = "; ".join(
        f"{line.group.label}: any harm {wording.rate(line.harmed)}, "
        f"grade 3 or more {wording.rate(line.severe)}"
        for line in lines
    )
    return f"Procedures with a harm, with 95 % exact intervals. {told}."
