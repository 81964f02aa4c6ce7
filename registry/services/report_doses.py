"""The one conversion table of a report: sites choose their own, and tables are never mixed."""

from __future__ import annotations

from collections.abc import Collection

from registry.db.tables import Site
from registry.domain.opioids.tables import TABLE_IDS
from reports.doses import Conversion, DoseFrame
from reports.frames import OutcomeFrame
from reports.one_table import by_one_table
from reports.page import Asked
from reports.report import Report


def choose_conversion(
    report: Report, asked: Asked, outcomes: OutcomeFrame, sites: Collection[Site]
) -> Conversion:
    """Choose the table by which all doses of a report are told.

    The one that is asked for, where a report lets one ask; else the sites' own. Where the sites of
    these procedures differ it is the first of theirs, in the order in which the tables are listed.
    """
    own = {s.code: s.opioid_table for s in sites}
    used = {own[code] for code in outcomes["site"].unique()} or set(own.values())
    in_order = [table_id for table_id in TABLE_IDS if table_id in used]
    chosen = in_order[0]
    if "tables" in report.choices and len(asked.tables) == 1:
        chosen = asked.tables[0]
    return Conversion(chosen, tuple(t for t in in_order if t != chosen))


def convert_anew(
    outcomes: OutcomeFrame, doses: DoseFrame, conversion: Conversion, sites: Collection[Site]
) -> OutcomeFrame:
    """Give the outcomes with their doses by the report's table, whichever the sites' own are."""
    if not conversion.instead_of:
        return outcomes
    floors = {s.code: s.eligibility_floor for s in sites}
    return by_one_table(outcomes, doses, conversion.table_id, floors)
