"""The dose frame: a procedure's systemic MEDD under each conversion table, one row for both."""

from __future__ import annotations

from typing import NewType

import polars as pl

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


def empty_doses() -> DoseFrame:
    """Make a dose frame without a row."""
    return DoseFrame(pl.DataFrame(schema=DOSE_SCHEMA))


def doses_of(doses: DoseFrame, outcomes: OutcomeFrame) -> DoseFrame:
    """Keep the doses of these procedures."""
    return DoseFrame(doses.join(outcomes.select("procedure_id"), on="procedure_id", how="semi"))
