"""What a report page shows: blocks with figures, tables and words, and the numbers to download."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from registry.domain.windows import WINDOWS
from registry.exchange.column_specs import ColumnSpec
from registry.exchange.csv_files import stream_csv
from registry.services.reports import Answer
from registry.web.forms.question import Question
from reports.catalogue import CATALOGUE, COMPARE
from reports.figures.figure import Figure
from reports.report import Block, Record, Report, Shown
from reports.tables import Table


def page_of(report: Report) -> str:
    """Give the address of a report without its question."""
    return "/outcomes" if report is COMPARE else f"/reports/{report.slug}"


def show_catalogue() -> list[dict[str, Any]]:
    """List the reports with where they are."""
    return [
        {
            "href": page_of(report),
            "question": report.question,
            "summary": report.summary,
            "audience": report.audience,
        }
        for report in CATALOGUE
    ]


def window_tabs(report: Report, question: Question) -> list[dict[str, Any]]:
    """Offer the follow-up windows, where a report looks at one."""
    if "window" not in report.choices:
        return []
    path = page_of(report)
    return [
        {
            "label": w.label,
            "href": question.url(path, window=w.slug),
            "current": w is question.asked.window,
        }
        for w in WINDOWS
    ]


def reading(report: Report, question: Question) -> dict[str, str]:
    """Give the addresses that belong to a question: one level down, the file, the API."""
    by = "technique" if question.asked.by == "category" else "category"
    return {
        "deeper": question.url(page_of(report), by=by),
        "save": question.url(f"/reports/{report.slug}/saved"),
        "query": question.query,
        "file": f"/reports/file?report={report.slug}&{question.query}",
    }


NOTHING_ASKED: dict[str, Any] = {"is_empty": False, "warnings": (), "blocks": []}
"""What a page shows of a report that can't be asked yet."""


def show_answer(answer: Answer) -> dict[str, Any]:
    """Show what a report answers."""
    return {
        "is_empty": answer.is_empty,
        "warnings": answer.output.warnings,
        "blocks": [show_block(block, shown) for block, shown in answer.output.blocks],
    }


def show_block(block: Block, shown: Shown) -> dict[str, Any]:
    """Show one block. `detail`, if it has one, is of single records, each with a way to its own."""
    return {
        "slug": block.slug,
        "question": block.question,
        "definition": block.definition,
        "how_to_read": block.how_to_read,
        "caveats": block.caveats,
        "answer": shown.answer,
        "warnings": shown.warnings,
        "figures": [_show_figure(figure) for figure in shown.figures],
        "tables": [_show_table(table) for table in shown.tables],
        "detail": _with_links(shown.detail) if shown.detail else None,
    }


def _show_figure(figure: Figure) -> dict[str, Any]:
    return {
        "title": figure.title,
        "subtitle": figure.subtitle,
        "aria": figure.aria,
        "spec": json.loads(figure.json()),
    }


def _show_table(table: Table) -> dict[str, Any]:
    return {
        "caption": table.caption,
        "columns": table.columns,
        "rows": table.rows,
        "notes": table.notes,
    }


def _with_links(table: Table) -> dict[str, Any]:
    """Turn the patient's id, the last cell of a row of single records, into a link."""
    rows = [
        (*cells, {"text": "Open the patient", "href": f"/patients/{patient_id}"})
        for *cells, patient_id in table.rows
    ]
    return {**_show_table(table), "rows": rows}


def records_csv(records: Sequence[Record]) -> Iterator[str]:
    """Write released records as CSV: what is held back is empty and named in `held_back`."""
    rows = [dict(_flat(record)) for record in records]
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = [_column(name, (row.get(name) for row in rows)) for name in names]
    yield from stream_csv(({name: row.get(name) for name in names} for row in rows), columns)


def _flat(record: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}_")
        elif isinstance(value, list | tuple):
            yield f"{before}{name}", ";".join(str(item) for item in value)
        else:
            yield f"{before}{name}", value


def _column(name: str, values: Iterable[Any]) -> ColumnSpec:
    told = [value for value in values if value is not None]
    is_number = bool(told) and all(isinstance(v, int | float) for v in told)
    return ColumnSpec(name, "decimal" if is_number else "text", "")
