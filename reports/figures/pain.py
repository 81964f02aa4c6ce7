"""Dumbbells: pain before and after, median and quartiles, always on the whole 0-10 scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import plotly.graph_objects as go

from registry.domain.windows import Window
from reports import wording
from reports.disclosure import HELD, Held, PainLine, Released
from reports.figures import theme
from reports.figures.figure import Canvas, Figure, Label, hover, instead
from reports.figures.marks import Look, connectors, dots, labels, notes, spans
from reports.scope import Scope
from reports.stats.intervals import Quartiles

Kind = Literal["average", "worst"]
_TITLES: dict[Kind, str] = {
    "average": "How much pain before, and at {}?",
    "worst": "How bad does pain get before, and at {}?",
}


@dataclass(frozen=True, slots=True)
class _End:
    """One end of the dumbbell: which summary, where in the row's body, and how it looks."""

    name: Literal["before", "after"]
    place: float
    look: Look


_BEFORE = _End("before", 0.18, Look(theme.SOFT, "circle", filled=False))
_AFTER = _End("after", 0.68, Look(theme.ACCENT, "circle"))


def pain_figure(
    released: Released[PainLine], scope: Scope, window: Window, kind: Kind = "average"
) -> Figure:
    """Draw each group's paired pain of one kind before and at the window."""
    lines = released.at(window)
    title = _TITLES[kind].format(window.label)
    subtitle = scope.sentence(
        f"at {window.label}",
        f"{kind} pain over 24 h, self-reported",
        "median and quartiles",
        f"n {wording.total(line.n for line in lines)}",
    )
    if nothing := instead(title, subtitle, [line.n is not HELD for line in lines]):
        return nothing
    canvas = Canvas(tuple(Label(line.group.label, _facts(line)) for line in lines), 46)
    figure = canvas.draw(right=84)
    figure.update_xaxes(
        range=[0, 10], dtick=1, tickangle=0, title_text=f"{kind.capitalize()} pain, NRS 0-10"
    )
    figure.add_trace(_between(canvas, lines))
    for end in (_BEFORE, _AFTER):
        said = "before" if end is _BEFORE else f"at {wording.short(window)}"
        for trace in _end(canvas, lines, end, said, [_hover(line, window) for line in lines]):
            figure.add_trace(trace)
    figure.add_trace(notes(canvas, [_note(line) for line in lines], at=0))
    return Figure(figure, title, subtitle, _aria(lines, window, kind))


def _end(
    canvas: Canvas, lines: Sequence[PainLine], end: _End, said: str, hovers: Sequence[str]
) -> list[go.Scatter]:
    values = [_known(getattr(line, end.name)) for line in lines]
    heights = [canvas.y(i, end.place) for i in range(len(lines))]
    tips = [
        (0.0 if v is None else v.median if v.high is None else v.high, y)
        for v, y in zip(values, heights, strict=True)
    ]
    texts = ["" if v is None else f"{wording.number(v.median)} {said}" for v in values]
    words = labels(f"{end.name}, median", tips, texts, end.look.colour)
    if end is _AFTER:
        words.meta = {"wide": _clear_of_connectors(lines)}
    return [
        spans(f"{end.name}, quartiles", heights, values, end.look.colour),
        dots(end.name, heights, values, end.look, hovers),
        words,
    ]


def _clear_of_connectors(lines: Sequence[PainLine]) -> dict[str, list[Any]]:
    """Put the words of a fall to its left, where no connector runs, if the screen has room."""
    ends = [(_known(line.before), _known(line.after)) for line in lines]
    placed = [
        (after.median if after.low is None else after.low, "middle left")
        if before is None or after.median < before.median
        else (after.median if after.high is None else after.high, "middle right")
        for before, after in ends
        if after is not None
    ]
    return {"x": [x for x, _ in placed], "textposition": [side for _, side in placed]}


def _known(values: Quartiles | Held | None) -> Quartiles | None:
    return None if values is HELD else values


def _between(canvas: Canvas, lines: Sequence[PainLine]) -> go.Scatter:
    ends = []
    for i, line in enumerate(lines):
        before, after = _known(line.before), _known(line.after)
        if before is not None and after is not None:
            start, end = canvas.y(i, _BEFORE.place), canvas.y(i, _AFTER.place)
            ends.append(((before.median, start), (after.median, end)))
    return connectors("change", ends)


def _facts(line: PainLine) -> str:
    if line.n is HELD or not line.n:
        return f"n {wording.count(line.n)}"
    return f"n {line.n:,} · change {wording.quartiles(line.change, change=True)}"


def _note(line: PainLine) -> str:
    if line.n is HELD:
        return wording.HELD_BACK
    return "" if line.n else "nobody assessed"


def _hover(line: PainLine, window: Window) -> str:
    return hover(
        line.group.label,
        f"pairs: {wording.count(line.n)}",
        f"before: {wording.quartiles(line.before)}",
        f"at {window.label}: {wording.quartiles(line.after)}",
        f"change: {wording.quartiles(line.change, change=True)}",
    )


def _aria(lines: Sequence[PainLine], window: Window, kind: Kind) -> str:
    told = "; ".join(
        f"{line.group.label}: {wording.quartiles(line.before)} before, "
        f"{wording.quartiles(line.after)} after, n {wording.count(line.n)}"
        for line in lines
    )
    return f"Median {kind} pain with quartiles before and at {window.label}. {told}."
