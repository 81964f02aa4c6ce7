"""Opioid change dots: median change of systemic MEDD with quartiles, around no change."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from registry.domain.windows import Window
from reports import wording
from reports.disclosure import HELD, Held, MeddLine, Released
from reports.figures import theme
from reports.figures.figure import Canvas, Figure, Label, hover, instead
from reports.figures.marks import Look, dots, labels, notes, spans
from reports.scope import Scope
from reports.stats.intervals import Quartiles

_LOOK = Look(theme.ACCENT, "circle")
_WITHOUT = Look(theme.SOFT, "diamond", filled=False)


def medd_figure(released: Released[MeddLine], scope: Scope, window: Window) -> Figure:
    """Draw each group's change of systemic MEDD, mg/24 h oral morphine; left of 0 is less."""
    lines = released.at(window)
    title = f"Is less opioid taken at {window.label}?"
    subtitle = scope.sentence(
        f"at {window.label}",
        "systemic MEDD, mg/24 h oral morphine, median and quartiles",
        f"complete pairs: {wording.total(line.complete for line in lines)}",
        "hollow diamond: without those on methadone",
        "neuraxial opioid left out",
    )
    if nothing := instead(title, subtitle, [line.complete is not HELD for line in lines]):
        return nothing
    canvas = Canvas(tuple(Label(line.group.label, _facts(line)) for line in lines), 48)
    figure = canvas.draw()
    values = [_known(line.change_mg) for line in lines]
    without = [_sensitivity(line) for line in lines]
    heights = [canvas.y(i, 0.2) for i in range(len(lines))]
    lower = [canvas.y(i, 0.72) for i in range(len(lines))]
    reach = _reach([*values, *without])
    figure.update_xaxes(
        range=[-reach, reach],
        zeroline=True,
        zerolinewidth=2,
        title_text="Change of MEDD, mg/24 h oral morphine",
    )
    hovers = [_hover(line) for line in lines]
    figure.add_trace(spans("change, quartiles", heights, values, _LOOK.colour))
    figure.add_trace(dots("change", heights, values, _LOOK, hovers))
    figure.add_trace(spans("without methadone, quartiles", lower, without, _WITHOUT.colour))
    figure.add_trace(dots("without methadone", lower, without, _WITHOUT, hovers))
    figure.add_trace(_named(lines, without, lower))
    figure.add_trace(notes(canvas, [_note(line) for line in lines], at=-reach))
    return Figure(figure, title, subtitle, _aria(lines, window))


def _known(values: Quartiles | Held | None) -> Quartiles | None:
    return None if values is HELD else values


def _sensitivity(line: MeddLine) -> Quartiles | None:
    """Give the change without methadone takers where there are any: else it is the same change."""
    return None if line.methadone == 0 else _known(line.change_without_methadone)


def _named(
    lines: Sequence[MeddLine], values: Sequence[Quartiles | None], heights: Sequence[float]
) -> go.Scatter:
    """Say beside each diamond of how many it is, and how many took methadone."""
    drawn = [
        ((v.median if v.high is None else v.high, y), f"without {wording.count(line.methadone)}")
        for line, v, y in zip(lines, values, heights, strict=True)
        if v is not None
    ]
    points, texts = [point for point, _ in drawn], [text for _, text in drawn]
    words = labels("without methadone, words", points, texts, theme.SOFT)
    words.meta = {"wide": {"text": [f"{text} on methadone" for text in texts]}}
    return words


def _reach(values: Sequence[Quartiles | None]) -> float:
    """Give how far the axis goes either way, so that no change lies in the middle."""
    ends = [abs(x) for v in values if v for x in (v.low, v.median, v.high) if x is not None]
    return 1.15 * max(ends, default=10) or 10


def _facts(line: MeddLine) -> str:
    pairs = f"n {wording.count(line.complete)}"
    if line.complete is HELD or not line.complete:
        return pairs
    change = f"{wording.quartiles(line.change_mg, change=True)} mg"
    return f"{pairs} · {change} · {_share(line)}"


def _share(line: MeddLine) -> str:
    if line.change_percent is HELD or line.change_percent is None:
        return f"percent {wording.quartiles(line.change_percent)}"
    return f"{wording.signed(round(line.change_percent.median))} %"


def _note(line: MeddLine) -> str:
    if line.complete is HELD:
        return wording.HELD_BACK
    if line.complete:
        return ""
    apart = line.neuraxial is not HELD and line.neuraxial > 0
    return "neuraxial opioid: apart" if apart else "no complete pair"


def _hover(line: MeddLine) -> str:
    return hover(
        line.group.label,
        f"complete pairs: {wording.count(line.complete)}",
        f"before: {wording.quartiles(line.before)} mg/24 h",
        f"after: {wording.quartiles(line.after)} mg/24 h",
        f"change: {wording.quartiles(line.change_mg, change=True)} mg/24 h",
        f"change in percent: {wording.quartiles(line.change_percent, change=True)}",
        f"took methadone: {wording.count(line.methadone)}; change without them: "
        f"{wording.quartiles(line.change_without_methadone, change=True)} mg/24 h",
        f"left out: {wording.count(line.neuraxial)} neuraxial, "
        f"{wording.count(line.incomplete)} incomplete",
    )


def _aria(lines: Sequence[MeddLine], window: Window) -> str:
    told = "; ".join(
        f"{line.group.label}: {wording.quartiles(line.change_mg, change=True)} mg, "
        f"n {wording.count(line.complete)}"
        for line in lines
    )
    return f"Median change of systemic MEDD with quartiles at {window.label}. {told}."
