"""Responder dots: every definition side by side, each of its own denominator, with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from registry.domain.windows import Window
from reports import wording
from reports.disclosure import HELD, Held, Released, ResponderLine
from reports.disclosure.judged import JudgedLine
from reports.figures import theme
from reports.figures.figure import Canvas, Figure, Label, hover, instead
from reports.figures.marks import Look, Point, dots, labels, notes, segments, spans
from reports.groups import Group
from reports.scope import Scope
from reports.stats.intervals import Proportion, Quartiles
from reports.stats.responders import ALL_DEFINITIONS

_LOOKS = {
    "nrs30": Look(theme.ACCENT, "circle"),
    "nrs50": Look(theme.SOFT, "square"),
    "nrs2": Look(theme.SOFT, "diamond"),
    "composite": Look(theme.SOFT, "triangle-up"),
    "icpre2012": Look(theme.SOFT, "triangle-down"),
    "medd30": Look("var(--info)", "circle"),
    "medd50": Look("var(--info)", "square"),
}
BODY_PX = 168
WORDS_PX = 13
"""Words stand so far beyond the axis' end, clear of a dot upon it."""
_Line = ResponderLine | JudgedLine


def responder_figure(
    released: Released[ResponderLine],
    judged: Released[JudgedLine],
    scope: Scope,
    window: Window,
) -> Figure:
    """Draw each group's responders by every definition, in percent of those whom it can judge."""
    lines = released.at(window)
    title = f"How many respond at {window.label}?"
    subtitle = scope.sentence(
        f"at {window.label}",
        "of those whom each definition can judge, with 95 % interval",
        "pale: if none, or all, of those not assessed had responded",
    )
    if nothing := instead(title, subtitle, [line.n is not HELD for line in lines]):
        return nothing
    groups = list(dict.fromkeys(line.group for line in lines))
    by_pain = {g: [line for line in lines if line.group == g] for g in groups}
    by_dose = {g: [line for line in judged.at(window) if line.group == g] for g in groups}
    canvas = Canvas(tuple(Label(g.label, _facts(by_pain[g][0])) for g in groups), BODY_PX)
    figure = canvas.draw(right=164, wide_row=0.84)
    figure.update_xaxes(
        range=[0, 100], dtick=50, tickangle=0, ticksuffix=" %", title_text="Responders"
    )
    figure.layout.meta["wide"]["xaxis"] = {"dtick": 25}
    series: list[list[_Line]] = [
        [(by_pain[g] + by_dose[g])[place] for g in groups] for place in range(len(ALL_DEFINITIONS))
    ]
    for place, own in enumerate(series):
        # A gap between pain and doses.
        at = 0.06 + 0.138 * place + (0.03 if place > 2 else 0)
        for trace in _traces(own, [canvas.y(i, at) for i in range(len(groups))]):
            figure.add_trace(trace)
    figure.add_trace(notes(canvas, [_note(by_pain[g][0]) for g in groups], at=0))
    return Figure(figure, title, subtitle, _aria(by_pain, by_dose, window))


def _traces(lines: Sequence[_Line], heights: Sequence[float]) -> list[go.Scatter]:
    definition = lines[0].definition
    look = _LOOKS[definition.slug]
    values = [_percents(line.response) for line in lines]
    pale: dict[str, object] = {"color": theme.LINE, "width": 11}
    bounded = [
        (line, y) for line, y in zip(lines, heights, strict=True) if isinstance(line, ResponderLine)
    ]
    bounds = segments(f"{definition.slug}, bounds", _bounds(bounded), pale)
    words = [_words(line) for line in lines]
    ends = [(100.0, y) for y in heights]
    return [
        *([bounds] if bounded else []),
        spans(f"{definition.slug}, interval", heights, values, look.colour),
        dots(definition.slug, heights, values, look, [_hover(line) for line in lines]),
        labels(f"{definition.slug}, words", ends, words, look.colour, WORDS_PX),
    ]


def _words(line: _Line) -> str:
    """Name the definition, its share and of how many; nothing where nobody is judged by pain."""
    if isinstance(line, ResponderLine) and (line.n is HELD or not line.n):
        return ""
    if line.n is HELD or line.response is HELD:
        return f"{line.definition.short}: {wording.HELD_BACK}"
    if not line.n:
        return f"{line.definition.short}: nobody"
    return f"{line.definition.short}: {wording.percent(line.response.value)} of {line.n:,}"


def _percents(response: Proportion | Held) -> Quartiles | None:
    """Turn a proportion into a point and its interval, in percent."""
    if response is HELD or response.value is None:
        return None
    interval = response.interval
    low, high = (100 * interval.low, 100 * interval.high) if interval else (None, None)
    return Quartiles(low, 100 * response.value, high)


def _bounds(lines: Sequence[tuple[ResponderLine, float]]) -> list[tuple[Point, Point]]:
    """Reach from the proportion if none of the unassessed responded to that if all did."""
    return [
        ((100 * line.worst, y), (100 * line.best, y))
        for line, y in lines
        if isinstance(line.worst, float) and isinstance(line.best, float)
    ]


def _facts(line: ResponderLine) -> str:
    if line.n is HELD:
        return f"assessed: {wording.HELD_BACK}"
    if line.unassessed is HELD:
        return f"{line.n:,} assessed; alive, not assessed: {wording.HELD_BACK}"
    return f"{line.n:,} assessed of {line.n + line.unassessed:,} alive and due"


def _note(line: ResponderLine) -> str:
    if line.n is HELD:
        return wording.HELD_BACK
    return "" if line.n else "nobody assessed"


def _hover(line: _Line) -> str:
    bounds: tuple[str, ...] = ()
    if isinstance(line, ResponderLine):
        bounds = (
            f"if none of the {wording.count(line.unassessed)} not assessed responded: "
            f"{wording.percent(line.worst)}",
            f"if all of them did: {wording.percent(line.best)}",
        )
    return hover(
        f"{line.group.label}, {line.definition.label}",
        f"{wording.responders(line.response)} judged",
        wording.response(line.response),
        *bounds,
    )


def _aria(
    by_pain: Mapping[Group, Sequence[ResponderLine]],
    by_dose: Mapping[Group, Sequence[JudgedLine]],
    window: Window,
) -> str:
    told = "; ".join(
        f"{group.label}: "
        + ", ".join(
            f"{definition.label} {wording.response(told)}"
            for definition, told in (
                *((line.definition, line.response) for line in lines),
                *((line.definition, line.response) for line in by_dose[group]),
            )
        )
        for group, lines in by_pain.items()
    )
    return f"Responders by every definition at {window.label}, with 95 % intervals. {told}."
