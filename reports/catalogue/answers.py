"""The answers of a comparison in words: the finding with its uncertainty, true without a figure."""

from __future__ import annotations

from collections.abc import Sequence

from registry.domain.outcomes import State
from registry.domain.windows import Window
from reports import wording
from reports.disclosure import (
    HELD,
    CompletenessLine,
    MeddLine,
    PainLine,
    Released,
    ResponderLine,
    StateLine,
)
from reports.disclosure.curve import CurveLine
from reports.disclosure.judged import JudgedLine
from reports.disclosure.released import LineT
from reports.groups import ALL
from reports.stats.curve import STEPS


def _of_all(lines: Sequence[LineT]) -> LineT | None:
    """Find the line that speaks of all groups: their total, or the only one."""
    return next((line for line in lines if line.group == ALL or len(lines) == 1), None)


def say_completeness(released: Released[CompletenessLine], window: Window) -> str:
    """Say how many of those alive and due were assessed."""
    line = _of_all(released.at(window))
    if line is None or line.alive_and_due is HELD or line.assessed is HELD:
        return "Too few procedures to say how complete follow-up is."
    if not line.alive_and_due:
        return f"Nobody was alive and due at {window.label} yet."
    return (
        f"At {window.label} {wording.of(line.assessed, line.alive_and_due)} alive and due were "
        f"assessed ({wording.percent(line.of_alive_and_due)}); of all treated "
        f"{wording.percent(line.of_treated)}."
    )


def say_states(released: Released[StateLine], window: Window) -> str:
    """Say where all treated stand."""
    line = _of_all(released.at(window))
    if line is None:
        return "No procedure answers to these filters."
    counts = {state: wording.count(line.counts[state]) for state in State}
    return (
        f"Of {wording.count(line.treated)} treated, at {window.label}: responder "
        f"{counts[State.RESPONDER]}, non-responder {counts[State.NON_RESPONDER]}, died before "
        f"{counts[State.DIED_BEFORE]}, alive but not assessed {counts[State.ALIVE_NOT_ASSESSED]}, "
        f"not due yet {counts[State.NOT_DUE]}, ineligible {counts[State.INELIGIBLE]}."
    )


def say_pain(released: Released[PainLine], window: Window) -> str:
    """Say how pain changed in the largest groups."""
    told = [
        f"{line.group.label} {wording.quartiles(line.change, change=True)}"
        for line in _largest(released.at(window), "n")
    ]
    if not told:
        return f"Nobody was assessed at {window.label}."
    return f"Median change of pain at {window.label} (quartiles): {'; '.join(told)}."


def say_responders(
    released: Released[ResponderLine], judged: Released[JudgedLine], window: Window
) -> str:
    """Say how many respond in the largest groups, and how far the definitions lie apart there."""
    lines = released.at(window)
    first = [line for line in lines if line.definition.slug == "nrs30"]
    largest = _largest(first, "n")
    if not largest:
        return f"Nobody was assessed at {window.label}, or too few to say how many respond."
    told = [f"{line.group.label} {wording.response(line.response)}" for line in largest]
    said = f"Pain down by at least 30 % at {window.label}, of those assessed: {'; '.join(told)}."
    biggest = max(largest, key=lambda line: line.n if line.n is not HELD else 0).group
    every = [
        *((line.group, line.definition, line.response) for line in lines),
        *((line.group, line.definition, line.response) for line in judged.at(window)),
    ]
    shares = [
        (told.value, definition.label)
        for group, definition, told in every
        if group == biggest and told is not HELD and told.value is not None
    ]
    if len(shares) < 2:
        return said
    low, high = min(shares), max(shares)
    return (
        f"{said} The definition changes the answer: for {biggest.label} from "
        f"{wording.percent(low[0])} ({low[1]}) to {wording.percent(high[0])} ({high[1]})."
    )


def say_curve(released: Released[CurveLine], window: Window) -> str:
    """Say how many of the largest groups improve by a third, by half and wholly."""
    told = []
    for line in _largest(released.at(window), "n"):
        shares = [
            f"{wording.percent(share)} by at least {step} %"
            for step in (30, 50, 100)
            if (share := line.share(STEPS.index(step), of_due=False)) is not None
        ]
        told += [f"{line.group.label} {', '.join(shares)}"] if shares else []
    if not told:
        return f"Nobody was assessed at {window.label}, or too few to say how many improve."
    return f"Pain at {window.label} is down, of those assessed: {'; '.join(told)}."


def say_medd(released: Released[MeddLine], window: Window) -> str:
    """Say how the dose changed in the largest groups."""
    told = [
        f"{line.group.label} {wording.quartiles(line.change_mg, change=True)}"
        for line in _largest(released.at(window), "complete")
    ]
    if not told:
        return f"No dose could be compared at {window.label}."
    return (
        f"Median change of systemic MEDD at {window.label}, mg/24 h oral morphine (quartiles): "
        f"{'; '.join(told)}."
    )


_MOST_TOLD = 3


def _largest(lines: Sequence[LineT], count: str) -> list[LineT]:
    """Choose whom a sentence names: the largest groups, in the page's order."""
    known = [line for line in lines if getattr(line, count) not in (HELD, 0)]
    largest = sorted(known, key=lambda line: -getattr(line, count))[:_MOST_TOLD]
    return [line for line in known if line in largest]
