"""The tables of follow-up by month, and of why it is missing."""

from __future__ import annotations

from registry.domain.windows import Window
from reports import wording
from reports.disclosure.follow_up import ReleasedMonths, ReleasedReasons
from reports.scope import Scope
from reports.tables.table import Table

LISTED = ("Alive and due", "Assessed", "Assessed of alive and due")


def months_table(released: ReleasedMonths, scope: Scope) -> Table:
    """Tabulate follow-up by month of the procedure."""
    caption = f"Follow-up at {released.window.label} by month of the procedure."
    return Table(
        f"{caption} {scope.sentence()}",
        ("Procedures of", *LISTED),
        tuple(
            (
                wording.months(line.first, line.last),
                wording.count(line.alive_and_due),
                wording.count(line.assessed),
                wording.percent(line.of_alive_and_due),
            )
            for line in released.lines
        ),
        (released.note,) if released.note else (),
    )


def reasons_table(released: ReleasedReasons, scope: Scope) -> Table:
    """Tabulate reasons, a column for each window, as counts of those not assessed."""
    windows = list(dict.fromkeys(line.window for line in released.lines))
    lines = {(line.reason, line.window): line for line in released.lines}
    labels = {line.reason: line.label for line in released.lines}
    rows = [
        (label, *(wording.count(lines[reason, window].count) for window in windows))
        for reason, label in labels.items()
    ]
    return Table(
        f"Why those alive and due were not assessed. {scope.sentence()}",
        ("Reason", *(f"{window.label}{_whole(released, window)}" for window in windows)),
        tuple(rows),
        (released.note,) if released.note else (),
    )


def _whole(released: ReleasedReasons, window: Window) -> str:
    return f" (of {wording.count(released.at(window)[0].unassessed)})"
