"""The tables of a comparison: follow-up, states, pain, responders, dose."""

from __future__ import annotations

from reports import wording
from reports.disclosure import (
    CompletenessLine,
    MeddLine,
    PainLine,
    Released,
    ResponderLine,
    StateLine,
)
from reports.frames import STATES
from reports.scope import Scope
from reports.tables.table import MEDIAN, MG, Table, by_group_and_window


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


def pain_table(released: Released[PainLine], scope: Scope) -> Table:
    """Tabulate paired pain."""
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
    caption = "Average pain over 24 hours, self-reported, before and after."
    return by_group_and_window(caption, scope, released, columns, rows)


def responder_table(released: Released[ResponderLine], scope: Scope) -> Table:
    """Tabulate responders by the three definitions."""
    columns = (
        "Pain",
        "Assessed",
        "Responders",
        "Proportion (95 % Wilson interval)",
        "Alive, not assessed",
        "If none of these responded",
        "If all of these responded",
    )
    rows = [
        (
            line.definition.label,
            wording.count(line.n),
            wording.responders(line.response),
            wording.response(line.response),
            wording.count(line.unassessed),
            wording.percent(line.worst),
            wording.percent(line.best),
        )
        for line in released.lines
    ]
    return by_group_and_window("Responders among those assessed.", scope, released, columns, rows)


def medd_table(released: Released[MeddLine], scope: Scope) -> Table:
    """Tabulate MEDD change."""
    columns = (
        "Complete pairs",
        *(f"{what}, {MG}, {MEDIAN}" for what in ("Before", "After", "Change")),
        f"Change, %, {MEDIAN}",
        "Took methadone",
        f"Change without methadone takers, {MG}, {MEDIAN}",
        "Left out: incomplete",
        "Left out: neuraxial opioid",
    )
    rows = [
        (
            wording.count(line.complete),
            wording.quartiles(line.before),
            wording.quartiles(line.after),
            wording.quartiles(line.change_mg, change=True),
            wording.quartiles(line.change_percent, change=True),
            wording.count(line.methadone),
            wording.quartiles(line.change_without_methadone, change=True),
            wording.count(line.incomplete),
            wording.count(line.neuraxial),
        )
        for line in released.lines
    ]
    caption = "Systemic opioid dose (MEDD) before and after."
    return by_group_and_window(
        caption, scope, released, columns, rows, (wording.MEDD_NOTE, wording.NEURAXIAL)
    )
