"""The tables of response: every definition side by side, and the curve."""

from __future__ import annotations

from collections.abc import Iterator

from reports import wording
from reports.disclosure import HELD, Released, ResponderLine
from reports.disclosure.curve import CurveLine
from reports.disclosure.judged import JudgedLine
from reports.scope import Scope
from reports.stats.curve import STEPS
from reports.tables.table import Table, disclosure_notes

UNJUDGED = "not bounded"
CURVE_STEPS = tuple(range(10, 101, 10))


def responder_table(
    released: Released[ResponderLine], judged: Released[JudgedLine], scope: Scope
) -> Table:
    """Tabulate responders by every definition, each with its own denominator."""
    keys = dict.fromkeys((line.group, line.window) for line in released.lines)
    rows = [
        (group.label, window.label, *row)
        for group, window in keys
        for row in (
            *(_by_pain(line) for line in released.at(window) if line.group == group),
            *(_by_dose(line) for line in judged.at(window) if line.group == group),
        )
    ]
    return Table(
        f"Responders among those whom each definition can judge. {scope.sentence()}",
        (
            "Group",
            "Window",
            "Definition",
            "Judged",
            "Responders",
            "Proportion (95 % Wilson interval)",
            "Alive, not assessed",
            "If none of these responded",
            "If all of these responded",
        ),
        tuple(rows),
        disclosure_notes(released),
    )


def _by_pain(line: ResponderLine) -> tuple[str, ...]:
    return (
        line.definition.label,
        wording.count(line.n),
        wording.responders(line.response),
        wording.response(line.response),
        wording.count(line.unassessed),
        wording.percent(line.worst),
        wording.percent(line.best),
    )


def _by_dose(line: JudgedLine) -> tuple[str, ...]:
    return (
        line.definition.label,
        wording.count(line.n),
        wording.responders(line.response),
        wording.response(line.response),
        *(UNJUDGED,) * 3,
    )


def curve_table(released: Released[CurveLine], scope: Scope) -> Table:
    """Tabulate the curve at every tenth percent, of the assessed and of all alive and due."""
    rows = [row for line in released.lines for row in _of_each(line)]
    return Table(
        f"Pain down by at least so many percent. {scope.sentence()}",
        ("Group", "Window", "Of", "n", *(f"≥ {step} %" for step in CURVE_STEPS)),
        tuple(rows),
        disclosure_notes(released),
    )


def _of_each(line: CurveLine) -> Iterator[tuple[str, ...]]:
    both = HELD in (line.n, line.unassessed)
    everyone = wording.HELD_BACK if both else wording.total((line.n, line.unassessed))
    for of_due, whom, n in (
        (False, "assessed", wording.count(line.n)),
        (True, "alive and due, not assessed taken as not improved", everyone),
    ):
        yield (
            line.group.label,
            line.window.label,
            whom,
            n,
            *(_share(line, STEPS.index(step), of_due) for step in CURVE_STEPS),
        )


def _share(line: CurveLine, place: int, of_due: bool) -> str:
    share = line.share(place, of_due=of_due)
    if share is None:
        return wording.NONE if line.n == 0 else wording.HELD_BACK
    return wording.percent(share)
