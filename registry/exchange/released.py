"""The numbers of all reports as one table: what an aggregate export holds, and no record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel import Session

from registry.domain.access import Actor, Role
from registry.exchange.column_specs import ColumnSpec
from registry.exchange.tables import Table, Tick
from registry.services.export_plans import ExportPlan

NAME = "released_numbers"
LABEL = "Released numbers of the reports"
GRAIN = "one row a number of a report, small ones held back"
COLUMNS = (
    ColumnSpec("report", "text", "The report's slug."),
    ColumnSpec("block", "text", "The question within it."),
    ColumnSpec("record", "integer", "The record of the block that the row belongs to, from 1."),
    ColumnSpec("name", "text", "What is told: group, window, a count, a share and its limits."),
    ColumnSpec("number", "decimal", "It, where it is a number. Empty: a word, or none to tell."),
    ColumnSpec("text", "text", "It, where it is a word or a day."),
    ColumnSpec(
        "held_back",
        "boolean",
        "The number is held back, since it is small or would give a small one away.",
    ),
)


def released_table(session: Session, plan: ExportPlan, tick: Tick) -> Table:
    """Run every report as somebody who may see no record, and give all of its numbers."""
    rows = list(_rows(session, plan, tick))
    return Table(NAME, LABEL, GRAIN, COLUMNS, lambda: iter(rows))


def _rows(session: Session, plan: ExportPlan, tick: Tick) -> Iterator[list[Any]]:
    from registry.services.reports import run_report  # statistics and drawing: slow to load
    from reports.catalogue import CATALOGUE
    from reports.page import Asked

    reader = Actor(name="export", roles=dict.fromkeys(plan.sites, Role.QUALITY))
    filters = plan.asked.filters
    for report in CATALOGUE:
        if report.one_technique and len(filters.technique) != 1:
            continue
        answer = run_report(
            session, actor=reader, report=report, filters=filters, asked=Asked(), today=plan.as_of
        )
        tick(1)
        for block, shown in answer.output.blocks:
            for number, record in enumerate(shown.records, start=1):
                for told in _flat(record):
                    yield [report.slug, block.slug, number, *told]


def _flat(record: Mapping[str, Any]) -> Iterator[list[Any]]:
    held = set(record.get("held_back", ()))
    for name, value in record.items():
        if name == "held_back":
            continue
        if name in held:
            yield [name, None, None, True]
        elif isinstance(value, Mapping):
            yield from ([f"{name}.{part}", *_told(v), False] for part, v in value.items())
        elif isinstance(value, (list, tuple)):
            yield [name, None, ";".join(map(str, value)), False]
        else:
            yield [name, *_told(value), False]


def _told(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [None, "true" if value else "false"]
    if value is None or isinstance(value, (int, float)):
        return [None if value is None else float(value), None]
    return [None, str(value)]
