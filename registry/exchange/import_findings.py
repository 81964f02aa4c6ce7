"""What was found in a logbook, as it is kept: the counts in the open, all else sealed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import astuple
from typing import Any

from registry.db.tables import LogbookImport
from registry.exchange.importer.report import Finding, FindingKind, ImportReport

_COUNTS = (
    *("rows_read", "imported", "refused", "repeated", "already_there"),
    *("opioids_given", "opioids_understood"),
)


def told_of(report: ImportReport) -> dict[str, Any]:
    """Write a report as columns of a logbook's row."""
    counts = {name: getattr(report, name) for name in _COUNTS}
    return {"counts": counts, "findings": write_findings(report.findings)}


def write_findings(findings: Iterable[Finding]) -> str:
    """Write findings as one text, to be sealed."""
    return json.dumps([astuple(finding) for finding in findings])


def findings_of(job: LogbookImport) -> tuple[Finding, ...]:
    """Give what was found when a logbook was last looked at or brought in.

    After an undo: the patients whose records stay, each id in the place of the column.
    """
    return tuple(
        Finding(line, FindingKind(kind), column, value, reason)
        for line, kind, column, value, reason in json.loads(job.findings or "[]")
    )
