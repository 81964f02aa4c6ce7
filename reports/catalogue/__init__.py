"""The declared list of reports, in the order in which a page lists them."""

from __future__ import annotations

from reports.catalogue.comparison import COMPARE
from reports.catalogue.completeness import FOLLOW_UP
from reports.report import Report

__all__ = ["CATALOGUE", "COMPARE", "FOLLOW_UP", "find"]

CATALOGUE: tuple[Report, ...] = (FOLLOW_UP, COMPARE)


def find(slug: str) -> Report:
    """Find a report by its slug; `KeyError` when there is none."""
    return {report.slug: report for report in CATALOGUE}[slug]
