"""The declared list of reports, in the order in which a page lists them."""

from __future__ import annotations

from reports.catalogue.activity import ACTIVITY
from reports.catalogue.adjusted import ADJUSTED
from reports.catalogue.card import make_card
from reports.catalogue.comparison import COMPARE
from reports.catalogue.completeness import FOLLOW_UP
from reports.catalogue.opioids import OPIOIDS
from reports.catalogue.over_time import OVER_TIME
from reports.catalogue.relief import RELIEF
from reports.catalogue.safety import SAFETY
from reports.catalogue.units import UNITS
from reports.report import Report

__all__ = ["CATALOGUE", "COMPARE", "find"]

_OF_ALL: tuple[Report, ...] = (
    FOLLOW_UP,
    COMPARE,
    ADJUSTED,
    RELIEF,
    SAFETY,
    UNITS,
    OVER_TIME,
    ACTIVITY,
    OPIOIDS,
)

CATALOGUE: tuple[Report, ...] = (*_OF_ALL, make_card(_OF_ALL))


def find(slug: str) -> Report:
    """Find a report by its slug; `KeyError` when there is none."""
    return {report.slug: report for report in CATALOGUE}[slug]
