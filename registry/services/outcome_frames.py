"""From rows to the columnar frames that reports work on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from registry.db.tables import AdverseEvent
from registry.domain.complications import HARM, complications
from reports.doses import DOSE_SCHEMA, DoseFrame
from reports.events import EVENT_SCHEMA, EventFrame
from reports.frames import SCHEMA, OutcomeFrame, check, empty_frame

Schema = Mapping[str, pl.DataType]


def to_frame(rows: Iterable[Mapping[str, Any]]) -> OutcomeFrame:
    """Make the outcome frame of settled outcome rows."""
    frame = _frame(rows, SCHEMA)
    return empty_frame() if frame.is_empty() else check(frame)


def to_doses(rows: Iterable[Mapping[str, Any]]) -> DoseFrame:
    """Make the dose frame of the derived rows under every table."""
    return DoseFrame(_frame(rows, DOSE_SCHEMA))


def to_events(events: Iterable[AdverseEvent]) -> EventFrame:
    """Make the event frame of adverse events that stand."""
    return EventFrame(_frame(map(_event, events), EVENT_SCHEMA))


def _event(event: AdverseEvent) -> Mapping[str, Any]:
    told = {name: getattr(event, name, None) for name in EVENT_SCHEMA}
    return {**told, "event_id": event.id, "kind": _kind(event)}


def _kind(event: AdverseEvent) -> str:
    """Tell a harm from an effect that belongs to the technique and from the disease's course."""
    kind = complications().by_slug[event.complication].kind
    return "expected" if kind == HARM and event.expected else "harm" if kind == HARM else kind


def _frame(rows: Iterable[Mapping[str, Any]], schema: Schema) -> pl.DataFrame:
    columns: dict[str, list[Any]] = {name: [] for name in schema}
    for row in rows:
        for name, values in columns.items():
            values.append(row[name])
    return pl.DataFrame({n: _series(n, values, schema[n]) for n, values in columns.items()})


def _series(name: str, values: list[Any], wanted: pl.DataType) -> pl.Series:
    if isinstance(wanted, pl.List):
        return pl.Series(name, [v.split(";") if v else [] for v in values], dtype=wanted)
    if name.endswith("_id"):
        return pl.Series(name, [str(v) if v else None for v in values], dtype=wanted)
    return pl.Series(name, values, dtype=wanted)
