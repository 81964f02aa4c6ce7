"""Two records of one person, told beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from registry.db.queries.patients import Course
from registry.web.filters import day
from registry.web.views.record import Fact, facts_of
from registry.web.views.timeline import TELLINGS, day_of, kind_of


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two records: whose it is and what it holds."""

    id: UUID
    number: str
    facts: tuple[Fact, ...]


def side_of(course: Course) -> Side:
    """Tell a record's particulars and what hangs on it."""
    patient = course.patient
    facts = (fact for fact in facts_of(patient) if fact[1] != patient.hospital_number)
    return Side(patient.id, patient.hospital_number, (*facts, *_holds(course)))


def _holds(course: Course) -> Iterator[Fact]:
    records = list(course.records())
    if not records:
        yield "Holds", "nothing yet"
        return
    kinds = [kind_of(r) for r in records]
    counts = [(kinds.count(kind), telling.noun) for kind, telling in TELLINGS.items()]
    yield "Holds", ", ".join(counted(n, noun) for n, noun in counts if n)
    days = sorted(day_of(r) for r in records)
    span = (day(days[0]), day(days[-1]))
    yield "Days", " to ".join(dict.fromkeys(span))


def counted(number: int, noun: str) -> str:
    """Write a count with its noun: `1 procedure`, `2 procedures`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def pick(sides: Sequence[Side]) -> list[tuple[str, str]]:
    """Offer which of the records stays."""
    return [(str(side.id), side.number) for side in sides]
