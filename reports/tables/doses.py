"""The tables of opioid doses: level, change, and by conversion table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reports import wording
from reports.disclosure import HELD, Held, Released
from reports.disclosure.doses import ChangeLine, DoseLine, TableLine
from reports.doses import Conversion, table_title
from reports.scope import Scope
from reports.stats.doses_change import COMPARED, METHADONE, NEURAXIAL, WITHOUT_METHADONE
from reports.tables.table import MEDIAN, MG, Table, by_group_and_window

PEOPLE_LABELS = {
    COMPARED: "All compared",
    WITHOUT_METHADONE: "Of these, without methadone",
    METHADONE: "Of these, on methadone",
    NEURAXIAL: "Apart: neuraxial opioid",
}
METHADONE_NOTE = (
    "Methadone stands apart, too: a factor that rises with the dose makes its MEDD jump, and no "
    "jump is an effect."
)
BANDS = (
    "CDC 2016 converts methadone by bands of its daily dose (to 20 mg by 4, to 40 mg by 8, to "
    "60 mg by 10, above by 12): 20 mg are 80 mg, a little more is 160 mg. Such a jump is no effect."
)


def dose_table(released: Released[DoseLine], scope: Scope, conversion: Conversion) -> Table:
    """Tabulate doses before and at every window, and where the others are."""
    columns = (
        "Treated",
        "Wholly converted",
        f"Dose, {MG}, {MEDIAN}",
        f"10th to 90th percentile, {MG}",
        "Had died by then",
        "Also whole before",
        f"These before, {MG}, {MEDIAN}",
        f"These at the window, {MG}, {MEDIAN}",
        "Regimen not wholly converted",
        "No regimen: died",
        "No regimen: not due yet",
        "No regimen: not asked",
        "Left out: neuraxial opioid",
    )
    rows = [
        (
            wording.count(line.treated),
            wording.count(line.whole),
            wording.quartiles(line.dose),
            _tails(line.p10, line.p90),
            wording.count(line.dead),
            wording.count(line.paired),
            wording.quartiles(line.paired_before),
            wording.quartiles(line.paired_after),
            *(wording.count(n) for n in (line.incomplete, line.died, line.not_due)),
            *(wording.count(n) for n in (line.unasked, line.neuraxial)),
        )
        for line in released.lines
    ]
    notes = (conversion.note, wording.MEDD_NOTE, wording.NEURAXIAL)
    caption = "Systemic opioid dose (MEDD) before and at every window."
    return by_group_and_window(caption, scope, released, columns, rows, notes)


def _tails(low: float | Held | None, high: float | Held | None) -> str:
    if low is HELD or high is HELD:
        return wording.HELD_BACK
    if low is None or high is None:
        return wording.NONE
    return f"{wording.number(low)} to {wording.number(high)}"


def change_table(released: Released[ChangeLine], scope: Scope, conversion: Conversion) -> Table:
    """Tabulate the paired change, and that of methadone and of neuraxial takers, if any, apart."""
    told = replace(released, lines=tuple(_worth_telling(released.lines)))
    columns = (
        "Whose",
        "Complete pairs",
        *(f"{what}, {MG}, {MEDIAN}" for what in ("Before", "After", "Change")),
        "On some opioid before",
        f"Change, %, {MEDIAN}",
        "At least 30 % less (95 % Wilson interval)",
        "At least 50 % less (95 % Wilson interval)",
        "Left out: not wholly converted",
    )
    rows = [
        (
            PEOPLE_LABELS[line.people],
            wording.count(line.pairs),
            wording.quartiles(line.before),
            wording.quartiles(line.after),
            wording.quartiles(line.change_mg, change=True),
            wording.count(line.from_some),
            wording.quartiles(line.change_percent, change=True),
            wording.response(line.medd30),
            wording.response(line.medd50),
            wording.count(line.incomplete),
        )
        for line in told.lines
    ]
    bands = (BANDS,) if conversion.table_id == "cdc-2016" else ()
    notes = (conversion.note, wording.MEDD_NOTE, wording.NEURAXIAL, METHADONE_NOTE, *bands)
    caption = "Change of systemic opioid dose (MEDD), at both ends wholly converted."
    return by_group_and_window(caption, scope, told, columns, rows, notes)


def _worth_telling(lines: Sequence[ChangeLine]) -> Iterator[ChangeLine]:
    """Leave out rows of nobody, and those without methadone where all are without."""
    on = {(li.group, li.window): li.pairs for li in lines if li.people == METHADONE}
    for line in lines:
        nobody = line.people in {METHADONE, NEURAXIAL} and line.pairs == 0
        the_same = line.people == WITHOUT_METHADONE and on[line.group, line.window] == 0
        if not nobody and not the_same:
            yield line


def by_table_table(released: Released[TableLine], scope: Scope) -> Table:
    """Tabulate the same change under every conversion table."""
    columns = (
        "Conversion table",
        "Regimens at both ends",
        "Of these wholly converted",
        *(f"{what}, {MG}, {MEDIAN}" for what in ("Before", "After", "Change")),
        "Converted by every table",
        f"These before, {MG}, {MEDIAN}",
        f"Change of these, {MG}, {MEDIAN}",
    )
    rows = [
        (
            table_title(line.table_id),
            wording.count(line.recorded),
            wording.count(line.whole),
            wording.quartiles(line.before),
            wording.quartiles(line.after),
            wording.quartiles(line.change, change=True),
            wording.count(line.common),
            wording.quartiles(line.common_before),
            wording.quartiles(line.common_change, change=True),
        )
        for line in released.lines
    ]
    bands = (BANDS,) if any(line.table_id == "cdc-2016" for line in released.lines) else ()
    notes = (wording.MEDD_NOTE, wording.NEURAXIAL, *bands)
    caption = "Change of systemic opioid dose (MEDD) under each conversion table."
    return by_group_and_window(caption, scope, released, columns, rows, notes)
