"""What the phone-call mode shows of the patient to ring: who, what was done, what was said last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from registry.db.queries.patients import Course
from registry.db.tables import Assessment, MissedFollowUp
from registry.domain.axes import axis
from registry.domain.opioids import NOT_FOR_SWITCHING
from registry.domain.timeline import AVERAGE_SELF, WORST_SELF, Respondent
from registry.services.timelines import to_assessment, to_regimen
from registry.services.worklist import WaitingFollowUp
from registry.web.filters import number
from registry.web.forms.call import Round
from registry.web.forms.follow_up import last_regimen
from registry.web.views.opioids import show_item

REASON_KEYS = {
    "too-unwell": "u",
    "declined": "r",
    "not-reached": "k",
    "moved": "m",
    "language": "l",
}
"""The keys of the reasons that a call can end with; any other is given on its own page."""


@dataclass(frozen=True, slots=True)
class LastTime:
    """What the patient said last: pain with its day, opioids with theirs; None: never asked."""

    scored_on: date | None = None
    average: int | None = None
    worst: int | None = None
    regimen_on: date | None = None
    regimen: tuple[str, ...] = ()
    medd: str | None = None
    notice: str = NOT_FOR_SWITCHING


def order_round(waiting: Iterable[WaitingFollowUp], standing: Round) -> list[UUID]:
    """List whom to ring: whose window closes first comes first, the skipped at the end.

    A patient is rung once for all windows that are open; whoever `first` names comes first though
    the follow-up is planned for a later day.
    """
    closes: dict[UUID, date] = {}
    for follow_up in waiting:
        patient = follow_up.patient_id
        if follow_up.is_due or (follow_up.is_open and patient == standing.first):
            closes[patient] = min(follow_up.closes_on, closes.get(patient, date.max))

    def place(patient: UUID) -> tuple[bool, int, date, UUID]:
        turn = standing.skipped.index(patient) if patient in standing.skipped else -1
        return (patient != standing.first, turn, closes[patient], patient)

    return sorted(closes, key=place)


def last_time(course: Course) -> LastTime:
    """Find the last pain scores of the patient's own, and the last regimen."""
    told = LastTime()
    for row in reversed(course.assessments):
        scores = to_assessment(row)
        average, worst = scores.score(AVERAGE_SELF), scores.score(WORST_SELF)
        if average is not None or worst is not None:
            told = LastTime(scored_on=row.assessed_on, average=average, worst=worst)
            break
    return _with_regimen(told, last_regimen(course))


def _with_regimen(told: LastTime, row: Assessment | None) -> LastTime:
    if row is None:
        return told
    least = "" if row.medd_complete else "at least "
    left = ", for not all of these could be converted" if least else ""
    return LastTime(
        scored_on=told.scored_on,
        average=told.average,
        worst=told.worst,
        regimen_on=row.assessed_on,
        regimen=tuple(show_item(item) for item in to_regimen(row) or ()),
        medd=f"{least}{number(row.medd_mg)} mg/24 h oral morphine{left}" if row.opioids else None,
    )


def reason_choices() -> list[tuple[str, str, str]]:
    """List the reasons that a call can end with: slug, label, key."""
    values = axis("missed_reason")
    return [(slug, values.label_of(slug), key) for slug, key in REASON_KEYS.items()]


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved a moment ago, in words that name nobody, and its records to take it back."""

    words: str
    fields: tuple[tuple[str, str], ...]


def saved_view(records: Sequence[Assessment | MissedFollowUp]) -> Saved | None:
    """Tell what was saved; None when nothing was, or it has been taken back."""
    if not records:
        return None
    kinds = {Assessment: "assessment", MissedFollowUp: "missed"}
    fields = tuple((kinds[type(record)], str(record.id)) for record in records)
    return Saved("; ".join(dict.fromkeys(map(_saved_in_words, records))), fields)


def _saved_in_words(record: Assessment | MissedFollowUp) -> str:
    if isinstance(record, MissedFollowUp):
        return axis("missed_reason").label_of(record.reason).lower()
    scores = [
        f"{s.kind} {s.score}/10" + (", by proxy" if s.respondent == Respondent.PROXY else "")
        for s in record.scores
    ]
    opioids = "opioids unchanged" if record.regimen_recorded else "opioids not asked"
    return ", ".join([*scores, opioids])
