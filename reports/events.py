"""The event frame: one row an adverse event, joined to its procedure by `procedure_id`."""

from __future__ import annotations

from typing import NewType

import polars as pl

from reports.frames import OutcomeFrame

EventFrame = NewType("EventFrame", pl.DataFrame)
"""Adverse events in the shape of `EVENT_SCHEMA`."""

EVENT_SCHEMA: dict[str, pl.DataType] = {
    "event_id": pl.String(),
    "patient_id": pl.String(),
    "procedure_id": pl.String(),
    "onset_on": pl.Date(),
    "complication": pl.String(),
    "kind": pl.String(),
    "scheme": pl.String(),
    "scheme_version": pl.String(),
    "grade": pl.Int32(),
    "relatedness": pl.String(),
    "resolution": pl.String(),
}
"""Column name -> type. `complication` is a slug; `kind` is one of `harm`, `expected` (an effect
that belongs to the technique), `progression` and `unrelated-death`; `grade` is 1-5 by `scheme`."""


def empty_events() -> EventFrame:
    """Make an event frame without a row."""
    return EventFrame(pl.DataFrame(schema=EVENT_SCHEMA))


def events_of(events: EventFrame, outcomes: OutcomeFrame) -> EventFrame:
    """Keep the events of these procedures."""
    return EventFrame(events.join(outcomes.select("procedure_id"), on="procedure_id", how="semi"))
