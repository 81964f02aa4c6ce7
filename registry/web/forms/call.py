"""A follow-up by phone as a form: two scores, whether the opioids are the same, whose word it is.

The round (who was skipped, which filters) travels along in hidden fields and in the address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from registry.db.queries.patients import Course
from registry.domain.drafts import AssessmentDraft
from registry.domain.timeline import Source
from registry.services.timelines import to_regimen
from registry.web.forms.assessment import read_assessment
from registry.web.forms.follow_up import last_regimen
from registry.web.forms.form import Form
from registry.web.forms.worklist import WorklistQuestion, read_worklist_question

SAME = "opioids_same"
PATH = "/worklist/call"
MOST_SKIPPED = 200


@dataclass(frozen=True, slots=True)
class Round:
    """A round of calls: what was asked of the worklist, who comes first, who was skipped."""

    question: WorklistQuestion
    first: UUID | None = None
    skipped: tuple[UUID, ...] = ()

    def past(self, patient_id: UUID) -> Round:
        """Give the round once a patient needs no further call."""
        first = None if self.first == patient_id else self.first
        others = tuple(p for p in self.skipped if p != patient_id)
        return replace(self, first=first, skipped=others)

    def skipping(self, patient_id: UUID) -> Round:
        """Give the round with a patient put to its end."""
        gone = self.past(patient_id)
        return replace(gone, skipped=(*gone.skipped, patient_id)[-MOST_SKIPPED:])

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Give the round as it stands in an address or in hidden fields; ids only."""
        first = [("first", str(self.first))] if self.first else []
        skipped = [("skipped", str(patient)) for patient in self.skipped]
        return [*self.question.filters, *first, *skipped]

    def url(self, **more: Sequence[UUID]) -> str:
        """Give the address of the round's next patient; `more` are records just saved."""
        saved = [(kind, str(record)) for kind, records in more.items() for record in records]
        pairs = [*self.fields, *saved]
        return f"{PATH}?{urlencode(pairs)}" if pairs else PATH


def read_round(asked: Mapping[str, Sequence[str]]) -> Round:
    """Read the round that an address or a form stands in; what isn't an id is no one."""
    _, question = read_worklist_question(asked)
    first = read_ids(asked.get("first", ()))
    skipped = read_ids(asked.get("skipped", ()))[-MOST_SKIPPED:]
    return Round(question, first[0] if first else None, tuple(skipped))


def read_ids(texts: Sequence[str]) -> list[UUID]:
    """Read ids, each once; what isn't one is left out."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def read_call(form: Form, course: Course, today: date) -> AssessmentDraft:
    """Read what was said on the phone today.

    Opioids are the last regimen where it was confirmed as unchanged, else not asked about. A call
    on the day of a procedure is never taken for its baseline: that is asked for with the procedure.
    """
    last = last_regimen(course)
    same = last is not None and form.has(SAME)
    return replace(
        read_assessment(form, today),
        regimen=to_regimen(last) if last is not None and same else None,
        source=Source.PHONE,
        after_procedure=any(p.performed_on == today for p in course.procedures),
    )
