"""How a site works: who did it, what is graded by which scheme, what goes wrong now and then.

Drawn apart from the patients' courses, from a stream of its own for each patient, so that a change
here leaves their survival, scores and doses as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from registry.demo.people import MadeUpCourse
from registry.domain.drafts import AdverseEventDraft, AssessmentDraft
from registry.domain.grading import Scheme

CHECKLIST_MONTHS_AGO = 10
"""Since when a checklist before each procedure keeps severe harm rare."""
SEVERE_BEFORE, SEVERE_SINCE = 0.055, 0.012
"""Chances of a severe harm beside those of the technique's profile."""
UNGRADED = 0.08
PROGRESSION = 0.04
UNRELATED = 0.3
"""Chance that a death within a month of the procedure is recorded as unrelated to it."""
VISITING = "Dr Gupta"
RETURNS_CALLS = 0.45
"""The share of a visiting operator's follow-ups that reach the registry."""

_OWN = {
    "harbour": ("Dr Eriksen", "Dr Fontaine", "Dr Haddad"),
    "hill": ("Dr Ibekwe", VISITING),
}
_OWN_SHARE = 0.5
_SEVERE = {
    "coeliac-plexus": ("hypotension", "haematoma", "gastroparesis"),
    "splanchnic-nerves": ("hypotension", "pneumothorax", "haematoma"),
    "superior-hypogastric-plexus": ("discitis", "bladder-injury", "motor-deficit"),
    "ganglion-impar": ("rectal-perforation", "sphincter-deficit"),
    "percutaneous-cordotomy": ("weakness", "urinary-retention", "mirror-pain", "dysaesthesia"),
    "intercostal-nerve": ("pneumothorax", "neuritis"),
    "erector-spinae-plane": ("local-anaesthetic-toxicity", "haematoma"),
    "vertebroplasty": ("cement-leak-epidural", "pulmonary-embolism", "adjacent-fracture"),
    "tumour-radiofrequency": ("skin-thermal-injury", "nerve-thermal-injury", "fracture"),
    "trigger-point-injection": ("pneumothorax",),
    "stellate-ganglion": ("intravascular-injection", "phrenic-palsy"),
    "intrathecal-drug-delivery": ("infection", "catheter-fault", "meningitis"),
}


@dataclass(frozen=True, slots=True)
class Practice:
    """Who did a procedure, and the events and follow-ups that were recorded of it."""

    operator: str
    events: tuple[AdverseEventDraft, ...]
    follow_ups: tuple[AssessmentDraft, ...]


def draw_practice(number: int, site: str, course: MadeUpCourse, today: date) -> Practice:
    """Draw how the site of a patient, the `number`th, did and recorded the treatment."""
    random = Random(f"practice {number}")
    operator = _operator(random, site, course.procedure.operator)
    events = [*course.events, *_severe(random, course, today), *_apart(random, course, today)]
    return Practice(
        operator,
        tuple(_graded(random, site, course, event) for event in events),
        tuple(_entered(random, operator, course.follow_ups)),
    )


def _operator(random: Random, site: str, shared: str) -> str:
    """Name one of those who work at both sites, or one of the site's own."""
    return random.choice(_OWN[site]) if random.random() < _OWN_SHARE else shared


def _severe(random: Random, course: MadeUpCourse, today: date) -> Iterator[AdverseEventDraft]:
    on = course.procedure.performed_on
    before = on < today - timedelta(days=round(CHECKLIST_MONTHS_AGO * 30.4))
    day = on + timedelta(days=random.choice((0, 0, 1, 2, 5)))
    if random.random() > (SEVERE_BEFORE if before else SEVERE_SINCE):
        return
    if day > min(today, course.died_on or today):
        return
    yield AdverseEventDraft(
        onset_on=day,
        complication=random.choice(_SEVERE[course.procedure.technique]),
        grade=random.choices((3, 4), weights=(6, 1))[0],
        relatedness=random.choice(("probable", "definite")),
        resolution=random.choice(("ongoing", "unknown")),
    )


def _apart(random: Random, course: MadeUpCourse, today: date) -> Iterator[AdverseEventDraft]:
    """Draw what the disease did and was noted as an event."""
    on, last = course.procedure.performed_on, min(today, course.died_on or today)
    grown = on + timedelta(days=random.choice((14, 21, 35)))
    if random.random() < PROGRESSION and grown <= last:
        yield AdverseEventDraft(onset_on=grown, complication="disease-progression")
    died = course.died_on
    if died and (died - on).days <= 30 and random.random() < UNRELATED:
        yield AdverseEventDraft(onset_on=died, complication="unrelated-death")


def _graded(
    random: Random, site: str, course: MadeUpCourse, event: AdverseEventDraft
) -> AdverseEventDraft:
    """Grade as the site does: radiology's scheme at the hospice, the surgeons' for implants."""
    if event.grade is None or random.random() < UNGRADED:
        return replace(event, grade=None)
    if course.procedure.intent == "implant":
        return replace(event, scheme=Scheme.CLAVIEN_DINDO.value, scheme_version="2004")
    if site == "hill":
        return replace(event, scheme=Scheme.SIR.value, scheme_version="2017")
    return event


def _entered(
    random: Random, operator: str, follow_ups: Sequence[AssessmentDraft]
) -> Iterator[AssessmentDraft]:
    for draft in follow_ups:
        if operator != VISITING or random.random() < RETURNS_CALLS:
            yield draft
