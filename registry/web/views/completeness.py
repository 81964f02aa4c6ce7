"""What a record lacks of the minimum set, in words."""

from __future__ import annotations

from registry.db.queries.patients import Course, Event
from registry.db.tables import AdverseEvent, Assessment, Patient, Procedure
from registry.domain.completeness import (
    lacks_of_adverse_event,
    lacks_of_assessment,
    lacks_of_patient,
    lacks_of_procedure,
)
from registry.domain.techniques import taxonomy
from registry.domain.timeline import AVERAGE_SELF, WORST_SELF
from registry.services.audit import snapshot
from registry.services.timelines import to_assessment
from registry.web.views.record import label

_WORDS = {
    "average_pain": "average pain",
    "worst_pain": "worst pain",
    "opioids": "opioids",
    "function": "AKPS or ECOG",
    "pgic": "PGIC",
    "peg": "PEG",
    "amounts": "amounts of the agents",
}


def lacks_of(record: Event | Patient, course: Course) -> tuple[str, ...]:
    """Name what is not recorded, as the page names it."""
    return tuple(map(_word, _fields(record, course)))


def _fields(record: Event | Patient, course: Course) -> list[str]:
    if isinstance(record, Patient):
        return lacks_of_patient(snapshot(record))
    if isinstance(record, Procedure):
        return lacks_of_procedure(taxonomy().techniques[record.technique], snapshot(record))
    if isinstance(record, AdverseEvent):
        return lacks_of_adverse_event(snapshot(record))
    if isinstance(record, Assessment):
        scored = to_assessment(record)
        return lacks_of_assessment(
            pains={
                pain.kind for pain in (AVERAGE_SELF, WORST_SELF) if scored.score(pain) is not None
            },
            measures={m.instrument for m in record.measures},
            opioids_asked=record.regimen_recorded,
            follow_up=_follows_a_procedure(record, course),
        )
    return []


def _follows_a_procedure(row: Assessment, course: Course) -> bool:
    return any(
        p.performed_on < row.assessed_on
        or (p.performed_on == row.assessed_on and row.after_procedure)
        for p in course.procedures
    )


def _word(field: str) -> str:
    return _WORDS.get(field) or in_a_sentence(label(field))


def in_a_sentence(text: str) -> str:
    """Write a label as it stands within a sentence: `Technical success` is `technical success`."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
