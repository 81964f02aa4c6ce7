"""A patient's course as the lines of a table, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from registry.db.queries.patients import Course, Event
from registry.db.tables import (
    AdverseEvent,
    Assessment,
    Confirmation,
    Death,
    DeviceCheck,
    MissedFollowUp,
    Procedure,
)
from registry.domain.opioids import conversion_table
from registry.domain.techniques import taxonomy
from registry.domain.windows import window
from registry.services.voided import Voided
from registry.web.views.adverse_event import event_title
from registry.web.views.completeness import in_a_sentence, lacks_of
from registry.web.views.record import Fact, facts_of


class Kind(StrEnum):
    """The kinds of record on a timeline, as they stand in addresses."""

    PROCEDURE = "procedures"
    ASSESSMENT = "assessments"
    ADVERSE_EVENT = "adverse-events"
    DEVICE_CHECK = "device-checks"
    MISSED = "missed-follow-ups"
    DEATH = "deaths"


class Telling(NamedTuple):
    """How a kind of record is told: its noun, its day, its title, and whether it can be amended.

    `within_day` orders records of one day: assessed, treated, assessed after it, harmed, died.
    """

    table: type[Any]  # verbs are typed for each table apart, and here the address says which
    noun: str
    day: Callable[[Any], date]
    title: Callable[[Any], str]
    within_day: int
    amendable: bool = True


TELLINGS: dict[Kind, Telling] = {
    Kind.PROCEDURE: Telling(
        Procedure,
        "procedure",
        lambda row: row.performed_on,
        lambda row: taxonomy().techniques[row.technique].label,
        1,
    ),
    Kind.ASSESSMENT: Telling(
        Assessment, "assessment", lambda row: row.assessed_on, lambda row: "Assessment", 0
    ),
    Kind.ADVERSE_EVENT: Telling(
        AdverseEvent,
        "adverse event",
        lambda row: row.onset_on,
        event_title,
        4,
    ),
    Kind.DEVICE_CHECK: Telling(
        DeviceCheck, "device check", lambda row: row.checked_on, lambda row: "Device check", 3
    ),
    Kind.MISSED: Telling(
        MissedFollowUp,
        "missed follow-up",
        lambda row: row.noted_on,
        lambda row: f"No follow-up at {window(row.window_slug).label}",
        5,
        amendable=False,
    ),
    Kind.DEATH: Telling(Death, "death", lambda row: row.died_on, lambda row: "Died", 6),
}
_AFTER_THE_PROCEDURE = 2

# What the title and the day's column already say.
_TOLD = {"Day", "Began on", "Died on", "Technique", "Event", "Window"}


class Confirmed(NamedTuple):
    """Something unlikely that somebody was asked about and said yes to."""

    what: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One record: its day, what it is, and everything recorded of it in words.

    `lacks` is what of the minimum set is not recorded, `confirmed` what is unlikely and yet right.
    """

    on: date
    kind: Kind
    id: UUID
    title: str
    facts: tuple[Fact, ...]
    lacks: tuple[str, ...] = ()
    confirmed: tuple[Confirmed, ...] = ()

    @property
    def address(self) -> str:
        """Give the address under which the record is corrected."""
        return f"/{self.kind}/{self.id}"

    @property
    def amendable(self) -> bool:
        """Say whether the record can be amended; others are voided and recorded anew."""
        return TELLINGS[self.kind].amendable


def list_lines(
    course: Course, confirmations: Mapping[UUID, Sequence[Confirmation]], table: str
) -> list[Line]:
    """Tell the whole course, newest first; `table` is the site's conversion table."""
    lines = []
    for record in sorted(course.records(), key=_order, reverse=True):
        line = line_of(record)
        lines.append(
            replace(
                line,
                facts=(*line.facts, *_other_table(record, table)),
                lacks=lacks_of(record, course),
                confirmed=tuple(map(_confirmed, confirmations.get(record.id, ()))),
            )
        )
    return lines


def _other_table(record: Event, table: str) -> Iterator[Fact]:
    """Say so where a MEDD was computed before the site took another table."""
    used = record.medd_table if isinstance(record, Assessment) else None
    if used is not None and used != table:
        yield "MEDD of that time, by", conversion_table(used).title


def _confirmed(answer: Confirmation) -> Confirmed:
    what = in_a_sentence(answer.message.removesuffix("."))
    return Confirmed(what, answer.actor, answer.confirmed_at)


@dataclass(frozen=True, slots=True)
class VoidedLine:
    """A record that was voided, with who did it, when and why."""

    line: Line
    by: str
    at: datetime
    reason: str


def list_voided_lines(voided: Sequence[Voided]) -> list[VoidedLine]:
    """Tell what was voided, the latest void first."""
    return [VoidedLine(line_of(v.record), v.by, v.at, v.reason) for v in voided]


def line_of(record: Event) -> Line:
    """Tell one record."""
    facts = tuple(fact for fact in facts_of(record) if fact[0] not in _TOLD)
    return Line(day_of(record), kind_of(record), record.id, title_of(record), facts)


def kind_of(record: Event) -> Kind:
    """Name the kind of a record."""
    return next(kind for kind, telling in TELLINGS.items() if isinstance(record, telling.table))


def telling_of(record: Event) -> Telling:
    """Give how a record is told."""
    return TELLINGS[kind_of(record)]


def day_of(record: Event) -> date:
    """Give the day on which it happened."""
    return telling_of(record).day(record)


def title_of(record: Event) -> str:
    """Name a record by what it is."""
    return telling_of(record).title(record)


def _order(record: Event) -> tuple[date, int, UUID]:
    within = telling_of(record).within_day
    if isinstance(record, Assessment) and record.after_procedure:
        within = _AFTER_THE_PROCEDURE
    return day_of(record), within, record.id
