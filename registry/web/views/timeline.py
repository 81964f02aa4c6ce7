"""A patient's course as the lines of a table, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from registry.db.queries.patients import Course
from registry.db.tables import AdverseEvent, Assessment, Death, Procedure
from registry.domain.complications import complication
from registry.domain.techniques import taxonomy
from registry.web.views.record import Fact, facts_of

Record = Procedure | Assessment | AdverseEvent | Death


class Kind(StrEnum):
    """The kinds of record on a timeline, as they stand in addresses."""

    PROCEDURE = "procedures"
    ASSESSMENT = "assessments"
    ADVERSE_EVENT = "adverse-events"
    DEATH = "deaths"


# Any: verbs are typed for each table apart, and here the address says which.
TABLES: dict[Kind, type[Any]] = {
    Kind.PROCEDURE: Procedure,
    Kind.ASSESSMENT: Assessment,
    Kind.ADVERSE_EVENT: AdverseEvent,
    Kind.DEATH: Death,
}
NOUNS = {
    Kind.PROCEDURE: "procedure",
    Kind.ASSESSMENT: "assessment",
    Kind.ADVERSE_EVENT: "adverse event",
    Kind.DEATH: "death",
}
AMENDABLE = frozenset({Kind.PROCEDURE, Kind.ASSESSMENT})

# What the title and the day's column already say.
_TOLD = {"Day", "Began on", "Died on", "Technique", "Event"}


@dataclass(frozen=True, slots=True)
class Line:
    """One record: its day, what it is, and everything recorded of it in words."""

    on: date
    kind: Kind
    id: UUID
    title: str
    facts: tuple[Fact, ...]

    @property
    def address(self) -> str:
        """Give the address under which the record is corrected."""
        return f"/{self.kind}/{self.id}"

    @property
    def amendable(self) -> bool:
        """Say whether the record can be amended; others are voided and recorded anew."""
        return self.kind in AMENDABLE


def list_lines(course: Course) -> list[Line]:
    """Tell the whole course, newest first."""
    return [line_of(r) for r in sorted(course.records(), key=_order, reverse=True)]


def line_of(record: Record) -> Line:
    """Tell one record."""
    kind = kind_of(record)
    facts = tuple(fact for fact in facts_of(record) if fact[0] not in _TOLD)
    return Line(day_of(record), kind, record.id, title_of(record), facts)


def kind_of(record: Record) -> Kind:
    """Name the kind of a record."""
    return next(kind for kind, table in TABLES.items() if isinstance(record, table))


def day_of(record: Record) -> date:
    """Give the day on which it happened."""
    if isinstance(record, Procedure):
        return record.performed_on
    if isinstance(record, Assessment):
        return record.assessed_on
    return record.onset_on if isinstance(record, AdverseEvent) else record.died_on


def title_of(record: Record) -> str:
    """Name a record by what it is."""
    if isinstance(record, Procedure):
        return taxonomy().techniques[record.technique].label
    if isinstance(record, AdverseEvent):
        return complication(record.complication).label
    return "Assessment" if isinstance(record, Assessment) else "Died"


def _order(record: Record) -> tuple[date, int, UUID]:
    """Sort by day; on one day: assessed, treated, assessed after it, harmed, died."""
    if isinstance(record, Assessment):
        within = 2 if record.after_procedure else 0
    else:
        within = {Kind.PROCEDURE: 1, Kind.ADVERSE_EVENT: 3, Kind.DEATH: 4}[kind_of(record)]
    return day_of(record), within, record.id
