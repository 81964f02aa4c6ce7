"""What a report is: a question, how it is answered, and how to read the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from registry.domain.windows import Window
from reports.disclosure import Cover, Released
from reports.disclosure.released import LineT
from reports.figures.figure import Figure
from reports.frames import OutcomeFrame
from reports.groups import Grouping
from reports.scope import Scope
from reports.stats.intervals import Floors
from reports.tables import Table

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Definition:
    """What is counted of what, when, without whom, and on whose word."""

    numerator: str
    denominator: str
    window: str
    exclusions: str
    source: str


@dataclass(frozen=True, slots=True)
class Report(Generic[ResultT, LineT]):
    """One entry of the catalogue: its words, and the functions from frame to figure and table."""

    slug: str
    question: str
    audience: str
    definition: Definition
    how_to_read: str
    caveats: tuple[str, ...]
    statistic: Callable[[OutcomeFrame, Grouping, Sequence[Window], Floors], ResultT]
    release: Callable[[ResultT, Cover], Released[LineT]]
    figures: Callable[[Released[LineT], Scope, Sequence[Window], Floors], tuple[Figure, ...]]
    table: Callable[[Released[LineT], Scope], Table]


@dataclass(frozen=True, slots=True)
class ReportOutput:
    """A report that was run, ready to show: everything in it is released.

    `figures` holds one a window, or one for all windows where the report draws them side by side.
    `warnings` name groups whose follow-up is too low to trust. `records` are the numbers for JSON.
    """

    report: Report[Any, Any]
    windows: tuple[Window, ...]
    figures: tuple[Figure, ...]
    table: Table
    records: tuple[dict[str, Any], ...]
    warnings: tuple[str, ...]
