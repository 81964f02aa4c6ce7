"""The tables of opioid change: how much, and whose doses could be compared."""

from __future__ import annotations

from reports import wording
from reports.disclosure import MeddLine, Released
from reports.disclosure.pairs import PairsLine
from reports.doses import Conversion
from reports.scope import Scope
from reports.tables.table import MEDIAN, MG, Table, by_group_and_window


def medd_table(released: Released[MeddLine], scope: Scope, conversion: Conversion) -> Table:
    """Tabulate MEDD change, and say by which conversion table."""
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
    notes = (conversion.note, wording.MEDD_NOTE, wording.NEURAXIAL)
    return by_group_and_window(caption, scope, released, columns, rows, notes)


def pairs_table(released: Released[PairsLine], scope: Scope) -> Table:
    """Tabulate whose doses could be compared, and why not."""
    columns = (
        "Treated",
        "Complete pairs",
        "Incomplete: an opioid without a factor",
        "Neuraxial opioid, apart",
        "No regimen at both ends",
    )
    rows = [
        tuple(
            wording.count(n)
            for n in (
                line.treated,
                line.complete,
                line.incomplete,
                line.neuraxial,
                line.no_regimen,
            )
        )
        for line in released.lines
    ]
    caption = "Whose doses could be compared."
    return by_group_and_window(caption, scope, released, columns, rows, (wording.NEURAXIAL,))
