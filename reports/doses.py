"""The dose frame: a procedure's systemic MEDD under each conversion table, one row for both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

import polars as pl

from registry.domain.opioids import conversion_table
from registry.domain.opioids.tables import TABLE_IDS
from registry.domain.windows import WINDOWS
from reports.frames import OutcomeFrame, medd, medd_complete

DoseFrame = NewType("DoseFrame", pl.DataFrame)
"""Doses in the shape of `DOSE_SCHEMA`."""

DOSE_SCHEMA: dict[str, pl.DataType] = {
    "procedure_id": pl.String(),
    "table_id": pl.String(),
    "medd_baseline": pl.Float64(),
    "medd_complete_baseline": pl.Boolean(),
    **{medd(w): pl.Float64() for w in WINDOWS},
    **{medd_complete(w): pl.Boolean() for w in WINDOWS},
}
"""Column name -> type. Doses are mg/24 h oral morphine; null: no regimen was recorded."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """The one table by which all doses of the outcome frame were converted.

    `instead_of` names the sites' own tables, where these are others: tables are never mixed, so
    their doses were converted anew.
    """

    table_id: str = TABLE_IDS[0]
    instead_of: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Say by which table, short enough for a subtitle: "doses by CDC 2022"."""
        return f"doses by {table_title(self.table_id)}"

    @property
    def note(self) -> str:
        """Say by which table, and whether that is not every site's own."""
        told = f"Doses are converted by {table_title(self.table_id)}"
        if not self.instead_of:
            return f"{told}."
        others = " and ".join(table_title(table_id) for table_id in self.instead_of)
        return (
            f"{told} for all sites, also where a site's own table is {others}: tables are never "
            "mixed within a comparison."
        )


def table_title(table_id: str) -> str:
    """Name a conversion table: "CDC 2022"."""
    return conversion_table(table_id).title


def empty_doses() -> DoseFrame:
    """Make a dose frame without a row."""
    return DoseFrame(pl.DataFrame(schema=DOSE_SCHEMA))


def doses_of(doses: DoseFrame, outcomes: OutcomeFrame) -> DoseFrame:
    """Keep the doses of these procedures."""
    return DoseFrame(doses.join(outcomes.select("procedure_id"), on="procedure_id", how="semi"))
