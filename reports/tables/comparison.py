"""The tables of a comparison: follow-up, states, pain."""

from __future__ import annotations

from reports import wording
from reports.disclosure import (
    CompletenessLine,
    PainLine,
    Released,
    StateLine,
)
from reports.frames import STATES
from reports.scope import Scope
from reports.tables.table import MEDIAN, Table, by_group_and_window


def completeness_table(
    released: Released[CompletenessLine],
    scope: Scope,
    caption: str = "Completeness of follow-up.",
) -> Table:
    """Tabulate follow-up."""
    columns = (
        "Treated",
        "Ineligible",
        "Due",
        "Alive and due",
        "Assessed",
        "Assessed of alive and due",
        "Assessed of treated",
    )
    rows = [
        (
            *(wording.count(n) for n in (line.treated, line.ineligible, line.due)),
            *(wording.count(n) for n in (line.alive_and_due, line.assessed)),
            wording.percent(line.of_alive_and_due),
            wording.percent(line.of_treated),
        )
        for line in released.lines
    ]
    return by_group_and_window(caption, scope, released, columns, rows)


def state_table(released: Released[StateLine], scope: Scope) -> Table:
    """Tabulate the six states."""
    columns = ("Treated", *(wording.STATE_LABELS[s] for s in STATES))
    rows = [
        (wording.count(line.treated), *(wording.count(line.counts[s]) for s in STATES))
        for line in released.lines
    ]
    return by_group_and_window("State of all treated procedures.", scope, released, columns, rows)


def pain_table(released: Released[PainLine], scope: Scope, kind: str = "Average") -> Table:
    """Tabulate paired pain of one kind."""
    columns = ("Pairs", *(f"{what}, NRS 0-10, {MEDIAN}" for what in ("Before", "After", "Change")))
    rows = [
        (
            wording.count(line.n),
            wording.quartiles(line.before),
            wording.quartiles(line.after),
            wording.quartiles(line.change, change=True),
        )
        for line in released.lines
    ]
    caption = f"{kind} pain over 24 hours, self-reported, before and after."
    return by_group_and_window(caption, scope, released, columns, rows)
